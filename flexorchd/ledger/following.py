"""From the moment a file's content is known it follows the document of that content.

A group goes statement by statement and not file by file: its rows lie in a table of this connection alone,
which every statement joins. That is faster than asking and writing for one file after the other, at any size
of the ledger.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, fields
from operator import attrgetter

ENDED = ("completed", "failed", "refused")
"""States of a document whose files are to be delivered."""

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


_GROUP = """
CREATE TEMP TABLE IF NOT EXISTS found (
  file_id INTEGER PRIMARY KEY,
  size INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  ctime_ns INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  sha256 BLOB NOT NULL,
  settings_id INTEGER NOT NULL,
  account_id INTEGER NOT NULL,
  warning TEXT
) STRICT
"""

_JOIN_GROUP = "INSERT OR IGNORE INTO temp.found VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_columns = attrgetter(*(field.name for field in fields(Fingerprint)))

# CROSS JOIN keeps the order: the group is small, and SQLite would rather read a whole table.

_LEAVE_CHANGED = """
DELETE FROM temp.found WHERE NOT EXISTS (SELECT 1 FROM files AS f WHERE f.id = file_id
  AND f.state = 'settled' AND f.size = found.size AND f.mtime_ns = found.mtime_ns
  AND f.ctime_ns = found.ctime_ns AND f.inode = found.inode)
"""

_IGNORE_FORGOTTEN = """
UPDATE files SET state = 'ignored', reason = ?, due_at = NULL WHERE id IN
  (SELECT n.file_id FROM temp.found AS n CROSS JOIN forgotten USING (sha256))
"""

# Content that a file had already, whose account it was is no matter.
_BACK = """
SELECT f.id, f.version_id FROM temp.found AS n CROSS JOIN files AS f ON f.id = n.file_id
CROSS JOIN versions AS v ON v.id = f.version_id CROSS JOIN documents AS c ON c.id = v.document_id
WHERE c.sha256 = n.sha256 AND c.settings_id = n.settings_id
  AND v.state IN ('following', 'ready', 'delivered', 'failed')
"""

_NEW_DOCUMENTS = """
INSERT INTO documents (sha256, settings_id, account_id, size, state, due_at)
SELECT sha256, settings_id, account_id, size, 'queued', ? FROM temp.found WHERE true
ON CONFLICT (sha256, settings_id, account_id) DO NOTHING
"""

_NEW_VERSIONS = f"""
INSERT INTO versions (file_id, document_id, size, mtime_ns, found_at, settled_at, hashed_at, state,
  due_at, ready_at, warning)
SELECT n.file_id, c.id, n.size, n.mtime_ns, f.seen_at, f.due_at, :now,
  CASE WHEN c.state IN {ENDED} THEN 'ready' ELSE 'following' END,
  CASE WHEN c.state IN {ENDED} THEN :now END, CASE WHEN c.state IN {ENDED} THEN :now END, n.warning
FROM temp.found AS n CROSS JOIN files AS f ON f.id = n.file_id
CROSS JOIN documents AS c USING (sha256, settings_id, account_id)
"""

_FOLLOW = """
UPDATE files SET state = 'followed', due_at = NULL, version_id = v.id FROM versions AS v
WHERE v.id > ? AND v.file_id = files.id
"""

_FIRST_VERSIONS = """
UPDATE documents SET version_id =
  (SELECT min(id) FROM versions WHERE document_id = documents.id AND id > :last)
WHERE version_id IS NULL AND id IN (SELECT document_id FROM versions WHERE id > :last)
"""


def follow(db: sqlite3.Connection, fingerprints: Sequence[Fingerprint], now: float) -> None:
    """Within a transaction, see `Documents.fingerprinted`."""
    db.execute(_GROUP)
    db.execute("DELETE FROM temp.found")
    db.executemany(_JOIN_GROUP, map(_columns, fingerprints))
    db.execute(_LEAVE_CHANGED)
    if db.execute(_IGNORE_FORGOTTEN, (FORGOTTEN,)).rowcount:
        db.execute(_LEAVE_CHANGED)
    for file_id, version_id in db.execute(_BACK).fetchall():
        _is_back(db, file_id, version_id, now)
    last = db.execute("SELECT coalesce(max(id), 0) FROM versions").fetchone()[0]
    db.execute(_NEW_DOCUMENTS, (now,))
    db.execute(_NEW_VERSIONS, {"now": now})
    db.execute(_FOLLOW, (last,))
    db.execute(_FIRST_VERSIONS, {"last": last})


def _is_back(db: sqlite3.Connection, file_id: int, version_id: int, now: float) -> None:
    """It has its result already; what is done with its source afterwards is done with this one too."""
    db.execute("UPDATE files SET state = 'followed', due_at = NULL WHERE id = ?", (file_id,))
    db.execute(
        "UPDATE versions SET after = 'pending', due_at = ?, attempt = 0 "
        "WHERE id = ? AND state = 'delivered' AND after IN ('done', 'skipped')",
        (now, version_id),
    )
    db.execute("DELETE FROM temp.found WHERE file_id = ?", (file_id,))
