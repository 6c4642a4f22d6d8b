"""What the partial indexes of due work are about.

SQLite uses a partial index only where a query repeats the index's own condition; that it follows from
another one (`state = 'queued'`) is not enough. Without it a query reads the whole table.
"""

from __future__ import annotations

OPEN_FILE = "state IN ('settling', 'settled')"
OPEN_DOCUMENT = "state IN ('queued', 'uploading', 'processing')"
APART_VERSION = "state NOT IN ('delivered', 'superseded')"
APART_FILE = "state != 'followed'"


def changed_at(version: str = "") -> str:
    """When a version (with its alias and a dot) changed last, in the words of the index: whole seconds."""
    return f"CAST(coalesce({version}ended_at, {version}found_at) AS INTEGER)"


ENDED_SINCE = f"{changed_at('v.')} >= CAST(:since AS INTEGER) AND v.ended_at >= :since"
