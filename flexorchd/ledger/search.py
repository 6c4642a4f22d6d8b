"""Files as people look for them: by state, by watch, by path, hash or job, with their whole story."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TypedDict, Unpack

from flexorchd.ledger.connection import Database
from flexorchd.ledger.indexes import APART_FILE, APART_VERSION, changed_at
from flexorchd.ledger.placed import Placed


@dataclass(frozen=True, slots=True)
class Found(Placed):
    """One file with all that the ledger knows of it: a row of the view `file_states`."""

    id: int
    watch_id: int
    directory_id: int
    watch: str
    directory: bytes
    name: bytes
    size: int
    mtime_ns: int
    seen_at: float
    gone_at: float | None
    reason: str | None
    version_id: int | None
    file_due_at: float | None
    file_state: str
    version_state: str | None
    found_at: float | None
    ended_at: float | None
    output_path: bytes | None
    output_sha256: bytes | None
    error_code: str | None
    error_message: str | None
    delivery_attempt: int | None
    delivery_due_at: float | None
    after: str | None
    after_reason: str | None
    warning: str | None
    document_id: int | None
    sha256: bytes | None
    document_state: str | None
    job_id: str | None
    account_id: int | None
    settings_id: int | None
    document_due_at: float | None
    document_attempt: int | None
    document_error_code: str | None
    document_error_message: str | None
    grade: str | None
    degraded: int | None
    document_type: str | None
    pii_count: int | None
    original_version_id: int | None
    service_duplicate: int | None
    sent_at: float | None
    hold_code: str | None
    state: str

    @property
    def is_duplicate(self) -> bool:
        """Whether another file, here or at the service, brought this content first."""
        return self.document_id is not None and (
            bool(self.service_duplicate) or self.version_id != self.original_version_id
        )

    @property
    def failure_code(self) -> str | None:
        """Why it failed, or why it waits."""
        return self.error_code or self.document_error_code


class Wanted(TypedDict, total=False):
    """What files are looked for; None is anything.

    Attributes:
        state: as people see it.
        watch: the watch's name.
        code: why they failed or wait.
        since: ended (or seen) at or after this time.
        text: what their path contains, in any case.
    """

    state: str | None
    watch: str | None
    code: str | None
    since: float | None
    text: str | None


_COLUMNS = ", ".join(field.name for field in fields(Found))


AT_ONCE = 500
FEW = 500
"""So many files are looked up one by one; more of them are met soon enough on the way through all."""

_CONDITIONS = {
    "state": "s.state = :state",
    "watch": "s.watch = :watch",
    "code": "coalesce(s.error_code, s.document_error_code) = :code",
    "since": "{changed_at} >= CAST(:since AS INTEGER) AND coalesce(s.ended_at, s.seen_at) >= :since",
    "text": "instr(lower(CAST(s.directory || x'2f' || s.name AS TEXT)), lower(:text))",
}

# The ids come first, in the order of an index, and only as many as are taken. CROSS JOIN keeps to that
# index. A file that is `followed` shows what its newest version is at; all others speak for themselves.
_WALK = """
SELECT s.id, {followed_at} AS changed_at, v.id AS turn
FROM versions AS v CROSS JOIN file_states AS s ON s.id = v.file_id AND s.version_id = v.id
WHERE s.file_state = 'followed' AND {apart} AND {followed}
UNION ALL
SELECT s.id, CAST(f.seen_at AS INTEGER), f.id FROM files AS f CROSS JOIN file_states AS s ON s.id = f.id
WHERE f.state != 'followed' AND {unfollowed}
ORDER BY changed_at DESC, turn DESC LIMIT :limit OFFSET :offset
"""

_AMONG_FEW = """
SELECT s.id FROM file_states AS s WHERE s.id IN ({ids}) AND {conditions}
ORDER BY {changed_at} DESC, coalesce(s.version_id, s.id) DESC LIMIT :limit OFFSET :offset
"""

_WITH_TEXT = f"""
SELECT s.id FROM (SELECT f.id, d.path AS directory, f.name
  FROM files AS f JOIN directories AS d ON d.id = f.directory_id) AS s
