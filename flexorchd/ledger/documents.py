"""Documents: content under given settings for one account, from the moment it is known."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from flexorchd.ledger.connection import Database
from flexorchd.ledger.following import ENDED, Fingerprint, follow
from flexorchd.ledger.indexes import OPEN_DOCUMENT
from flexorchd.ledger.placed import Placed


@dataclass(frozen=True, slots=True)
class Candidate(Placed):
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
    mount_type: str | None


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
  d.path, f.name, v.mtime_ns, f.id, w.mount_type
FROM documents AS c JOIN versions AS v ON v.id = ({_LIVE_CARRIER})
JOIN files AS f ON f.id = v.file_id JOIN directories AS d ON d.id = f.directory_id
JOIN watches AS w ON w.id = d.watch_id
WHERE c.state = 'queued' AND c.{OPEN_DOCUMENT} AND c.again IS NULL AND c.due_at <= ?
  AND c.account_id = ?
ORDER BY c.due_at, c.id LIMIT ?
"""


class Documents:
    """The `documents` and `forgotten` tables, and the versions that follow a document."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def fingerprinted(self, fingerprints: Sequence[Fingerprint], now: float) -> None:
        """Files whose content is known follow its document from here on.

        A file that changed since it was hashed is left alone; content that the file already had starts
        nothing; content that another file brought waits for that file's document or shares its end.
        """
        with self._db.write() as db:
            follow(db, fingerprints, now)

    def fail_file(self, file_id: int, code: str, message: str, now: float) -> None:
        """A file that ends before its content could be a document, such as an empty one."""
        with self._db.write() as db:
            row = db.execute(
                "INSERT INTO versions (file_id, size, mtime_ns, found_at, state, due_at, ready_at, "
                "error_code, error_message) SELECT id, size, mtime_ns, seen_at, 'ready', ?, ?, ?, ? "
                "FROM files WHERE id = ? RETURNING id",
                (now, now, code, message, file_id),
            ).fetchone()
            db.execute(
                "UPDATE files SET state = 'followed', due_at = NULL, version_id = ? WHERE id = ?",
                (row["id"], file_id),
            )

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

    def review_holds(self, now: float) -> None:
        """Lift what may have passed since an earlier run: credits are counted anew, a day may be over."""
        with self._db.write() as db:
            db.execute(
                f"UPDATE documents SET hold_code = NULL WHERE state = 'queued' AND {OPEN_DOCUMENT} "
                "AND (hold_code IN ('CREDITS_PER_DAY', 'RESERVE', 'QUOTA_EXCEEDED') "
                "OR (hold_code = 'VERSIONS_PER_DAY' AND due_at <= ?))",
                (now,),
            )

    def hold_all(self, account_id: int, code: str | None) -> None:
        """Show every queued document as held for `code`, or as no longer held for want of credits."""
        with self._db.write() as db:
            db.execute(
                f"UPDATE documents SET hold_code = ? WHERE state = 'queued' AND {OPEN_DOCUMENT} "
                "AND account_id = ? AND hold_code IS NOT ? "
                "AND (hold_code IS NULL "
                "OR hold_code IN ('CREDITS_PER_DAY', 'RESERVE', 'QUOTA_EXCEEDED'))",
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

    def move_unfinished(self, account_id: int, now: float) -> int:
        """What other accounts have not brought to an end is sent anew with this one; how many.

        A job that ended and was not delivered is among them: its details are out of this account's reach.
        """
        with self._db.write() as db:
            rows = db.execute(
                "SELECT id, sha256, settings_id FROM documents WHERE account_id != ? AND ("
                "state IN ('queued', 'uploading', 'processing') OR state = 'completed' AND EXISTS "
                "(SELECT 1 FROM versions WHERE document_id = documents.id AND state = 'ready'))",
                (account_id,),
            ).fetchall()
            for row in rows:
                db.execute("DELETE FROM intents WHERE document_id = ?", (row["id"],))
                self._move(db, row, account_id, now)
        return len(rows)

    @staticmethod
    def _move(db: sqlite3.Connection, row: sqlite3.Row, account_id: int, now: float) -> None:
        twin = db.execute(
            "SELECT id, state FROM documents WHERE sha256 = ? AND settings_id = ? AND account_id = ?",
            (row["sha256"], row["settings_id"], account_id),
        ).fetchone()
        ended = twin is not None and twin["state"] in ENDED
        db.execute(
            "UPDATE versions SET state = ?, due_at = ? "
            "WHERE document_id = ? AND state IN ('following', 'ready')",
            ("ready" if ended else "following", now if ended else None, row["id"]),
        )
        if twin is not None:
            db.execute(
                "UPDATE versions SET document_id = ? WHERE document_id = ?", (twin["id"], row["id"])
            )
            db.execute("DELETE FROM documents WHERE id = ?", (row["id"],))
            return
        db.execute(
            "UPDATE documents SET account_id = ?, state = 'queued', due_at = ?, attempt = 0, "
            "job_id = NULL, job = NULL, maybe_sent = 0, again = NULL, hold_code = NULL, failed_at = NULL "
            "WHERE id = ?",
            (account_id, now, row["id"]),
        )

    def queue_again(self, document_id: int, now: float, *, reprocess: bool) -> None:
        """Try an ended document anew, with every version of it that failed.

        Args:
            document_id: which document.
            now: seconds since the epoch.
            reprocess: whether a failed job is to be run again where it is, before anything is sent.
        """
        with self._db.write() as db:
            db.execute(
                "UPDATE documents SET due_at = ?, attempt = 0, alone = 0, jobs_gone = 0, "
                "maybe_sent = 0, error_code = NULL, error_message = NULL, failed_at = NULL, "
                "hold_code = NULL, job = NULL, "
                "again = CASE WHEN state = 'queued' THEN again "
                "WHEN state = 'failed' AND job_id IS NOT NULL AND ? THEN 'retry' END, "
                "again_asked = 0, state = 'queued' WHERE id = ? "
                "AND state IN ('failed', 'refused', 'completed', 'queued')",
                (now, int(reprocess), document_id),
            )
            db.execute(
                "UPDATE versions SET state = 'following', due_at = NULL, attempt = 0, "
                "error_code = NULL, error_message = NULL WHERE document_id = ? AND state = 'failed' "
                "AND id IN (SELECT version_id FROM files)",
                (document_id,),
            )

    def start_over(self, document_id: int, now: float) -> None:
        """The service has nothing of it any more, nor have we: it is sent anew."""
        with self._db.write() as db:
            db.execute(
                "UPDATE documents SET state = 'queued', due_at = ?, attempt = 0, job_id = NULL, "
                "job = NULL WHERE id = ?",
                (now, document_id),
            )
            db.execute(
                "UPDATE versions SET state = 'following', due_at = NULL, attempt = 0, "
                "details_missing = 0 WHERE document_id = ? AND state = 'ready'",
                (document_id,),
            )

    def next_due(self, account_id: int, *states: str, after: float) -> float | None:
        """When the next document in one of these states is due, of those that are not due at `after`."""
        marks = ", ".join("?" * len(states))
        row = self._db.read.execute(
            f"SELECT min(due_at) FROM documents WHERE state IN ({marks}) AND {OPEN_DOCUMENT} "
            "AND account_id = ? AND due_at > ?",
            (*states, account_id, after),
        ).fetchone()
        return None if row[0] is None else float(row[0])


def end_document(
    db: sqlite3.Connection, document_id: int, state: str, code: str, message: str, now: float
) -> None:
    """A document ends `failed` or `refused`: every file that follows it ends so."""
    db.execute(
        "UPDATE documents SET state = ?, error_code = ?, error_message = ?, due_at = NULL, "
        "hold_code = NULL, attempt = attempt + 1, again = NULL, failed_at = ? WHERE id = ?",
        (state, code, message, now, document_id),
    )
    db.execute("DELETE FROM intents WHERE document_id = ?", (document_id,))
    make_ready(db, document_id, now)


def make_ready(db: sqlite3.Connection, document_id: int, now: float) -> None:
    """The files that follow a document are to be delivered."""
    db.execute(
        "UPDATE versions SET state = 'ready', due_at = ?, ready_at = ? "
        "WHERE document_id = ? AND state = 'following'",
        (now, now, document_id),
    )
