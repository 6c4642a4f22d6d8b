"""The engine's SQLite file: many readers, and one writer that commits for all who wait."""

from __future__ import annotations

import contextlib
import os
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]
_Task = tuple[Work[Any], "Future[Any]"]

COPY = "version-"

_BATCH = 500


class Connection:
    """One SQLite file, opened in WAL mode with ``synchronous=FULL``.

    Writes are handed to one thread, which runs what has gathered in one transaction (each piece
    of work in a savepoint of its own) and answers after the commit: many small durable writes
    share one fsync.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._database = self._open()
        self._writer = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._closed = False
        self._writer.start()

    @contextlib.contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection for reading, in one consistent view as long as the context lasts."""
        with self._lock:
            database = self._idle.pop() if self._idle else None
        database = database or self._open()
        try:
            database.execute("BEGIN")
            yield database
        finally:
            database.rollback()
            self._put_back(database)

    def submit(self, work: Work[T]) -> Future[T]:
        """Run `work` in the next transaction; the future resolves once it is on disk.

        What `work` raises undoes its own changes only, and is raised by the future.
        """
        future: Future[T] = Future()
        with self._lock:
            if self._closed:
                raise sqlite3.ProgrammingError("the store is closed")
            self._tasks.put((work, future))
        return future

    def write(self, work: Work[T]) -> T:
        """Run `work` in the next transaction and wait until it is on disk."""
        return self.submit(work).result()

    def keep_copy(self, version: int) -> None:
        """Keep a copy of the file beside it, as this version has left it."""
        copy = self._path.with_name(f"{self._path.name}.{COPY}{version}")
        if copy.exists():
            return
        begun = copy.with_name(f"{copy.name}.begun")
        begun.unlink(missing_ok=True)
        begun.touch(mode=0o600)
        with contextlib.closing(sqlite3.connect(begun)) as target, self.read() as database:
            database.backup(target)
        with begun.open("rb") as file:
            os.fsync(file.fileno())
        begun.rename(copy)

    def drop_copies(self) -> None:
        """Delete the copies: what is to be forgotten may be in them."""
        for copy in list(self._path.parent.glob(f"{self._path.name}.{COPY}*")):
            copy.unlink()

    def empty_log(self) -> None:
        """Move everything out of the write-ahead log, so that what was erased is in no file.

        Where someone reads for long, the log stays until the next call.
        """
        with contextlib.closing(self._open()) as database:
            database.execute("PRAGMA busy_timeout = 1000")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Finish the writes that were handed in, and close the file."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._tasks.put(None)
        self._writer.join()
        for database in (*self._idle, self._database):
            database.close()

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(
            self._path, isolation_level=None, check_same_thread=False, timeout=30
        )
        database.row_factory = sqlite3.Row
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "temp_store=MEMORY",
        ):
            database.execute(f"PRAGMA {pragma}")
        return database

    def _put_back(self, database: sqlite3.Connection) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(database)
                return
        database.close()

    def _run(self) -> None:
        while (task := self._tasks.get()) is not None:
            batch, ended = self._gather(task)
            self._commit(batch)
            if ended:
                return

    def _gather(self, first: _Task) -> tuple[list[_Task], bool]:
        batch = [first]
        with contextlib.suppress(queue.Empty):
            while len(batch) < _BATCH:
                task = self._tasks.get_nowait()
                if task is None:
                    return batch, True
                batch.append(task)
        return batch, False

    def _commit(self, batch: Sequence[_Task]) -> None:
        try:
            self._database.execute("BEGIN IMMEDIATE")
            answers = [_attempt(self._database, work) for work, _ in batch]
            self._database.execute("COMMIT")
        except sqlite3.Error as error:
            with contextlib.suppress(sqlite3.Error):
                self._database.execute("ROLLBACK")
            answers = [(None, error)] * len(batch)
        for (_, future), (result, failed) in zip(batch, answers, strict=True):
            if failed is None:
                future.set_result(result)
            else:
                future.set_exception(failed)


def _attempt(database: sqlite3.Connection, work: Work[Any]) -> tuple[Any, Exception | None]:
    database.execute("SAVEPOINT piece")
    try:
        result = work(database)
    except Exception as error:  # noqa: BLE001 - handed to whoever waits for this piece
        database.execute("ROLLBACK TO piece")
        database.execute("RELEASE piece")
        return None, error
    database.execute("RELEASE piece")
    return result, None
