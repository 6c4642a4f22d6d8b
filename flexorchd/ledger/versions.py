"""Versions: one path at one content, delivered once, and what is done with the source afterwards."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from flexorchd.ledger.connection import Database
from flexorchd.ledger.placed import NOT_IN, Placed


@dataclass(frozen=True, slots=True)
class Ready(Placed):
    """A version whose document has ended, with all that its result or failure document needs."""

    version_id: int
    file_id: int
    document_id: int | None
    watch: str
    root: bytes
    directory: bytes
    name: bytes
    size: int
    mtime_ns: int
    attempt: int
    details_missing: int
    error_code: str | None
    error_message: str | None
    warning: str | None
    is_newest: bool
    gone: bool
    sha256: bytes | None
    settings_id: int | None
    account_id: int | None
    document_state: str | None
    document_attempt: int
    document_error_code: str | None
    document_error_message: str | None
    failed_at: float | None
    job_id: str | None
    job: str | None
    service_duplicate: bool
    degraded: bool
    original_version_id: int | None

    @property
    def failed(self) -> bool:
        """Whether a failure document is due, not a result."""
        return self.error_code is not None or self.document_state in ("failed", "refused")

    @property
    def is_duplicate(self) -> bool:
        """Whether another file, here or at the service, brought this content first."""
        return self.service_duplicate or self.version_id != self.original_version_id


@dataclass(frozen=True, slots=True)
class Delivered:
    """Where a version's result or failure document lies: below the output, and its hash.

    `document_type` and `pii_types` (a JSON text) are what the result says of its document; `hooks` are the
    routes whose commands are owed.
    """

    version_id: int
    output_path: bytes
    output_sha256: bytes
    failed: bool
    after: bool
    document_type: str | None = None
    pii_types: str | None = None
    hooks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AfterDue(Placed):
    """A delivered version whose source is now to be archived or deleted."""

    version_id: int
    file_id: int
    watch_id: int
    watch: str
    root: bytes
    directory: bytes
    name: bytes
    size: int
    mtime_ns: int
    inode: int
    sha256: bytes
    attempt: int
    changed: bool


_READY = """
SELECT v.id, f.id, v.document_id, w.name, w.root, d.path, f.name, v.size, v.mtime_ns, v.attempt,
  v.details_missing, v.error_code, v.error_message, v.warning, f.version_id = v.id,
  f.gone_at IS NOT NULL, c.sha256, c.settings_id, c.account_id, c.state, coalesce(c.attempt, 0),
  c.error_code, c.error_message,
  c.failed_at, c.job_id, c.job, coalesce(c.is_duplicate, 0),
  coalesce(c.degraded, 0), c.version_id
FROM versions AS v JOIN files AS f ON f.id = v.file_id JOIN directories AS d ON d.id = f.directory_id
JOIN watches AS w ON w.id = d.watch_id LEFT JOIN documents AS c ON c.id = v.document_id
WHERE v.state = 'ready' AND v.due_at <= ? {condition} ORDER BY v.due_at LIMIT ?
"""

AT_HAND = """
(v.error_code IS NOT NULL OR coalesce(c.state, '') != 'completed' OR EXISTS
  (SELECT 1 FROM versions AS e WHERE e.document_id = v.document_id AND e.state = 'delivered'))
"""
"""What can be delivered without asking the service: failures, and copies of what lies in the output."""


_GROUP = """
CREATE TEMP TABLE IF NOT EXISTS published (
  version_id INTEGER PRIMARY KEY,
  output_path BLOB NOT NULL,
  output_sha256 BLOB NOT NULL,
  failed INTEGER NOT NULL,
  after INTEGER NOT NULL,
  document_type TEXT,
  pii_types TEXT
) STRICT
"""
_columns = attrgetter(
    "version_id", "output_path", "output_sha256", "failed", "after", "document_type", "pii_types"
)

# CROSS JOIN and IN begin with the group, which is small; SQLite would rather read all versions.

_DELIVERED = """
UPDATE versions SET state = CASE WHEN n.failed THEN 'failed' ELSE 'delivered' END,
  output_path = n.output_path, output_sha256 = n.output_sha256, ended_at = :now, attempt = 0,
  after_reason = NULL, due_at = CASE WHEN n.after THEN :now END,
  after = CASE WHEN n.after THEN 'pending' END,
  settled_at = NULL, hashed_at = NULL, ready_at = NULL
