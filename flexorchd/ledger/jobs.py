"""Jobs: documents that the service has, followed until their job has ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flexorchd.ledger.connection import Database
from flexorchd.ledger.documents import end_document, make_ready
from flexorchd.ledger.indexes import OPEN_DOCUMENT


@dataclass(frozen=True, slots=True)
class Following:
    """A document with a job that has not ended; `was_masked` says that it was run again with our settings."""

    document_id: int
    job_id: str
    sent_at: float
    attempt: int
    settings_id: int
    is_duplicate: bool
    was_masked: bool


@dataclass(frozen=True, slots=True)
class Again:
    """A document whose job is to be run again at the service.

    Attributes:
        document_id, settings_id, attempt: of the document.
        job_id: the job that there was.
        to_mask: it was processed under other settings; otherwise it failed, and somebody asked for another
            try.
        asked: whether a request for it may have arrived already.
    """

    document_id: int
    job_id: str
    settings_id: int
    attempt: int
    to_mask: bool
    asked: bool


@dataclass(frozen=True, slots=True)
class JobEnd:
    """A completed job, as the result will carry it. `job` is a JSON text."""

    document_id: int
    job: str
    grade: str | None
    degraded: bool
    pii_count: int | None
    execution_id: str | None = None


class Jobs:
    """The documents that have a job."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def processing(self, account_id: int, now: float, limit: int) -> list[Following]:
        """Documents whose job is due to be asked for, the longest due first."""
        rows = self._db.read.execute(
            "SELECT id, job_id, sent_at, attempt, settings_id, is_duplicate, again FROM documents "
            f"WHERE state = 'processing' AND {OPEN_DOCUMENT} AND account_id = ? AND due_at <= ? "
            "ORDER BY due_at LIMIT ?",
            (account_id, now, limit),
        )
        return [Following(r[0], r[1], r[2], r[3], r[4], bool(r[5]), r[6] == "mask") for r in rows]

    def unfinished(self, account_id: int) -> int:
        """How many documents have a job that has not ended."""
        row = self._db.read.execute(
            "SELECT count(*) FROM documents "
            f"WHERE state = 'processing' AND {OPEN_DOCUMENT} AND account_id = ?",
            (account_id,),
        ).fetchone()
        return int(row[0])

    def poll_again(self, polls: Iterable[tuple[int, float]]) -> None:
        """Not done yet: (document id, when to ask again)."""
        with self._db.write() as db:
            db.executemany(
                "UPDATE documents SET due_at = ? WHERE id = ? AND state = 'processing'",
                ((due_at, document_id) for document_id, due_at in polls),
            )

    def completed(self, ends: Iterable[JobEnd], now: float) -> None:
        """Jobs that completed: their files are ready to be delivered."""
        with self._db.write() as db:
            for end in ends:
                db.execute(
                    "UPDATE documents SET state = 'completed', due_at = NULL, attempt = 0, job = ?, "
                    "again = NULL, grade = ?, degraded = ?, pii_count = ?, execution_id = ?, "
                    "error_code = NULL, "
                    "error_message = NULL WHERE id = ?",
                    (
                        end.job,
                        end.grade,
                        int(end.degraded),
                        end.pii_count,
                        end.execution_id,
                        end.document_id,
                    ),
                )
                make_ready(db, end.document_id, now)

    def failed(self, document_id: int, code: str, message: str, now: float) -> None:
        """The job failed: every file that follows it ends so."""
        with self._db.write() as db:
            end_document(db, document_id, "failed", code, message, now)

    def gone(self, document_id: int) -> int:
        """The service no longer knows its job; how often that has happened to it."""
        with self._db.write() as db:
            row = db.execute(
                "UPDATE documents SET jobs_gone = jobs_gone + 1 WHERE id = ? RETURNING jobs_gone",
                (document_id,),
            ).fetchone()
            return int(row[0])

    def wake(self, job_id: str, now: float) -> None:
        """Somebody says that this job has ended: it is due to be asked for."""
        with self._db.write() as db:
            db.execute(
                "UPDATE documents SET due_at = min(due_at, ?) "
                "WHERE job_id = ? AND state = 'processing'",
                (now, job_id),
            )

    def is_known_elsewhere(self, job_id: str, document_id: int, account_id: int) -> bool:
        """Whether another document of the account already has this job."""
        row = self._db.read.execute(
            "SELECT 1 FROM documents WHERE job_id = ? AND id != ? AND account_id = ? LIMIT 1",
            (job_id, document_id, account_id),
        ).fetchone()
        return row is not None

    def is_made_otherwise(self, following: Following) -> bool:
        """Whether the job was begun for the same content under other settings."""
        row = self._db.read.execute(
            "SELECT 1 FROM documents WHERE job_id = ? AND id != ? AND settings_id != ? "
            "AND account_id = (SELECT account_id FROM documents WHERE id = ?) LIMIT 1",
            (
                following.job_id,
                following.document_id,
                following.settings_id,
                following.document_id,
            ),
        ).fetchone()
        return row is not None

    def mask(self, document_id: int, now: float) -> None:
        """The service processed it under other settings: to be run again with ours."""
        with self._db.write() as db:
            db.execute(
                "UPDATE documents SET state = 'queued', again = 'mask', again_asked = 0, due_at = ? "
                "WHERE id = ?",
                (now, document_id),
            )

    def to_run_again(self, account_id: int, now: float, limit: int) -> list[Again]:
        """Documents whose job is to be run again now."""
        rows = self._db.read.execute(
            "SELECT id, job_id, settings_id, attempt, again = 'mask', again_asked FROM documents "
            f"WHERE state = 'queued' AND {OPEN_DOCUMENT} AND again IS NOT NULL AND account_id = ? "
            "AND due_at <= ? ORDER BY due_at LIMIT ?",
            (account_id, now, limit),
        )
        return [Again(r[0], r[1], r[2], r[3], bool(r[4]), bool(r[5])) for r in rows]

    def asked_again(self, document_id: int) -> None:
        """Commit to asking for it to be run again."""
        with self._db.write() as db:
            db.execute("UPDATE documents SET again_asked = 1 WHERE id = ?", (document_id,))

    def cannot_run_again(self, document_id: int, now: float) -> None:
        """The service does not have it any more, or does not do that: to be sent again."""
        with self._db.write() as db:
            db.execute(
                "UPDATE documents SET again = NULL, again_asked = 0, due_at = ? WHERE id = ?",
                (now, document_id),
            )

    def run_again_later(self, document_id: int, due_at: float, code: str, message: str) -> None:
        """The service could not be asked; try then."""
        with self._db.write() as db:
            db.execute(
                "UPDATE documents SET due_at = ?, attempt = attempt + 1, error_code = ?, "
                "error_message = ? WHERE id = ?",
                (due_at, code, message, document_id),
            )

    def next_again(self, account_id: int) -> float | None:
        """When the next document is due to be run again."""
        row = self._db.read.execute(
            "SELECT min(due_at) FROM documents "
            f"WHERE state = 'queued' AND {OPEN_DOCUMENT} AND again IS NOT NULL AND account_id = ?",
            (account_id,),
        ).fetchone()
        return None if row[0] is None else float(row[0])
