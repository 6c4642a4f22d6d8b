"""One writer, many readers on one SQLite file in WAL mode."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

BUSY_SECONDS = 30.0


class _Reader(sqlite3.Connection):
    """Is closed by the last that uses it: a thread that still reads has a cursor, which holds this."""

    def __del__(self) -> None:
        # One that could not be opened cannot be closed either.
        with suppress(sqlite3.ProgrammingError):
            self.close()


class Database:
    """The ledger's file.

    All writes of a process go through one connection, one transaction at a time; a commit is durable when
    it returns (``synchronous=FULL``). Each thread reads through a connection of its own, which sees the
    last commit and is never blocked by the writer.

    Args:
        path: the SQLite file; made with mode 0600 when missing, unless `readonly`.
        readonly: refuse to write, for ``status`` beside a running daemon.

    Raises:
        sqlite3.DatabaseError: the file is not a database, or damaged.
    """

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        self.path = path
        self.readonly = readonly
        self._lock = threading.RLock()
        self._local = threading.local()
        self._readers: list[tuple[threading.Thread, sqlite3.Connection]] = []
        self._writer = None if readonly else self._open_writer()

    def _open_writer(self) -> sqlite3.Connection:
        self.path.touch(mode=0o600, exist_ok=True)
        connection = sqlite3.connect(
            self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        return _set_up(
            connection,
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=FULL",
            "PRAGMA foreign_keys=ON",
            "PRAGMA secure_delete=ON",
            "PRAGMA cache_size=-8000",
            "PRAGMA temp_store=MEMORY",
        )

    def _open_reader(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self.path.resolve().as_uri()}?mode=ro",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            factory=_Reader,
        )
        return _set_up(connection, "PRAGMA query_only=ON", "PRAGMA cache_size=-1000")

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction: committed when the block ends, rolled back when it raises.

        A nested block joins the transaction around it.
        """
        writer = self.writer
        with self._lock:
            if writer.in_transaction:
                yield writer
                return
            writer.execute("BEGIN IMMEDIATE")
            try:
                yield writer
                writer.execute("COMMIT")
            except BaseException:
                # A COMMIT that failed for lack of space has rolled back by itself.
                if writer.in_transaction:
                    writer.execute("ROLLBACK")
                raise

    def empty_log(self) -> bool:
        """Move everything out of the write-ahead log, so that what was erased is in no file.

        Returns:
            Whether that could be done; not while somebody reads for long.
        """
        with self._lock:
            (busy, *_) = self.writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    @property
    def writer(self) -> sqlite3.Connection:
        """The writing connection itself, for migrations and maintenance before any stage runs."""
        if self._writer is None:
            raise sqlite3.OperationalError("the ledger was opened read-only")
        return self._writer

    @property
    def read(self) -> sqlite3.Connection:
        """This thread's reading connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "reader", None)
        if connection is None:
            connection = self._local.reader = self._open_reader()
            with self._lock:
                self._forget_ended_threads()
                self._readers.append((threading.current_thread(), connection))
        return connection

    def _forget_ended_threads(self) -> None:
        for thread, connection in self._readers:
            if not thread.is_alive():
                connection.close()
        self._readers = [pair for pair in self._readers if pair[0].is_alive()]

    def close(self) -> None:
        """Close every connection; the last writer folds the write-ahead log back into the file.

        A thread that is reading at this moment loses its statement, not its connection: SQLite does not
        bear a connection being closed under a reader.
        """
        with self._lock:
            for thread, connection in self._readers:
                if thread.is_alive() and thread is not threading.current_thread():
                    connection.interrupt()
                else:
                    connection.close()
            self._readers.clear()
            if self._writer is not None:
                self._writer.close()
            self._writer = None
        self._local = threading.local()


def _set_up(connection: sqlite3.Connection, *settings: str) -> sqlite3.Connection:
    connection.row_factory = sqlite3.Row
    try:
        for setting in settings:
            connection.execute(setting)
    except BaseException:
        # The file is damaged: only here is the connection known.
        connection.close()
        raise
    return connection
