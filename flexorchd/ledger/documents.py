"""Documents: content under given settings for one account, and its way through the service."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flexorchd.ledger.connection import Database

FORGOTTEN = "forgotten"
"""The rule that ignores content which `flexorchd forget` erased."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A settled file whose content is known; the look is the one that held before and after hashing."""

    file_id: int
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    sha256: bytes
    settings_id: int
    account_id: int
    warning: str | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that may be sent now, and the version whose bytes would carry it.

    `alone` says that it shares no request with another: it may be the one that requests fail for.
    """

    document_id: int
    version_id: int
    sha256: bytes
    settings_id: int
    size: int
    attempt: int
    alone: bool
    watch_id: int
    watch: str
    root: bytes
    directory: bytes
    name: bytes
    mtime_ns: int
    file_id: int

    @property
    def path(self) -> bytes:
        """The path below the watch's root."""
        return self.directory + b"/" + self.name if self.directory else self.name

    @property
    def location(self) -> bytes:
        """The path on this machine."""
        return self.root + b"/" + self.path


@dataclass(frozen=True, slots=True)
class Intent:
    """An upload whose answer is out."""

    document_id: int
    version_id: int
    sent_name: str
    sent_at: float
    service_time: float
    looks: int


@dataclass(frozen=True, slots=True)
class Following:
    """A document with a job that has not ended."""

    document_id: int
    job_id: str
    sent_at: float
    attempt: int
    settings_id: int
    is_duplicate: bool


@dataclass(frozen=True, slots=True)
class JobEnd:
    """A completed job, as the result will carry it. `job` is a JSON text."""

    document_id: int
    job: str
    grade: str | None
    degraded: bool
    pii_count: int | None


_LIVE_CARRIER = """
SELECT v.id FROM versions AS v JOIN files AS f ON f.id = v.file_id
JOIN directories AS d ON d.id = f.directory_id JOIN watches AS w ON w.id = d.watch_id
WHERE v.document_id = c.id AND v.state = 'following' AND f.version_id = v.id
  AND f.state = 'followed' AND f.gone_at IS NULL AND w.active
  AND (w.hold_code IS NULL OR (w.hold_code = 'MAX_BACKLOG' AND v.found_at <= w.approved_at))
ORDER BY v.id LIMIT 1
"""

_WAITING = f"""
SELECT c.id, v.id, c.sha256, c.settings_id, c.size, c.attempt, c.alone, w.id, w.name, w.root,
  d.path, f.name, v.mtime_ns, f.id
FROM documents AS c JOIN versions AS v ON v.id = ({_LIVE_CARRIER})
JOIN files AS f ON f.id = v.file_id JOIN directories AS d ON d.id = f.directory_id
JOIN watches AS w ON w.id = d.watch_id
WHERE c.state = 'queued' AND c.due_at <= ? AND c.account_id = ?
ORDER BY c.due_at, c.id LIMIT ?
"""