WHERE {_CONDITIONS["text"]} LIMIT :limit
"""

# Nearly all files are delivered: what is apart from them is counted, and they are the rest.
_COUNTS = f"""
WITH
  apart AS (SELECT watch, state, count(*) AS files FROM file_states WHERE id IN (
    SELECT file_id FROM versions WHERE {APART_VERSION} UNION ALL SELECT id FROM files WHERE {APART_FILE})
    GROUP BY watch_id, state),
  altogether AS (SELECT w.name AS watch, count(*) AS files FROM watches AS w
    JOIN directories AS d ON d.watch_id = w.id JOIN files AS f ON f.directory_id = d.id GROUP BY w.id)
SELECT watch, state, sum(files) FROM (
  SELECT * FROM apart
  UNION ALL SELECT watch, 'delivered', files - (SELECT coalesce(sum(files), 0) FROM apart
    WHERE apart.watch = altogether.watch) FROM altogether)
GROUP BY watch, state HAVING sum(files) > 0
"""


class Search:
    """Reads the view `file_states`."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def counts(self) -> dict[str, dict[str, int]]:
        """How many files of each watch are in each state: watch to state to number."""
        counts: dict[str, dict[str, int]] = {}
        for watch, state, number in self._db.read.execute(_COUNTS):
            counts.setdefault(watch, {})[state] = number
        return counts

    def files(self, *, limit: int = -1, offset: int = 0, **wanted: Unpack[Wanted]) -> list[Found]:
        """Files that meet every condition given, those that changed last first.

        Args:
            limit: at most so many; -1 is all.
            offset: leave out so many.
            wanted: the conditions.
        """
        return list(self._walk(wanted, limit, offset))

    def each(self, **wanted: Unpack[Wanted]) -> Iterator[Found]:
        """The same one after the other, so that memory stays flat however many they are."""
        return self._walk(wanted, -1, 0)

    def _walk(self, wanted: Wanted, limit: int, offset: int) -> Iterator[Found]:
        asked = {name: value for name, value in wanted.items() if value is not None}
        few = self._few_with(wanted["text"]) if "text" in asked else None
        query = _changed_last(asked, few)
        ids = self._db.read.execute(query, {**asked, "limit": limit, "offset": offset})
        while some := [row[0] for row in ids.fetchmany(AT_ONCE)]:
            found = {file.id: file for file in self.by_ids(some)}
            yield from (found[file_id] for file_id in some)

    def _few_with(self, text: str | None) -> list[int] | None:
        """The ids of the files whose path contains a text, or None where that is more than a few."""
        rows = self._db.read.execute(_WITH_TEXT, {"text": text, "limit": FEW + 1}).fetchall()
        return [row[0] for row in rows] if len(rows) <= FEW else None

    def by_ids(self, ids: Sequence[int]) -> list[Found]:
        """These files."""
        found: list[Found] = []
        for start in range(0, len(ids), 500):
            some = ids[start : start + 500]
            found += self._found(f"WHERE id IN ({', '.join('?' * len(some))})", some)
        return found

    def at(self, watch_id: int, directory: bytes, name: bytes) -> Found | None:
        """The file at a path."""
        found = self._found(
            "WHERE watch_id = ? AND directory = ? AND name = ?", (watch_id, directory, name)
        )
        return found[0] if found else None

    def below(self, watch_id: int, directory: bytes) -> list[Found]:
        """The files in a folder and its folders; ``b""`` is the watch itself."""
        return self._found(
            "WHERE watch_id = :watch AND (:top = x'' OR directory = :top OR "
            "(directory >= :top || x'2f' AND directory < :top || x'30')) ORDER BY directory, name",
            {"watch": watch_id, "top": directory},
        )

    def by_hash(self, prefix: str) -> list[Found]:
        """The files whose content's SHA-256 begins with these hex digits."""
        first, last = (bytes.fromhex(prefix.ljust(64, digit)) for digit in "0f")
        return self._of("sha256 BETWEEN ? AND ?", (first, last))

    def by_job(self, job_id: str) -> list[Found]:
        """The files that a job served."""
        return self._of("job_id = ?", (job_id,))

    def of_document(self, document_id: int) -> list[Found]:
        """The files with this content and these settings."""
        return self._of("id = ?", (document_id,))

    def _of(self, which: str, parameters: Sequence[object]) -> list[Found]:
        """The files whose newest version follows one of these documents, in the order they came."""
        follows = f"document_id IN (SELECT id FROM documents WHERE {which})"
        return self._found(
            f"WHERE id IN (SELECT file_id FROM versions WHERE {follows}) AND {follows} "
            "ORDER BY version_id",
            (*parameters, *parameters),
        )

    def file_of_version(self, version_id: int) -> Found | None:
        """The file that a version belongs to."""
        found = self._found("WHERE id = (SELECT file_id FROM versions WHERE id = ?)", (version_id,))
        return found[0] if found else None

    def sent_looks(self, watch_id: int) -> dict[bytes, tuple[int, int, int]]:
        """Size, mtime_ns and inode of a watch's files that have been sent or have ended, by path."""
        rows = self._db.read.execute(
            "SELECT d.path, f.name, f.size, f.mtime_ns, f.inode FROM files AS f "
            "JOIN directories AS d ON d.id = f.directory_id JOIN versions AS v ON v.id = f.version_id "
            "LEFT JOIN documents AS c ON c.id = v.document_id "
            "WHERE d.watch_id = ? AND f.state = 'followed' AND coalesce(c.state, '') != 'queued'",
            (watch_id,),
        )
        return {(r[0] + b"/" + r[1] if r[0] else r[1]): (r[2], r[3], r[4]) for r in rows.fetchall()}

    def is_sent(self, sha256: bytes, settings: tuple[object, ...]) -> bool:
        """Whether content has been sent under these settings: locale, masking, strategy, type."""
        row = self._db.read.execute(
            "SELECT 1 FROM documents AS c JOIN settings AS s ON s.id = c.settings_id "
            "WHERE c.sha256 = ? AND c.state != 'queued' AND s.locale = ? AND s.mask_pii = ? "
            "AND s.mask_strategy = ? AND s.document_type = ? LIMIT 1",
            (sha256, *settings),
        ).fetchone()
        return row is not None

    def is_forgotten(self, sha256: bytes) -> bool:
        """Whether this content was forgotten, so that it is not sent again."""
        row = self._db.read.execute(
            "SELECT 1 FROM forgotten WHERE sha256 = ?", (sha256,)
        ).fetchone()
        return row is not None

    def oldest_waiting(self) -> float | None:
        """When the oldest file that is not at its end was seen, held ones included."""
        row = self._db.read.execute(
            "SELECT min(seen_at) FROM (SELECT seen_at FROM files WHERE state IN ('settling', 'settled') "
            "AND gone_at IS NULL UNION ALL SELECT v.found_at FROM documents AS c JOIN versions AS v "
            "ON v.document_id = c.id AND v.state = 'following' "
            "WHERE c.state IN ('queued', 'uploading', 'processing') "
            "UNION ALL SELECT found_at FROM versions WHERE state = 'ready')"
        ).fetchone()
        return None if row[0] is None else float(row[0])

    def _found(
        self, where: str, parameters: Sequence[object] | Mapping[str, object]
    ) -> list[Found]:
        cursor: sqlite3.Cursor = self._db.read.cursor()
        cursor.row_factory = None
        return [
            Found(*row)
            for row in cursor.execute(f"SELECT {_COLUMNS} FROM file_states {where}", parameters)
        ]


def _changed_last(asked: Mapping[str, object], few: Sequence[int] | None) -> str:
    """The query for ids of files that meet what is asked, those that changed last first."""
    if few is not None:
        ids, at = ", ".join(map(str, few)), "coalesce(s.ended_at, s.seen_at)"
        return _AMONG_FEW.format(ids=ids, conditions=_all_of(asked, at), changed_at=at)
    delivered = asked.get("state", "delivered") == "delivered"
    return _WALK.format(
        apart="true" if delivered else f"v.{APART_VERSION}",
        followed_at=changed_at("v."),
        followed=_all_of(asked, changed_at("v.")),
        unfollowed=_all_of(asked, "f.seen_at"),
    )


def _all_of(asked: Iterable[str], at: str) -> str:
    return " AND ".join(["true", *(_CONDITIONS[name].format(changed_at=at) for name in asked)])
