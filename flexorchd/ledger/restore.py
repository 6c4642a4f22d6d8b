"""What the results in the output say, put back into a ledger that was lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from flexorchd.ledger.connection import Database
from flexorchd.ledger.documents import make_ready

AFTER_A_LOOK = "known from its result; looked at again when it is seen"


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
        has_records: whether anything was extracted; the source of a degraded document stays.
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
    has_records: bool
    output_path: bytes
    output_sha256: bytes
    delivered_at: float


def restore(database: Database, receipts: Iterable[Receipt], now: float) -> int:
    """Record delivered files from their receipts; how many the ledger did not know as delivered.

    The looks of files that are new to it are unknown, so the next scan hashes each once, and finds that it
    has its result.
    """
    with database.write() as db:
        return sum(_restore(db, receipt, now) for receipt in receipts)


def _restore(db: sqlite3.Connection, receipt: Receipt, now: float) -> int:
    file_id = _file(db, receipt)
    document_id = _document(db, receipt, now)
    version = db.execute(
        "SELECT id, state FROM versions WHERE file_id = ? AND document_id = ? ORDER BY id DESC LIMIT 1",
        (file_id, document_id),
    ).fetchone()
    if version is not None and version["state"] == "delivered":
        return 0
    if version is None:
        version_id = _version(db, receipt, file_id, document_id)
    else:
        version_id = version["id"]
        db.execute(
            "UPDATE versions SET state = 'delivered', due_at = NULL, error_code = NULL, "
            "output_path = ?, output_sha256 = ?, ended_at = ? WHERE id = ?",
            (receipt.output_path, receipt.output_sha256, receipt.delivered_at, version_id),
        )
    if not receipt.is_duplicate:
        db.execute("UPDATE documents SET version_id = ? WHERE id = ?", (version_id, document_id))
    return 1


def _version(db: sqlite3.Connection, receipt: Receipt, file_id: int, document_id: int) -> int:
    """A delivered version that the ledger did not know; it is the file's newest unless one is younger."""
    version_id = db.execute(
        "INSERT INTO versions (file_id, document_id, size, mtime_ns, found_at, state, output_path, "
        "output_sha256, ended_at, after, after_reason) VALUES (?, ?, ?, ?, ?, 'delivered', ?, ?, ?, "
        "?, ?) RETURNING id",
        (
            file_id,
            document_id,
            receipt.size,
            receipt.mtime_ns,
            receipt.delivered_at,
            receipt.output_path,
            receipt.output_sha256,
            receipt.delivered_at,
            *(("skipped", AFTER_A_LOOK) if receipt.has_records else (None, None)),
        ),
    ).fetchone()["id"]
    db.execute(
        "UPDATE files SET version_id = ? WHERE id = ? AND NOT EXISTS "
        "(SELECT 1 FROM versions WHERE id = files.version_id AND found_at > ?)",
        (version_id, file_id, receipt.delivered_at),
    )
    return int(version_id)


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


def _document(db: sqlite3.Connection, receipt: Receipt, now: float) -> int:
    known = db.execute(
        "SELECT id, state FROM documents WHERE sha256 IS ? AND settings_id = ? AND account_id = ? "
        "AND (sha256 IS NOT NULL OR job_id = ?)",
        (receipt.sha256, receipt.settings_id, receipt.account_id, receipt.job_id),
    ).fetchone()
    if known is None:
        return _new_document(db, receipt)
    if known["state"] != "completed":
        # Sent and brought to its end after this ledger was copied; other files may have waited for it.
        db.execute("DELETE FROM intents WHERE document_id = ?", (known["id"],))
        db.execute(
            "UPDATE documents SET state = 'completed', due_at = NULL, hold_code = NULL, again = NULL, "
            "error_code = NULL, error_message = NULL, job = NULL, job_id = ?, sent_at = ?, grade = ?, "
            "document_type = ?, pii_count = ? WHERE id = ?",
            (
                receipt.job_id,
                receipt.delivered_at,
                receipt.grade,
                receipt.document_type,
                receipt.pii_count,
                known["id"],
            ),
        )
        make_ready(db, known["id"], now)
    return int(known["id"])


def _new_document(db: sqlite3.Connection, receipt: Receipt) -> int:
    document_id = db.execute(
        "INSERT INTO documents (sha256, settings_id, account_id, size, state, job_id, sent_at, grade, "
        "document_type, pii_count) VALUES (?, ?, ?, ?, 'completed', ?, ?, ?, ?, ?) RETURNING id",
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
    ).fetchone()["id"]
    return int(document_id)
