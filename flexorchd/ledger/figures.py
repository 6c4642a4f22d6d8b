"""Figures over the whole ledger: why files failed, what is held, and how things went over time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from flexorchd.ledger.connection import Database
from flexorchd.ledger.indexes import APART_VERSION, ENDED_SINCE, OPEN_DOCUMENT, changed_at
from flexorchd.ledger.placed import Placed
from flexorchd.ledger.views import HOLD
from flexorchd.rules.plan import Plan


@dataclass(frozen=True, slots=True)
class Cause:
    """Files that failed with one code in one watch.

    Attributes:
        code: why.
        watch: its name.
        files: how many.
        last_at: when the last of them failed, seconds since the epoch.
    """

    code: str
    watch: str
    files: int
    last_at: float | None


@dataclass(frozen=True, slots=True)
class Held:
    """Documents of one watch that are held for one reason.

    Attributes:
        watch: its name.
        code: the reason.
        documents: how many would be sent.
        files: how many files bring them; more than documents where some are copies.
        bytes: of the documents.
        unsupported: further documents that the plan refuses for their kind.
        too_large: those that it refuses for their size.
    """

    watch: str
    code: str
    documents: int
    files: int
    bytes: int
    unsupported: int
    too_large: int

    @property
    def refused(self) -> int:
        """Documents that would fail without being sent."""
        return self.unsupported + self.too_large


@dataclass(frozen=True, slots=True)
class Unreadable(Placed):
    """Files that cannot be looked at or read now, for one reason.

    Attributes:
        code: the reason.
        watch: of the first of them.
        directory, name: where it is.
        others: how many more there are.
    """

    code: str
    watch: str
    directory: bytes
    name: bytes
    others: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over everything that the ledger holds now.

    Attributes:
        delivered: versions with a result.
        failed: versions that ended badly.
        documents: those that were sent.
        bytes: of these.
    """

    delivered: int
    failed: int
    documents: int
    bytes: int


Series = list[tuple[int, str, int]]
"""Numbers over time: which step, of what, how many."""

_CODE = "coalesce(v.error_code, c.error_code, 'FAILED')"

_FAILED = f"""
FROM versions AS v CROSS JOIN files AS f
  ON f.id = v.file_id AND f.version_id = v.id AND f.state = 'followed'
JOIN directories AS d ON d.id = f.directory_id JOIN watches AS w ON w.id = d.watch_id
LEFT JOIN documents AS c ON c.id = v.document_id
WHERE v.state = 'failed' AND v.{APART_VERSION}
"""

_HELD = f"""
SELECT watch, code, sum(refused IS NULL), sum(iif(refused IS NULL, files, 0)),
  sum(iif(refused IS NULL, size, 0)), sum(refused IS 'kind'), sum(refused IS 'size') FROM (
  SELECT w.name AS watch, c.size, count(*) AS files,
    CASE WHEN NOT ({{taken}}) THEN 'kind' WHEN c.size > :largest THEN 'size' END AS refused,
    {HOLD} AS code
  FROM documents AS c JOIN versions AS v ON v.document_id = c.id AND v.state = 'following'
  JOIN files AS f ON f.id = v.file_id JOIN directories AS d ON d.id = f.directory_id
  JOIN watches AS w ON w.id = d.watch_id
  WHERE c.state = 'queued' AND c.{OPEN_DOCUMENT} GROUP BY c.id, w.id, code
) WHERE code IS NOT NULL GROUP BY watch, code ORDER BY watch, code
"""

# The document is counted once, when the file that brought it first had its result.
_DELIVERED_ONCE = f"""
FROM versions AS v CROSS JOIN documents AS c ON c.id = v.document_id AND c.version_id = v.id
WHERE v.state = 'delivered' AND {ENDED_SINCE}
"""

_STEP = "CAST((v.ended_at - :since) / :step AS INTEGER)"


