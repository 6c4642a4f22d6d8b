"""Jobs: accepted work, from queued to completed or failed.

``running`` is never written: a job is queued on disk until its end is on disk, so whatever
stops the engine, its jobs are still queued when it comes back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flexorchd.engine.failure import Failure
from flexorchd.engine.model import Settings
from flexorchd.engine.store import documents, usage
from flexorchd.engine.store.connection import Connection
from flexorchd.engine.store.moments import text_of
from flexorchd.engine.store.rows import (
    JOB_COLUMNS,
    JOB_TABLES,
    Job,
    Source,
    job_of,
    settings_of,
)
from flexorchd.engine.store.schema import next_id
from flexorchd.formats import exact


@dataclass(frozen=True, slots=True)
class Upload:
    """A file whose bytes lie durably among the originals.

    Attributes:
        size: bytes.
    """

    filename: str
    sha256: str
    size: int
    settings: Settings
    source: Source = "upload"


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of an upload: a new job, or the one that this content already has."""

    job_id: int
    document_id: int
    status: str
    is_duplicate: bool


@dataclass(frozen=True, slots=True)
class Queued:
    """A job to be done."""

    job_id: int
    filename: str
    sha256: str
    settings: Settings


class Jobs:
    """The rows of ``jobs``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def accept(
        self, uploads: Sequence[Upload], now: datetime, credits_left: int | None = None
    ) -> list[Accepted | None]:
        """Take uploads in, in one transaction; durable on return.

        Content that is known under the same settings, done or in flight, gets no second job. One
        whose last job failed is tried again, so that installing what was missing helps.

        Args:
            uploads: files whose bytes are durable already.
            now: UTC.
            credits_left: how many new jobs may be made; None for no limit.

        Returns:
            One answer an upload: None where a new job would have cost more than is left.
        """
        return self._connection.write(
            lambda database: _accept_all(database, uploads, now, credits_left)
        )

    def reprocess(self, document_id: int, settings: Settings, now: datetime) -> int:
        """Queue a known document once more, under these settings; the new job's id."""
        return self._connection.write(
            lambda database: _reprocess(database, document_id, settings, now)
        )

    def get(self, job_id: int) -> Job | None:
        """The job, or None if there is none (any more)."""
        return next(iter(self._select("WHERE j.id = ?", (job_id,))), None)

    def of_documents(self, document_ids: Sequence[int]) -> list[Job]:
        """The jobs of several documents, newest first."""
        marks = ", ".join("?" * len(document_ids))
        return self._select(
            f"WHERE j.document_id IN ({marks}) ORDER BY j.id DESC", tuple(document_ids)
        )

    def page(self, limit: int, offset: int) -> tuple[list[Job], int]:
        """Jobs of both types, newest first, and how many there are in all."""
        newest = "WHERE j.id IN (SELECT id FROM jobs ORDER BY id DESC LIMIT ? OFFSET ?)"
        found = self._select(f"{newest} ORDER BY j.id DESC", (limit, offset))
        with self._connection.read() as database:
            total = database.execute("SELECT count(*) FROM jobs").fetchone()[0]
        return found, total

    def queued(self, after: int, limit: int) -> list[Queued]:
        """Documents that wait to be processed, oldest first, with ids above `after`."""
        with self._connection.read() as database:
            rows = database.execute(
                "SELECT j.*, d.filename, d.sha256 FROM jobs AS j"
                " JOIN documents AS d ON d.id = j.document_id"
                " WHERE j.status = 'queued' AND j.id > ? ORDER BY j.id LIMIT ?",
                (after, limit),
            ).fetchall()
        return [Queued(row["id"], row["filename"], row["sha256"], settings_of(row)) for row in rows]

    def fail(self, job_id: int, failure: Failure, now: datetime) -> bool:
        """End a job badly; False if it is gone or has ended."""
        return self._connection.write(lambda database: fail(database, job_id, failure, now))

    def _select(self, where: str, values: tuple[object, ...]) -> list[Job]:
        with self._connection.read() as database:
            rows = database.execute(
                f"SELECT {JOB_COLUMNS} FROM {JOB_TABLES} {where}",
                values,
            ).fetchall()
        return [job_of(row) for row in rows]


