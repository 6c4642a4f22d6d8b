"""What the results in the output say, put back into a ledger that was lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from flexorchd.ledger.connection import Database


@dataclass(frozen=True, slots=True)
class Receipt:
    """A result that lies in the output.

    Attributes:
        watch: the watch's name.
        directory, name: the file's path below the watch.
        size: bytes.
        mtime_ns: as exact as the result has it.
        sha256: of the content, or None for a connector's file.
        settings_id, account_id: from the ledger.
        job_id: the job.
        is_duplicate: whether the result says so.
        grade, document_type, pii_count: as the result has them.
        output_path, output_sha256: where the result lies, and its hash.
        delivered_at: seconds since the epoch.
    """

    watch: str
    directory: bytes
    name: bytes
    size: int
    mtime_ns: int
    sha256: bytes | None
    settings_id: int
    account_id: int
    job_id: str
    is_duplicate: bool
    grade: str | None
    document_type: str | None
    pii_count: int | None
    output_path: bytes
    output_sha256: bytes
    delivered_at: float


def restore(database: Database, receipts: Iterable[Receipt]) -> int:
    """Record delivered files from their receipts, those that the ledger does not know; how many.

    The files' looks are unknown, so the next scan hashes each once, and finds that it has its result.
    """
    with database.write() as db:
        return sum(_restore(db, receipt) for receipt in receipts)


def _restore(db: sqlite3.Connection, receipt: Receipt) -> int:
    file_id = _file(db, receipt)
    known = db.execute("SELECT 1 FROM versions WHERE file_id = ? LIMIT 1", (file_id,)).fetchone()
    if known:
        return 0
    document_id = _document(db, receipt)
    version_id = db.execute(
        "INSERT INTO versions (file_id, document_id, size, mtime_ns, found_at, state, output_path, "
        "output_sha256, ended_at) VALUES (?, ?, ?, ?, ?, 'delivered', ?, ?, ?)",
        (
            file_id,
            document_id,
            receipt.size,
            receipt.mtime_ns,
            receipt.delivered_at,
            receipt.output_path,
            receipt.output_sha256,
            receipt.delivered_at,
        ),
    ).lastrowid
    db.execute("UPDATE files SET version_id = ? WHERE id = ?", (version_id, file_id))
    if not receipt.is_duplicate:
        db.execute("UPDATE documents SET version_id = ? WHERE id = ?", (version_id, document_id))
    return 1


def _file(db: sqlite3.Connection, receipt: Receipt) -> int:
    db.execute(
        "INSERT INTO watches (name, root, active) VALUES (?, x'', 0) ON CONFLICT DO NOTHING",
        (receipt.watch,),
    )
    db.execute(
        "INSERT INTO directories (watch_id, path) SELECT id, ? FROM watches WHERE name = ? "
        "ON CONFLICT DO NOTHING",
        (receipt.directory, receipt.watch),
    )
    db.execute(
        "INSERT INTO files (directory_id, name, size, mtime_ns, ctime_ns, inode, state, seen_at) "
        "SELECT d.id, ?, ?, ?, 0, 0, 'followed', ? FROM directories AS d JOIN watches AS w "
        "ON w.id = d.watch_id WHERE w.name = ? AND d.path = ? ON CONFLICT DO NOTHING",
        (
            receipt.name,
            receipt.size,
            receipt.mtime_ns,
            receipt.delivered_at,
            receipt.watch,
            receipt.directory,
        ),
    )
    row = db.execute(
        "SELECT f.id FROM files AS f JOIN directories AS d ON d.id = f.directory_id "
        "JOIN watches AS w ON w.id = d.watch_id WHERE w.name = ? AND d.path = ? AND f.name = ?",
        (receipt.watch, receipt.directory, receipt.name),
    ).fetchone()
    return int(row["id"])


def _document(db: sqlite3.Connection, receipt: Receipt) -> int:
    known = db.execute(
        "SELECT id FROM documents WHERE sha256 = ? AND settings_id = ? AND account_id = ?",
        (receipt.sha256, receipt.settings_id, receipt.account_id),
    ).fetchone()
    if known:
        return int(known["id"])
    document_id = db.execute(
        "INSERT INTO documents (sha256, settings_id, account_id, size, state, job_id, sent_at, grade, "
        "document_type, pii_count) VALUES (?, ?, ?, ?, 'completed', ?, ?, ?, ?, ?)",
        (
            receipt.sha256,
            receipt.settings_id,
            receipt.account_id,
            receipt.size,
            receipt.job_id,
            receipt.delivered_at,
            receipt.grade,
            receipt.document_type,
            receipt.pii_count,
        ),
    ).lastrowid
    assert document_id is not None  # noqa: S101  an INSERT that did not raise has a row
    return document_id
