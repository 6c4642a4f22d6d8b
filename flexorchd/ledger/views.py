"""Files as people see them: one state each, and why one is held.

Views hold no data. A change here takes effect in ledgers that exist by a migration that makes them anew.
"""

from __future__ import annotations

from collections.abc import Callable

_HOLD_OF_FOLDER = """CASE
    WHEN NOT w.active THEN 'WATCH_REMOVED'
    WHEN w.hold_code != 'MAX_BACKLOG' THEN w.hold_code
  END"""
"""Why the watch ``w`` is held as a whole, else NULL; a backlog lets its files settle."""

HOLD = f"""coalesce(c.hold_code, {_HOLD_OF_FOLDER},
  CASE WHEN v.found_at > w.approved_at THEN w.hold_code END)"""
"""Why a document ``c`` is held that the version ``v`` in the watch ``w`` brings, else NULL."""

_FILE_STATES = f"""
CREATE VIEW file_states AS
SELECT
  f.id, d.watch_id, f.directory_id, w.name AS watch, d.path AS directory, f.name, f.size, f.mtime_ns,
  f.seen_at, f.gone_at, f.reason, f.version_id, f.due_at AS file_due_at, f.state AS file_state,
  v.state AS version_state, v.found_at, v.ended_at, v.output_path, v.output_sha256, v.error_code,
  v.error_message, v.attempt AS delivery_attempt, v.due_at AS delivery_due_at, v.after, v.after_reason,
  v.warning, v.document_id, c.sha256, c.state AS document_state, c.job_id, c.account_id, c.settings_id,
  c.due_at AS document_due_at, c.attempt AS document_attempt, c.error_code AS document_error_code,
  c.error_message AS document_error_message, c.grade, c.degraded, c.document_type, c.pii_count,
  c.version_id AS original_version_id, c.is_duplicate AS service_duplicate, c.sent_at,
  CASE WHEN f.state IN ('settling', 'settled') THEN {_HOLD_OF_FOLDER} ELSE {HOLD} END AS hold_code,
  CASE
    WHEN f.state = 'ignored' THEN 'ignored'
    WHEN f.gone_at IS NOT NULL AND
      (f.state IN ('settling', 'settled') OR v.state = 'vanished') THEN 'vanished'
    WHEN f.state IN ('settling', 'settled') THEN
      CASE WHEN {_HOLD_OF_FOLDER} IS NULL THEN 'settling' ELSE 'held' END
    WHEN v.state = 'delivered' OR v.state = 'superseded' THEN 'delivered'
    WHEN v.state = 'failed' THEN 'failed'
    WHEN v.state = 'forgotten' THEN 'ignored'
    WHEN v.state = 'vanished' THEN 'vanished'
    WHEN v.state = 'ready' OR c.state IN ('completed', 'failed', 'refused') THEN 'processing'
    WHEN c.state = 'queued' AND {HOLD} IS NOT NULL THEN 'held'
    ELSE c.state
  END AS state
FROM files AS f
JOIN directories AS d ON d.id = f.directory_id
JOIN watches AS w ON w.id = d.watch_id
LEFT JOIN versions AS v ON v.id = f.version_id
LEFT JOIN documents AS c ON c.id = v.document_id
"""


def make_views(execute: Callable[[str], object]) -> None:
    """Make the view `file_states`, in the place of an older one."""
    execute("DROP VIEW IF EXISTS file_states")
    execute(_FILE_STATES)
