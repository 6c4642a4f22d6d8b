"""The way of versions that come to an end: when they passed each milestone, and what they become."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from flexorchd.ledger.connection import Database
from flexorchd.ledger.versions import Delivered
from flexorchd.rules.journey import Milestones


@dataclass(frozen=True, slots=True)
class Journey:
    """A version's way, and nothing of what is in it, nor its name."""

    passed: Milestones
    version_id: int
    watch: str
    size: int
    mode: str | None
    job_id: str | None
    error_code: str | None
    document_type: str | None
    grade: str | None


_JOURNEYS = """
SELECT v.found_at, v.settled_at, v.hashed_at, c.sent_at, v.ready_at, ?, v.id, w.name, v.size,
  a.mode, c.job_id, coalesce(v.error_code, c.error_code), c.document_type, c.grade
FROM versions AS v JOIN files AS f ON f.id = v.file_id JOIN directories AS d ON d.id = f.directory_id
JOIN watches AS w ON w.id = d.watch_id LEFT JOIN documents AS c ON c.id = v.document_id
LEFT JOIN accounts AS a ON a.id = c.account_id
WHERE v.id IN ({ids}) ORDER BY v.id
"""


class Journeys:
    """Reads `Journey`."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def of(self, deliveries: Sequence[Delivered], now: float) -> list[Journey]:
        """The journeys that end now; asked before `Versions.delivered`, which clears the milestones."""
        types = {one.version_id: one.document_type for one in deliveries}
        query = _JOURNEYS.format(ids=", ".join("?" * len(types)))
        journeys = map(_journey, self._db.read.execute(query, (now, *types)))
        return [
            replace(one, document_type=types[one.version_id] or one.document_type)
            for one in journeys
        ]


def _journey(row: sqlite3.Row) -> Journey:
    times = len(fields(Milestones))
    return Journey(Milestones(*row[:times]), *row[times:])