FROM temp.published AS n
WHERE versions.id = n.version_id AND versions.id IN (SELECT version_id FROM temp.published)
"""
_MOVED = """
UPDATE versions SET output_path = NULL WHERE id IN (
  SELECT old.id FROM temp.published AS n CROSS JOIN versions AS new ON new.id = n.version_id
  CROSS JOIN versions AS old ON old.file_id = new.file_id
  WHERE NOT n.failed AND old.id != new.id AND old.state = 'delivered'
    AND old.output_path != n.output_path)
"""

_DOCUMENTS_DELIVERED = """
UPDATE documents SET document_type = coalesce(n.document_type, documents.document_type),
  pii_types = coalesce(n.pii_types, documents.pii_types),
  job = CASE WHEN EXISTS (SELECT 1 FROM versions WHERE document_id = documents.id AND state = 'ready')
    THEN job END
FROM (SELECT v.document_id, max(p.document_type) AS document_type, max(p.pii_types) AS pii_types
  FROM temp.published AS p CROSS JOIN versions AS v ON v.id = p.version_id GROUP BY v.document_id) AS n
WHERE documents.id = n.document_id
"""


class Versions:
    """The `versions` table from `ready` on."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def ready(self, now: float, limit: int, *, at_hand: bool = False) -> list[Ready]:
        """Versions to deliver now; with `at_hand`, those that need no request to the service."""
        cursor = self._db.read.cursor()
        cursor.row_factory = None
        query = _READY.format(condition=f"AND {AT_HAND}" if at_hand else "")
        return [Ready(*row) for row in cursor.execute(query, (now, limit))]

    def delivered(self, deliveries: Sequence[Delivered], now: float) -> None:
        """These documents are durable in the output."""
        with self._db.write() as db:
            db.execute(_GROUP)
            db.execute("DELETE FROM temp.published")
            db.executemany(
                "INSERT OR REPLACE INTO temp.published VALUES (?, ?, ?, ?, ?, ?, ?)",
                map(_columns, deliveries),
            )
            db.execute(_DELIVERED, {"now": now})
            db.execute(_MOVED)
            db.execute(_DOCUMENTS_DELIVERED)

    def outputs(self) -> Iterator[tuple[bytes, bytes]]:
        """Path below the output and hash of every result and failure that should be there now."""
        cursor = self._db.read.cursor()
        cursor.row_factory = None
        yield from cursor.execute(
            "SELECT output_path, output_sha256 FROM versions AS v WHERE output_path IS NOT NULL AND ("
            "state = 'failed' AND id = (SELECT version_id FROM files WHERE id = v.file_id) OR "
            "state = 'delivered' AND id = (SELECT max(n.id) FROM versions AS n "
            "WHERE n.file_id = v.file_id AND n.state = 'delivered'))"
        )

    def superseded(self, version_id: int, now: float) -> None:
        """A newer version of the path was delivered first; this one's result is not written."""
        with self._db.write() as db:
            db.execute(
                "UPDATE versions SET state = 'superseded', ended_at = ?, due_at = NULL WHERE id = ?",
                (now, version_id),
            )

    def newer_delivered(self, file_id: int, version_id: int) -> bool:
        """Whether a later version of the file already has its result."""
        row = self._db.read.execute(
            "SELECT 1 FROM versions WHERE file_id = ? AND id > ? AND state = 'delivered' LIMIT 1",
            (file_id, version_id),
        ).fetchone()
        return row is not None

    def other_outputs(self, file_id: int, output_path: bytes) -> list[bytes]:
        """Where earlier results of this file lie that a route put elsewhere."""
        rows = self._db.read.execute(
            "SELECT DISTINCT output_path FROM versions WHERE file_id = ? AND state = 'delivered' "
            "AND output_path != ?",
            (file_id, output_path),
        )
        return [row[0] for row in rows]

    def results_of(self, document_id: int) -> list[tuple[bytes, bytes]]:
        """The paths below the output and the hashes of results that this document has, newest first."""
        rows = self._db.read.execute(
            "SELECT output_path, output_sha256 FROM versions WHERE document_id = ? "
            "AND state = 'delivered' AND output_path IS NOT NULL ORDER BY id DESC LIMIT 5",
            (document_id,),
        )
        return [(row[0], row[1]) for row in rows]

    def postpone(self, version_id: int, due_at: float, code: str, message: str) -> None:
        """It could not be delivered for a reason that can pass."""
        with self._db.write() as db:
            db.execute(
                "UPDATE versions SET due_at = ?, attempt = attempt + 1, after_reason = ? WHERE id = ?",
                (due_at, f"{code}: {message}", version_id),
            )

    def details_missing(self, version_id: int, due_at: float, message: str) -> None:
        """The service did not have the details of its job, once more."""
        with self._db.write() as db:
            db.execute(
                "UPDATE versions SET due_at = ?, details_missing = details_missing + 1, "
                "after_reason = ? WHERE id = ?",
                (due_at, f"NOT_FOUND: {message}", version_id),
            )

    def after_due(self, now: float, limit: int, besides: Collection[int] = ()) -> list[AfterDue]:
        """Delivered versions whose `after` action is to be done, `besides` those of some watches."""
        cursor = self._db.read.cursor()
        cursor.row_factory = None
        return [
            AfterDue(*row)
            for row in cursor.execute(
                "SELECT v.id, f.id, w.id, w.name, w.root, d.path, f.name, v.size, v.mtime_ns, f.inode, "
                "c.sha256, v.attempt, f.version_id != v.id OR f.state != 'followed' "
                "FROM versions AS v JOIN files AS f ON f.id = v.file_id "
                "JOIN directories AS d ON d.id = f.directory_id JOIN watches AS w ON w.id = d.watch_id "
                "JOIN documents AS c ON c.id = v.document_id "
                "WHERE v.after = 'pending' AND v.due_at <= ? "
                f"AND {NOT_IN} ORDER BY v.due_at LIMIT ?",
                (now, json.dumps(list(besides)), limit),
            )
        ]

    def after_done(self, version_id: int, file_id: int, now: float, *, moved: bool) -> None:
        """The action is done; `moved` says that the source is no longer in its folder."""
        with self._db.write() as db:
            db.execute(
                "UPDATE versions SET after = 'done', after_reason = NULL, due_at = NULL WHERE id = ?",
                (version_id,),
            )
            if moved:
                db.execute(
                    "UPDATE files SET gone_at = ? WHERE id = ? AND version_id = ?",
                    (now, file_id, version_id),
                )

    def after_skipped(self, version_id: int, reason: str) -> None:
        """The action is not done, and why."""
        with self._db.write() as db:
            db.execute(
                "UPDATE versions SET after = 'skipped', after_reason = ?, due_at = NULL WHERE id = ?",
                (reason, version_id),
            )

    def next_due(self, after: float) -> float | None:
        """When the next delivery is due, of those that are not due at `after`."""
        row = self._db.read.execute(
            "SELECT min(due_at) AS due FROM versions WHERE state = 'ready' AND due_at > ?", (after,)
        ).fetchone()
        return None if row["due"] is None else float(row["due"])

    def next_after(self, besides: Collection[int] = ()) -> float | None:
        """When the next `after` action is due, `besides` those of some watches."""
        row = self._db.read.execute(
            "SELECT v.due_at AS due FROM versions AS v JOIN files AS f ON f.id = v.file_id "
            "JOIN directories AS d ON d.id = f.directory_id "
            f"WHERE v.after = 'pending' AND v.due_at IS NOT NULL AND {NOT_IN} ORDER BY v.due_at LIMIT 1",
            (json.dumps(list(besides)),),
        ).fetchone()
        return None if row is None else float(row["due"])
