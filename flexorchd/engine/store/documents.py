"""Documents and what is known of their content."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from datetime import datetime

from flexorchd.engine.model import Settings
from flexorchd.engine.store.connection import Connection
from flexorchd.engine.store.moments import text_of
from flexorchd.engine.store.originals import Originals
from flexorchd.engine.store.rows import Document, document_of
from flexorchd.engine.store.schema import next_id


def identity(sha256: str, settings: Settings) -> str:
    """What makes two uploads the same document: content *and* settings.

    Were it the content alone, an upload that wants masking could be answered with the unmasked
    result of another.
    """
    parts = (
        sha256,
        settings.locale,
        str(settings.mask_pii),
        settings.mask_strategy,
        settings.document_type,
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


class Documents:
    """The rows of ``documents``, and which uploaded bytes they hold."""

    def __init__(self, connection: Connection, originals: Originals) -> None:
        self._connection = connection
        self._originals = originals
        with connection.read() as database:
            rows = database.execute("SELECT sha256 FROM documents WHERE has_original = 1")
            originals.sweep({row["sha256"] for row in rows})

    def get(self, document_id: int) -> Document | None:
        """The document, or None if there is none (any more)."""
        with self._connection.read() as database:
            row = database.execute(
                "SELECT * FROM documents WHERE id = ?", (document_id,)
            ).fetchone()
        return document_of(row) if row else None

    def page(self, limit: int, offset: int) -> tuple[list[Document], int]:
        """Documents, newest first, and how many there are in all."""
        with self._connection.read() as database:
            rows = database.execute(
                "SELECT * FROM documents ORDER BY id DESC LIMIT ? OFFSET ?", (limit, offset)
            ).fetchall()
            total = database.execute("SELECT count(*) FROM documents").fetchone()[0]
        return [document_of(row) for row in rows], total

    def forget(self, document_id: int) -> bool:
        """Erase a document with its bytes, jobs, executions, records and text.

        Rows that refer to it go with it (``ON DELETE CASCADE``), from the files as well.

        Returns:
            Whether there was one.
        """

        def work(database: sqlite3.Connection) -> bool:
            row = database.execute(
                "DELETE FROM documents WHERE id = ? RETURNING sha256", (document_id,)
            ).fetchone()
            if row is not None:
                self._originals.erase(_unheld(database, [row["sha256"]]))
            return row is not None

        found = self._connection.write(work)
        self._connection.drop_copies()
        self._connection.empty_log()
        return found

    def drop_originals(self, received_before: datetime) -> None:
        """Erase the bytes that arrived before then, of documents whose jobs have ended."""

        def work(database: sqlite3.Connection) -> None:
            rows = database.execute(
                "UPDATE documents SET has_original = 0 WHERE has_original = 1 AND received_at < ?"
                " AND NOT EXISTS (SELECT 1 FROM jobs WHERE document_id = documents.id"
                " AND status = 'queued') RETURNING sha256",
                (text_of(received_before),),
            ).fetchall()
            self._originals.erase(_unheld(database, [row["sha256"] for row in rows]))

        self._connection.write(work)


def insert(database: sqlite3.Connection, document: tuple[str, int, str, str], now: datetime) -> int:
    """Add a document.

    Args:
        database: inside the transaction that also adds its job.
        document: SHA-256, size in bytes, filename and source.
        now: UTC.
    """
    document_id = next_id(database)
    moment = text_of(now)
    database.execute(
        "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, 1)",
        (document_id, *document, moment, moment),
    )
    return document_id


def received(database: sqlite3.Connection, document_id: int, now: datetime) -> None:
    """The bytes of a known document have arrived once more."""
    database.execute(
        "UPDATE documents SET received_at = ?, has_original = 1 WHERE id = ?",
        (text_of(now), document_id),
    )


def _unheld(database: sqlite3.Connection, hashes: Sequence[str]) -> list[str]:
    held = "SELECT 1 FROM documents WHERE sha256 = ? AND has_original = 1 LIMIT 1"
    return [
        sha256
        for sha256 in dict.fromkeys(hashes)
        if not database.execute(held, (sha256,)).fetchone()
    ]