class Documents:
    """The `documents`, `intents` and `forgotten` tables, and the versions that follow a document."""

    def __init__(self, database: Database) -> None:
        self._db = database

    # -- content becomes known ------------------------------------------------------------------------

    def fingerprinted(self, fingerprints: Sequence[Fingerprint], now: float) -> None:
        """Files whose content is known follow its document from here on.

        A file that changed since it was hashed is left alone; content that the file already had starts
        nothing; content that another file brought waits for that file's document or shares its end.
        """
        with self._db.write() as db:
            for found in fingerprints:
                self._follow(db, found, now)

    def _follow(self, db: sqlite3.Connection, found: Fingerprint, now: float) -> None:
        file = db.execute(
            "SELECT seen_at, version_id FROM files WHERE id = ? AND state = 'settled' AND size = ? "
            "AND mtime_ns = ? AND ctime_ns = ? AND inode = ?",
            (found.file_id, found.size, found.mtime_ns, found.ctime_ns, found.inode),
        ).fetchone()
        if file is None:
            return
        if db.execute("SELECT 1 FROM forgotten WHERE sha256 = ?", (found.sha256,)).fetchone():
            db.execute(
                "UPDATE files SET state = 'ignored', reason = ?, due_at = NULL WHERE id = ?",
                (FORGOTTEN, found.file_id),
            )
            return
        if self._has_it_already(db, file["version_id"], found):
            db.execute(
                "UPDATE files SET state = 'followed', due_at = NULL WHERE id = ?", (found.file_id,)
            )
            return
        document_id, ended = self._document(db, found, now)
        version_id = db.execute(
            "INSERT INTO versions (file_id, document_id, size, mtime_ns, found_at, state, due_at, "
            "warning) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                found.file_id,
                document_id,
                found.size,
                found.mtime_ns,
                file["seen_at"],
                "ready" if ended else "following",
                now if ended else None,
                found.warning,
            ),
        ).lastrowid
        db.execute(
            "UPDATE files SET state = 'followed', due_at = NULL, version_id = ? WHERE id = ?",
            (version_id, found.file_id),
        )
        db.execute(
            "UPDATE documents SET version_id = ? WHERE id = ? AND version_id IS NULL",
            (version_id, document_id),
        )

    @staticmethod
    def _document(db: sqlite3.Connection, found: Fingerprint, now: float) -> tuple[int, bool]:
        row = db.execute(
            "SELECT id, state FROM documents WHERE sha256 = ? AND settings_id = ? AND account_id = ?",
            (found.sha256, found.settings_id, found.account_id),
        ).fetchone()
        if row is not None:
            return row["id"], row["state"] in ("completed", "failed", "refused")
        document_id = db.execute(
            "INSERT INTO documents (sha256, settings_id, account_id, size, state, due_at) "
            "VALUES (?, ?, ?, ?, 'queued', ?)",
            (found.sha256, found.settings_id, found.account_id, found.size, now),
        ).lastrowid
        assert document_id is not None  # noqa: S101  an INSERT that did not raise has a row
        return document_id, False

    @staticmethod
    def _has_it_already(db: sqlite3.Connection, version_id: int | None, found: Fingerprint) -> bool:
        """Whether the file's newest version is this very content; whose account it was is no matter."""
        return (
            db.execute(
                "SELECT 1 FROM versions AS v JOIN documents AS c ON c.id = v.document_id "
                "WHERE v.id = ? AND c.sha256 = ? AND c.settings_id = ? "
                "AND v.state IN ('following', 'ready', 'delivered', 'failed')",
                (version_id, found.sha256, found.settings_id),
            ).fetchone()
            is not None
        )

    def fail_file(self, file_id: int, code: str, message: str, now: float) -> None:
        """A file that ends before its content could be a document, such as an empty one."""
        with self._db.write() as db:
            row = db.execute(
                "INSERT INTO versions (file_id, size, mtime_ns, found_at, state, due_at, error_code, "
                "error_message) SELECT id, size, mtime_ns, seen_at, 'ready', ?, ?, ? FROM files "
                "WHERE id = ? RETURNING id",
                (now, code, message, file_id),
            ).fetchone()
            db.execute(
                "UPDATE files SET state = 'followed', due_at = NULL, version_id = ? WHERE id = ?",
                (row["id"], file_id),
            )

    # -- upload ---------------------------------------------------------------------------------------

    def waiting(self, account_id: int, now: float, limit: int) -> list[Candidate]:
        """Documents that may be sent now, each with a version that is there to carry it."""
        cursor = self._db.read.cursor()
        cursor.row_factory = None
        return [Candidate(*row) for row in cursor.execute(_WAITING, (now, account_id, limit))]

    def hold(self, document_id: int, code: str, due_at: float) -> None:
        """Not now, for a reason that is no failure; looked at again then."""
        with self._db.write() as db:
            db.execute(
                "UPDATE documents SET hold_code = ?, due_at = ? WHERE id = ? AND state = 'queued'",
                (code, due_at, document_id),
            )

    def hold_all(self, account_id: int, code: str | None) -> None:
        """Show every queued document as held for `code`, or as no longer held for want of credits."""
        with self._db.write() as db:
            db.execute(
                "UPDATE documents SET hold_code = ? WHERE state = 'queued' AND account_id = ? "
                "AND hold_code IS NOT ? "
                "AND (hold_code IS NULL OR hold_code IN ('CREDITS_PER_DAY', 'RESERVE'))",
                (code, account_id, code),
            )

    def sent_times(self, file_id: int, since: float) -> list[float]:
        """When versions of a file were sent after a time, the earliest first."""
        rows = self._db.read.execute(
            "SELECT c.sent_at FROM versions AS v JOIN documents AS c ON c.id = v.document_id "
            "WHERE v.file_id = ? AND c.sent_at >= ? AND c.version_id = v.id ORDER BY c.sent_at",
            (file_id, since),
        )
        return [row[0] for row in rows]

    def others_pass(self, document_id: int, now: float) -> bool:
        """Whether the service took any other document within the last hour."""
        row = self._db.read.execute(
            "SELECT 1 FROM documents WHERE id != ? AND sent_at > ? LIMIT 1",
            (document_id, now - 3600.0),
        ).fetchone()
        return row is not None

    def orphan_uploads(self, account_id: int, now: float) -> None:
        """Uploads that an earlier run left without an answer are to be looked for."""
        with self._db.write() as db:
            db.execute(
                "UPDATE documents SET due_at = ?, maybe_sent = 1 "
                "WHERE state = 'uploading' AND account_id = ?",
                (now, account_id),
            )

    def isolate(self, document_ids: Iterable[int]) -> None:
        """If they must be sent again, each travels alone; its attempts are counted from then on."""
        with self._db.write() as db:
            db.executemany(
                "UPDATE documents SET alone = 1, attempt = 0 WHERE id = ? AND NOT alone",
                [(document_id,) for document_id in document_ids],
            )

    def carrier_changed(self, version_id: int, file_id: int, now: float) -> None:
        """The file is no longer what was hashed: it settles anew, and this version was never sent."""
        with self._db.write() as db:
            db.execute(
                "UPDATE versions SET state = 'superseded', ended_at = ? "
                "WHERE id = ? AND state = 'following'",
                (now, version_id),
            )
            db.execute(
                "UPDATE files SET state = 'settling', looked_at = ?, due_at = ? "
                "WHERE id = ? AND version_id = ?",
                (now, now, file_id, version_id),
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
            "FROM intents AS i JOIN documents AS c ON c.id = i.document_id "
            "WHERE c.account_id = ? AND (? IS NULL OR c.due_at <= ?) ORDER BY i.sent_at",
            (account_id, now, now),
        )
        return [Intent(*row) for row in rows]

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
                "is_duplicate = CASE WHEN maybe_sent THEN 0 ELSE ? END, sent_at = ?, hold_code = NULL, "
                "error_code = NULL, error_message = NULL WHERE id = ? RETURNING account_id",
                (job_id, poll_at, int(is_duplicate), now, document_id),
            ).fetchone()
            db.execute("DELETE FROM intents WHERE document_id = ?", (document_id,))
            if new and not is_duplicate:
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
        self._end(document_id, "refused", code, message, now)

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
                "error_code = ?, error_message = ?, maybe_sent = maybe_sent OR ? WHERE id = ?",
                (due_at, int(blame), code, message, int(sent), document_id),
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
                "attempt = attempt + ?, maybe_sent = 1 WHERE id = ? AND state = 'uploading'",
                (look_at, code, message, int(blame), document_id),
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

    # -- the job --------------------------------------------------------------------------------------

    def processing(self, account_id: int, now: float, limit: int) -> list[Following]:
        """Documents whose job is due to be asked for, the longest due first."""
        rows = self._db.read.execute(
            "SELECT id, job_id, sent_at, attempt, settings_id, is_duplicate FROM documents "
            "WHERE state = 'processing' AND account_id = ? AND due_at <= ? ORDER BY due_at LIMIT ?",
            (account_id, now, limit),
        )
        return [Following(r[0], r[1], r[2], r[3], r[4], is_duplicate=bool(r[5])) for r in rows]

    def unfinished(self, account_id: int) -> int:
        """How many documents have a job that has not ended."""
        row = self._db.read.execute(
            "SELECT count(*) FROM documents WHERE state = 'processing' AND account_id = ?",
            (account_id,),
        ).fetchone()
        return int(row[0])

    def job_gone(self, document_id: int) -> int:
        """The service no longer knows its job; how often that has happened to it."""
        with self._db.write() as db:
            row = db.execute(
                "UPDATE documents SET jobs_gone = jobs_gone + 1 WHERE id = ? RETURNING jobs_gone",
                (document_id,),
            ).fetchone()
            return int(row[0])

    def poll_again(self, polls: Iterable[tuple[int, float]]) -> None:
        """Not done yet: (document id, when to ask again)."""
        with self._db.write() as db:
            db.executemany(
                "UPDATE documents SET due_at = ?2 WHERE id = ?1 AND state = 'processing'",
                polls,
            )

    def completed(self, ends: Iterable[JobEnd], now: float) -> None:
        """Jobs that completed: their files are ready to be delivered."""
        with self._db.write() as db:
            for end in ends:
                db.execute(
                    "UPDATE documents SET state = 'completed', due_at = NULL, attempt = 0, job = ?, "
                    "grade = ?, degraded = ?, pii_count = ?, error_code = NULL, "
                    "error_message = NULL WHERE id = ?",
                    (
                        end.job,
                        end.grade,
                        int(end.degraded),
                        end.pii_count,
                        end.document_id,
                    ),
                )
                self._ready(db, end.document_id, now)

    def failed(self, document_id: int, code: str, message: str, now: float) -> None:
        """The job failed: every file that follows it ends so."""
        self._end(document_id, "failed", code, message, now)

    def _end(self, document_id: int, state: str, code: str, message: str, now: float) -> None:
        with self._db.write() as db:
            db.execute(
                "UPDATE documents SET state = ?, error_code = ?, error_message = ?, due_at = NULL, "
                "hold_code = NULL, attempt = attempt + 1, failed_at = ? WHERE id = ?",
                (state, code, message, now, document_id),
            )
            db.execute("DELETE FROM intents WHERE document_id = ?", (document_id,))
            self._ready(db, document_id, now)

    @staticmethod
    def _ready(db: sqlite3.Connection, document_id: int, now: float) -> None:
        db.execute(
            "UPDATE versions SET state = 'ready', due_at = ? "
            "WHERE document_id = ? AND state = 'following'",
            (now, document_id),
        )

    def move_unfinished(self, account_id: int, now: float) -> int:
        """Unfinished documents of other accounts are sent anew with this one; how many."""
        with self._db.write() as db:
            db.execute("DELETE FROM intents")
            return db.execute(
                "UPDATE documents SET account_id = ?, state = 'queued', due_at = ?, attempt = 0, "
                "job_id = NULL, maybe_sent = 0, hold_code = NULL "
                "WHERE state IN ('queued', 'uploading', 'processing') AND account_id != ?",
                (account_id, now, account_id),
            ).rowcount

    def wake(self, job_id: str, now: float) -> None:
        """Somebody says that this job has ended: it is due to be asked for."""
        with self._db.write() as db:
            db.execute(
                "UPDATE documents SET due_at = min(due_at, ?) "
                "WHERE job_id = ? AND state = 'processing'",
                (now, job_id),
            )

    def job_is_known_elsewhere(self, job_id: str, document_id: int, account_id: int) -> bool:
        """Whether another document of the account already has this job."""
        row = self._db.read.execute(
            "SELECT 1 FROM documents WHERE job_id = ? AND id != ? AND account_id = ? LIMIT 1",
            (job_id, document_id, account_id),
        ).fetchone()
        return row is not None

    def queue_again(self, document_id: int, now: float) -> None:
        """Try an ended document anew, with every version of it that failed; the ledger forgets the job."""
        with self._db.write() as db:
            db.execute(
                "UPDATE documents SET state = 'queued', due_at = ?, attempt = 0, error_code = NULL, "
                "error_message = NULL, hold_code = NULL, job = NULL WHERE id = ? "
                "AND state IN ('failed', 'refused', 'completed', 'queued')",
                (now, document_id),
            )
            db.execute(
                "UPDATE versions SET state = 'following', due_at = NULL, attempt = 0, "
                "error_code = NULL, error_message = NULL WHERE document_id = ? AND state = 'failed' "
                "AND id IN (SELECT version_id FROM files)",
                (document_id,),
            )

    def next_due(self, account_id: int, *states: str, after: float) -> float | None:
        """When the next document in one of these states is due, of those that are not due at `after`."""
        marks = ", ".join("?" * len(states))
        row = self._db.read.execute(
            f"SELECT min(due_at) FROM documents WHERE state IN ({marks}) "
            "AND account_id = ? AND due_at > ?",
            (*states, account_id, after),
        ).fetchone()
        return None if row[0] is None else float(row[0])
