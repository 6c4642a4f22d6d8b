"""How far the work has come, from the partial indexes alone: cheap at any size."""

from __future__ import annotations

from dataclasses import dataclass

from flexorchd.ledger.connection import Database
from flexorchd.ledger.indexes import ENDED_SINCE
from flexorchd.ledger.versions import AT_HAND
from flexorchd.ledger.views import HOLD


@dataclass(frozen=True, slots=True)
class Progress:
    """What is not at its end: files before their content is known, documents, versions, sources.

    `at_hand` are those of the `ready` versions that are delivered without asking the service.
    """

    settling: int
    held: int
    queued: int
    uploading: int
    processing: int
    ready: int
    at_hand: int
    after: int

    @property
    def moving(self) -> int:
        """Work that goes on by itself."""
        return (
            self.settling + self.queued + self.uploading + self.processing + self.ready + self.after
        )


_PROGRESS = f"""
SELECT
  (SELECT count(*) FROM files AS f JOIN directories AS d ON d.id = f.directory_id
   JOIN watches AS w ON w.id = d.watch_id
   WHERE f.state IN ('settling', 'settled') AND f.gone_at IS NULL AND w.active
     AND (w.hold_code IS NULL OR w.hold_code = 'MAX_BACKLOG')),
  (SELECT count(*) FROM versions WHERE state = 'ready'),
  (SELECT count(*) FROM versions AS v LEFT JOIN documents AS c ON c.id = v.document_id
   WHERE v.state = 'ready' AND {AT_HAND}),
  (SELECT count(*) FROM versions WHERE after = 'pending')
"""

_DOCUMENTS = f"""
SELECT CASE
    WHEN c.state != 'queued' THEN c.state
    WHEN {HOLD} IS NOT NULL THEN 'held'
    ELSE 'queued' END AS shown, count(DISTINCT c.id)
FROM documents AS c JOIN versions AS v ON v.document_id = c.id AND v.state = 'following'
JOIN files AS f ON f.id = v.file_id JOIN directories AS d ON d.id = f.directory_id
JOIN watches AS w ON w.id = d.watch_id
WHERE c.state IN ('queued', 'uploading', 'processing') GROUP BY shown
"""


class ProgressView:
    """Reads `Progress`."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def now(self) -> Progress:
        """The work that is open now."""
        settling, ready, at_hand, after = self._db.read.execute(_PROGRESS).fetchone()
        documents = dict(tuple(row) for row in self._db.read.execute(_DOCUMENTS))
        return Progress(
            settling,
            documents.get("held", 0),
            documents.get("queued", 0),
            documents.get("uploading", 0),
            documents.get("processing", 0),
            ready,
            at_hand,
            after,
        )

    def ended_since(self, since: float) -> dict[str, int]:
        """How many versions were delivered and failed since a time."""
        rows = self._db.read.execute(
            f"SELECT v.state, count(*) FROM versions AS v WHERE {ENDED_SINCE} "
            "AND v.state IN ('delivered', 'failed') GROUP BY v.state",
            {"since": since},
        )
        return {row[0]: row[1] for row in rows}
