"""What the partial indexes of due work are about.

SQLite uses a partial index only where a query repeats the index's own condition; that it follows from
another one (`state = 'queued'`) is not enough. Without it a query reads the whole table.
"""

from __future__ import annotations

OPEN_FILE = "state IN ('settling', 'settled')"
OPEN_DOCUMENT = "state IN ('queued', 'uploading', 'processing')"
APART_VERSION = "state NOT IN ('delivered', 'superseded')"
APART_FILE = "state != 'followed'"
ENDED_SINCE = "coalesce(v.ended_at, v.found_at) >= :since AND v.ended_at >= :since"
