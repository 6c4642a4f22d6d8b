"""Documents and what is known of their content."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from datetime import datetime

from flexorchd.engine.model import Settings
from flexorchd.engine.store.connection import Connection
from flexorchd.engine.store.moments import text_of
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
    """The rows of ``documents``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

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

    def forget(self, document_id: int) -> tuple[list[int], str | None]:
        """Erase a document with its jobs, executions, records and text.

        Returns:
            The ids of the erased executions, and the SHA-256 of bytes that no other document
            holds and that are now to be deleted.

        Rows that refer to it go with it (``ON DELETE CASCADE``).
        """
        return self._connection.write(lambda database: _forget(database, document_id))

    def drop_originals(self, received_before: datetime) -> list[str]:
        """Mark originals that arrived before then, and whose jobs have ended, as no longer kept.

        Returns:
            The SHA-256 of bytes that no document holds any more, which are to be deleted.
        """
        return self._connection.write(lambda database: _drop(database, text_of(received_before)))


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


def _forget(database: sqlite3.Connection, document_id: int) -> tuple[list[int], str | None]:
    rows = database.execute("SELECT id FROM executions WHERE document_id = ?", (document_id,))
    executions = [row["id"] for row in rows]
    row = database.execute(
        "DELETE FROM documents WHERE id = ? RETURNING sha256", (document_id,)
    ).fetchone()
    unheld = _unheld(database, [row["sha256"]]) if row else []
    return executions, next(iter(unheld), None)


def _drop(database: sqlite3.Connection, before: str) -> list[str]:
    rows = database.execute(
        "UPDATE documents SET has_original = 0 WHERE has_original = 1 AND received_at < ?"
        " AND NOT EXISTS (SELECT 1 FROM jobs WHERE document_id = documents.id"
        " AND status = 'queued') RETURNING sha256",
        (before,),
    ).fetchall()
    return _unheld(database, [row["sha256"] for row in rows])


def _unheld(database: sqlite3.Connection, hashes: Sequence[str]) -> list[str]:
    held = "SELECT 1 FROM documents WHERE sha256 = ? AND has_original = 1 LIMIT 1"
    return [
        sha256
        for sha256 in dict.fromkeys(hashes)
        if not database.execute(held, (sha256,)).fetchone()
    ]