def insert_build(database: sqlite3.Connection, now: datetime) -> int:
    """Add a ``dataset_build`` job; its id. It ends in the same transaction, see `complete_build`."""
    job_id = next_id(database)
    database.execute(
        "INSERT INTO jobs (id, type, status, created_at) VALUES (?, 'dataset_build', 'queued', ?)",
        (job_id, text_of(now)),
    )
    return job_id


def complete_build(
    database: sqlite3.Connection, job_id: int, summary: Mapping[str, Any], now: datetime
) -> None:
    """End a build well; `summary` is shown as the job's ``dataset_summary``."""
    database.execute(
        "UPDATE jobs SET status = 'completed', completed_at = ?, dataset_summary = ?"
        " WHERE id = ? AND status = 'queued'",
        (text_of(now), exact.dumps(summary).decode(), job_id),
    )


def fail(database: sqlite3.Connection, job_id: int, failure: Failure, now: datetime) -> bool:
    """`Jobs.fail` inside a transaction of the caller."""
    reason = (failure.code, failure.message, failure.remedy, failure.step)
    updated = database.execute(
        "UPDATE jobs SET status = 'failed', completed_at = ?, failure_code = ?,"
        " failure_message = ?, failure_remedy = ?, failure_step = ?"
        " WHERE id = ? AND status = 'queued'",
        (text_of(now), *reason, job_id),
    )
    return updated.rowcount > 0


def _accept_all(
    database: sqlite3.Connection,
    uploads: Sequence[Upload],
    now: datetime,
    credits_left: int | None,
) -> list[Accepted | None]:
    accepted: list[Accepted | None] = []
    for upload in uploads:
        known = _known(database, upload)
        if known is not None and known["status"] != "failed":
            documents.received(database, known["document_id"], now)
            accepted.append(
                Accepted(known["id"], known["document_id"], known["status"], is_duplicate=True)
            )
        elif credits_left == 0:
            accepted.append(None)
        else:
            credits_left = None if credits_left is None else credits_left - 1
            accepted.append(_add(database, upload, known, now))
    return accepted


def _known(database: sqlite3.Connection, upload: Upload) -> sqlite3.Row | None:
    row: sqlite3.Row | None = database.execute(
        "SELECT id, document_id, status FROM jobs WHERE identity = ?"
        " ORDER BY status = 'failed', id DESC LIMIT 1",
        (documents.identity(upload.sha256, upload.settings),),
    ).fetchone()
    return row


def _add(
    database: sqlite3.Connection, upload: Upload, failed: sqlite3.Row | None, now: datetime
) -> Accepted:
    if failed is None:
        document = (upload.sha256, upload.size, upload.filename, upload.source)
        document_id = documents.insert(database, document, now)
    else:
        document_id = failed["document_id"]
        documents.received(database, document_id, now)
    job_id = _insert(database, document_id, upload.sha256, upload.settings, now)
    return Accepted(job_id, document_id, "queued", is_duplicate=False)


def _reprocess(
    database: sqlite3.Connection, document_id: int, settings: Settings, now: datetime
) -> int:
    row = database.execute("SELECT sha256 FROM documents WHERE id = ?", (document_id,)).fetchone()
    return _insert(database, document_id, row["sha256"], settings, now)


def _insert(
    database: sqlite3.Connection, document_id: int, sha256: str, settings: Settings, now: datetime
) -> int:
    job_id = next_id(database)
    usage.spend(database, 1, now)
    database.execute(
        "INSERT INTO jobs (id, type, status, document_id, identity, locale, mask_pii,"
        " mask_strategy, document_type, created_at)"
        " VALUES (?, 'data_process', 'queued', ?, ?, ?, ?, ?, ?, ?)",
        (
            job_id,
            document_id,
            documents.identity(sha256, settings),
            settings.locale,
            settings.mask_pii,
            settings.mask_strategy,
            settings.document_type,
            text_of(now),
        ),
    )
    return job_id