class Figures:
    """Reads sums and series; each is one pass over a table, so ask no more often than they change."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def causes(self) -> list[Cause]:
        """Why files are in the state `failed`, the most frequent first."""
        rows = self._db.read.execute(
            f"SELECT {_CODE} AS code, w.name, count(*) AS files, max(v.ended_at) {_FAILED} "
            "GROUP BY code, w.name ORDER BY files DESC, code, w.name"
        )
        return [Cause(*row) for row in rows]

    def failed_files(self, code: str, watch: str | None = None) -> list[int]:
        """The ids of the files that failed with a code."""
        rows = self._db.read.execute(
            f"SELECT f.id {_FAILED} AND {_CODE} = :code AND (:watch IS NULL OR w.name = :watch)",
            {"code": code, "watch": watch},
        )
        return [row[0] for row in rows]

    def held(self, plan: Plan) -> list[Held]:
        """What is held, by watch and reason.

        Args:
            plan: what the account takes; the rest is counted as refused.
        """
        kinds = sorted(plan.kinds)
        taken = " OR ".join(f"CAST(f.name AS TEXT) LIKE :kind{n}" for n in range(len(kinds)))
        endings = {f"kind{n}": f"%.{kind}" for n, kind in enumerate(kinds)}
        rows = self._db.read.execute(
            _HELD.format(taken=taken or "0"),
            {"largest": plan.largest_file, **endings},
        )
        return [Held(*row) for row in rows]

    def unreadable(self) -> list[Unreadable]:
        """What settles no further because the operating system refuses to show it."""
        rows = self._db.read.execute(
            "SELECT substr(f.reason, 1, instr(f.reason, ':') - 1) AS code, w.name, d.path, f.name, "
            "count(*) - 1, min(f.id) FROM files AS f JOIN directories AS d ON d.id = f.directory_id "
            "JOIN watches AS w ON w.id = d.watch_id WHERE f.state = 'settling' AND f.gone_at IS NULL "
            "AND w.active AND f.reason GLOB '[A-Z]*_[A-Z]*: *' GROUP BY code ORDER BY code"
        )
        return [Unreadable(*row[:5]) for row in rows]

    def waiting_bytes(self) -> int:
        """Bytes of the documents that have not ended, held ones included."""
        row = self._db.read.execute(
            "SELECT coalesce(sum(size), 0) FROM documents "
            "WHERE state IN ('queued', 'uploading', 'processing')"
        ).fetchone()
        return int(row[0])

    def totals(self) -> Totals:
        """What was done so far; less after something was forgotten or is tried again."""
        versions = dict(
            tuple(row)
            for row in self._db.read.execute(
                "SELECT state, count(*) FROM versions "
                "WHERE state IN ('delivered', 'failed') GROUP BY state"
            )
        )
        documents, size = self._db.read.execute(
            "SELECT count(*), coalesce(sum(size), 0) FROM documents WHERE sent_at IS NOT NULL"
        ).fetchone()
        return Totals(versions.get("delivered", 0), versions.get("failed", 0), documents, size)

    def spent(self) -> int:
        """Documents that services accepted for payment, ever."""
        row = self._db.read.execute("SELECT coalesce(sum(documents), 0) FROM spending").fetchone()
        return int(row[0])

    def spent_by_day(self, account_id: int, since: date) -> dict[date, int]:
        """Documents that an account accepted, by day (UTC)."""
        rows = self._db.read.execute(
            "SELECT day, documents FROM spending WHERE account_id = ? AND day >= ?",
            (account_id, since.isoformat()),
        )
        return {date.fromisoformat(row[0]): row[1] for row in rows}

    def latest(self, limit: int) -> list[int]:
        """The ids of the files whose content became known, or came to an end, last; the newest first."""
        rows = self._db.read.execute(
            "SELECT f.id FROM versions AS v CROSS JOIN files AS f "
            "ON f.id = v.file_id AND f.version_id = v.id "
            f"ORDER BY {changed_at('v.')} DESC, v.id DESC LIMIT ?",
            (limit,),
        )
        return [row[0] for row in rows]

    def ended(self, since: float, step: float) -> Series:
        """Versions that were delivered and that failed.

        Args:
            since: where the first step begins, seconds since the epoch.
            step: its length in seconds.
        """
        return self._series(
            f"SELECT {_STEP} AS step, v.state, count(*) FROM versions AS v WHERE {ENDED_SINCE} "
            "AND v.state IN ('delivered', 'failed') GROUP BY step, v.state",
            since,
            step,
        )

    def grades(self, since: float, step: float) -> Series:
        """Documents by grade; those without one are left out. See `ended` for the arguments."""
        return self._series(
            f"SELECT {_STEP} AS step, c.grade, count(*) {_DELIVERED_ONCE} "
            "AND c.grade IS NOT NULL GROUP BY step, c.grade",
            since,
            step,
        )

    def pii_types(self, since: float, step: float) -> Series:
        """Findings by type of personal data. See `ended` for the arguments."""
        return self._series(
            f"SELECT {_STEP} AS step, p.key, sum(p.value) FROM versions AS v "
            "CROSS JOIN documents AS c ON c.id = v.document_id AND c.version_id = v.id, "
            "json_each(c.pii_types) AS p "
            f"WHERE v.state = 'delivered' AND {ENDED_SINCE} GROUP BY step, p.key",
            since,
            step,
        )

    def _series(self, query: str, since: float, step: float) -> Series:
        rows = self._db.read.execute(query, {"since": since, "step": step})
        return [tuple(row) for row in rows]

    def good_runs(self) -> Mapping[str, float]:
        """When each export last ended well, one without anything to export included."""
        rows: Iterable[tuple[str, float]] = self._db.read.execute(
            "SELECT export, max(finished_at) FROM export_runs "
            "WHERE state IN ('published', 'empty', 'pruned') GROUP BY export"
        )
        return {row[0]: row[1] for row in rows if row[1] is not None}
