"""Uploads: the intent to send a document, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from flexorchd.ledger.connection import Database
from flexorchd.ledger.documents import end_document
from flexorchd.ledger.indexes import OPEN_DOCUMENT


@dataclass(frozen=True, slots=True)
class Intent:
    """An upload whose answer is out."""

    document_id: int
    version_id: int
    sent_name: str
    sent_at: float
    service_time: float
    looks: int


_FAILED_SINCE = """
failed_at = CASE WHEN ? THEN
  coalesce(failed_at, (SELECT sent_at FROM intents WHERE document_id = documents.id)) ELSE failed_at END
"""
"""When a document was first not taken for what may be its own fault; while it is sent, it has not ended."""


class Uploads:
    """The `intents` table, and the documents that are being sent."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def orphan_uploads(self, account_id: int, now: float) -> None:
        """Uploads that an earlier run left without an answer are to be looked for."""
        with self._db.write() as db:
            db.execute(
                "UPDATE documents SET due_at = ?, maybe_sent = 1 "
                f"WHERE state = 'uploading' AND {OPEN_DOCUMENT} AND account_id = ?",
                (now, account_id),
            )

    def intend(
        self, uploads: Iterable[tuple[int, int, str]], now: float, service_time: float
    ) -> None:
        """Commit to sending these: (document id, version id, name that is sent).

        Args:
            uploads: what the request will hold.
            now: seconds since the epoch, here.
            service_time: the same by the service's clock, for the look-up of a lost answer.
        """
        with self._db.write() as db:
            for document_id, version_id, sent_name in uploads:
                db.execute(
                    "UPDATE documents SET state = 'uploading', version_id = ?, hold_code = NULL, "
                    "due_at = NULL WHERE id = ?",
                    (version_id, document_id),
                )
                db.execute(
                    "INSERT OR REPLACE INTO intents (document_id, version_id, sent_name, sent_at, "
                    "service_time) VALUES (?, ?, ?, ?, ?)",
                    (document_id, version_id, sent_name, now, service_time),
                )

    def intents(self, account_id: int, now: float | None = None) -> list[Intent]:
        """Uploads without an answer; with `now`, those whose look-up is due."""
        rows = self._db.read.execute(
            "SELECT i.document_id, i.version_id, i.sent_name, i.sent_at, i.service_time, i.looks "
            # CROSS JOIN keeps the order: intents are few, and SQLite would rather read all documents.
            "FROM intents AS i CROSS JOIN documents AS c ON c.id = i.document_id "
            "WHERE c.account_id = ? AND (? IS NULL OR c.due_at <= ?) ORDER BY i.sent_at",
            (account_id, now, now),
        )
        return [Intent(*row) for row in rows]

    def isolate(self, document_ids: Iterable[int]) -> None:
        """If they must be sent again, each travels alone; its attempts are counted from then on."""
        with self._db.write() as db:
            db.executemany(
                "UPDATE documents SET alone = 1, attempt = 0 WHERE id = ? AND NOT alone",
                [(document_id,) for document_id in document_ids],
            )

    def answer_lost(
        self,
        document_id: int,
        code: str,
        message: str,
        look_at: float,
        *,
        looks: int,
        blame: bool,
    ) -> None:
        """Whether the service has it is not known: look for it then.

        Args:
            document_id: which document.
            code: why, for people.
            message: the same in words.
            look_at: when to look.
            looks: looks that it is spared, since an answer came: one look then is enough.
            blame: whether this may be the document's own fault, which counts an attempt.
        """
        with self._db.write() as db:
            db.execute(
                "UPDATE documents SET due_at = ?, error_code = ?, error_message = ?, "
                f"attempt = attempt + ?, {_FAILED_SINCE}, maybe_sent = 1 "
                "WHERE id = ? AND state = 'uploading'",
                (look_at, code, message, int(blame), int(blame), document_id),
            )
            db.execute("UPDATE intents SET looks = ? WHERE document_id = ?", (looks, document_id))

    def look_again(self, document_ids: Iterable[int], look_at: float, *, looked: bool) -> None:
        """Look for these uploads then; `looked` says that this look was one that found nothing."""
        with self._db.write() as db:
            for document_id in document_ids:
                db.execute(
                    "UPDATE intents SET looks = looks + ? WHERE document_id = ?",
                    (int(looked), document_id),
                )
                db.execute("UPDATE documents SET due_at = ? WHERE id = ?", (look_at, document_id))

    def send_again(
        self,
        document_id: int,
        due_at: float,
        code: str | None,
        message: str | None,
        *,
        sent: bool,
        blame: bool,
    ) -> None:
        """It was not taken, or its answer is lost for good: queue it again.

        Args:
            document_id: which document.
            due_at: when it may be sent.
            code: why, for people.
            message: the same in words.
            sent: whether the service may have it after all.
            blame: whether this may be the document's own fault, which counts an attempt.
        """
        with self._db.write() as db:
            db.execute(
                "UPDATE documents SET state = 'queued', due_at = ?, attempt = attempt + ?, "
                f"error_code = ?, error_message = ?, {_FAILED_SINCE}, maybe_sent = maybe_sent OR ? "
                "WHERE id = ?",
                (due_at, int(blame), code, message, int(blame), int(sent), document_id),
            )
            db.execute("DELETE FROM intents WHERE document_id = ?", (document_id,))
            # A carrier that went or changed meanwhile has nothing left to send.
            db.execute(
                "UPDATE versions SET state = CASE WHEN (SELECT gone_at FROM files WHERE id = file_id) "
                "IS NULL THEN 'superseded' ELSE 'vanished' END, ended_at = ? "
                "WHERE document_id = ? AND state = 'following' AND EXISTS (SELECT 1 FROM files AS f "
                "WHERE f.id = file_id AND (f.gone_at IS NOT NULL OR f.version_id != versions.id "
                "OR f.state != 'followed'))",
                (due_at, document_id),
            )

    def accepted(
        self,
        document_id: int,
        job_id: str,
        *,
        is_duplicate: bool,
        now: float,
        poll_at: float,
        new: bool = True,
    ) -> None:
        """The service has taken it under this job.

        Args:
            document_id: which document.
            job_id: the job that processes it, or processed it before.
            is_duplicate: whether the service had it from elsewhere. An answer that only repeats what this
                ledger had already sent is none.
            now: seconds since the epoch.
            poll_at: when to ask for the job.
            new: whether it was sent now, and so paid for.
        """
        with self._db.write() as db:
            row = db.execute(
                "UPDATE documents SET state = 'processing', job_id = ?, attempt = 0, alone = 0, due_at = ?, "
                "again = CASE WHEN again = 'mask' THEN again END, again_asked = 0, "
                "is_duplicate = CASE WHEN maybe_sent THEN 0 ELSE ? END, sent_at = ?, hold_code = NULL, "
                "failed_at = NULL, error_code = NULL, error_message = NULL WHERE id = ? "
                "RETURNING account_id, is_duplicate",
                (job_id, poll_at, int(is_duplicate), now, document_id),
            ).fetchone()
            db.execute("DELETE FROM intents WHERE document_id = ?", (document_id,))
            if new and not row["is_duplicate"]:
                day = datetime.fromtimestamp(now, UTC).date().isoformat()
                db.execute(
                    "INSERT INTO spending (account_id, day, documents) VALUES (?, ?, 1) "
                    "ON CONFLICT DO UPDATE SET documents = documents + 1",
                    (row["account_id"], day),
                )
                db.execute(
                    "UPDATE accounts SET spent_since_usage = spent_since_usage + 1 WHERE id = ?",
                    (row["account_id"],),
                )

    def refused(self, document_id: int, code: str, message: str, now: float) -> None:
        """It will not be taken as it is: every file that follows it ends so."""
        with self._db.write() as db:
            end_document(db, document_id, "refused", code, message, now)

    def others_pass(self, document_id: int) -> bool:
        """Whether the service has taken any other document since it first failed to take this one."""
        row = self._db.read.execute(
            "SELECT 1 FROM documents AS this JOIN documents AS other ON other.sent_at >= this.failed_at "
            "AND other.id != this.id WHERE this.id = ? LIMIT 1",
            (document_id,),
        ).fetchone()
        return row is not None
