"""Files: paths under a watch, from the first sighting to the moment their content is known."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from flexorchd.ledger.connection import Database
from flexorchd.ledger.indexes import OPEN_FILE
from flexorchd.ledger.placed import NOT_IN, Placed

KnownFile: TypeAlias = tuple[bytes, int, int, int, int, int, str | None]
"""What a scan compares a directory entry with: name, size, mtime_ns, ctime_ns, inode, file id, and the
rule that leaves it out, which is ``""`` while it settles and None once its content is known.

A bare tuple, as SQLite returns it, and no more in it than is compared: a scan makes one for every file.
"""


class FoundBy(StrEnum):
    """What led to a file.

    A rescan comes around by the clock and catches what events have missed, a scan stands in for events
    that were lost or are not sent; the first scan of a run is neither.
    """

    EVENT = "event"
    SCAN = "scan"
    RESCAN = "rescan"
    FIRST_SCAN = "first scan"


@dataclass(frozen=True, slots=True)
class Sighting:
    """A new or changed directory entry.

    Attributes:
        directory: its folder below the watch, ``b""`` for the root.
        name: the entry's bytes.
        size, mtime_ns, ctime_ns, inode: the look at it.
        ignored: the rule that leaves it out, or None.
        seen_at: when that was.
        due_at: when to look again; None for ignored files.
        found_by: what led to it.
    """

    directory: bytes
    name: bytes
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    ignored: str | None
    seen_at: float
    due_at: float | None
    found_by: FoundBy


@dataclass(frozen=True, slots=True)
class NextLook:
    """A file that is not complete yet: what was seen now, since when it is so, and when to look again."""

    file_id: int
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    since: float
    due_at: float
    reason: str


@dataclass(frozen=True, slots=True)
class PendingFile(Placed):
    """A file on its way to being known, with the last look at it."""

    id: int
    watch_id: int
    watch: str
    root: bytes
    directory: bytes
    name: bytes
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    seen_at: float
    looked_at: float
    attempt: int
    reason: str | None


_KNOWN = """
SELECT name, size, mtime_ns, ctime_ns, inode, id,
  CASE state WHEN 'followed' THEN NULL WHEN 'ignored' THEN reason ELSE '' END
FROM files WHERE directory_id = ?"""

_PENDING = f"""
SELECT f.id, d.watch_id, w.name, w.root, d.path, f.name, f.size, f.mtime_ns, f.ctime_ns, f.inode,
  f.seen_at, f.looked_at, f.attempt, f.reason
FROM files AS f JOIN directories AS d ON d.id = f.directory_id JOIN watches AS w ON w.id = d.watch_id
WHERE f.state = ? AND f.{OPEN_FILE} AND f.due_at <= ? AND f.gone_at IS NULL AND w.active
  AND (w.hold_code IS NULL OR w.hold_code = 'MAX_BACKLOG') AND {NOT_IN}
ORDER BY f.due_at LIMIT ?
"""

_SEE = """
INSERT INTO files (directory_id, name, size, mtime_ns, ctime_ns, inode, state, seen_at, looked_at,
  due_at, reason)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (directory_id, name) DO UPDATE SET size = excluded.size, mtime_ns = excluded.mtime_ns,
  ctime_ns = excluded.ctime_ns, inode = excluded.inode, state = excluded.state,
  seen_at = excluded.seen_at, looked_at = excluded.looked_at, due_at = excluded.due_at,
  reason = excluded.reason, gone_at = NULL, attempt = 0
"""

# A version whose document was never sent has nothing to wait for once its content is gone.
_DROP_UNSENT = """
UPDATE versions SET state = ?, ended_at = ?
WHERE id = (SELECT version_id FROM files WHERE {which}) AND state = 'following'
  AND document_id IN (SELECT id FROM documents WHERE state = 'queued')
"""
_DROP_UNSENT_OF = _DROP_UNSENT.format(which="id = ?")
_DROP_UNSENT_AT = _DROP_UNSENT.format(which="directory_id = ? AND name = ?")


class Files:
    """The `files` and `directories` tables."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def directory(self, watch_id: int, path: bytes) -> int:
        """The id of a directory (path below the watch, ``b""`` for its root), made when new."""
        with self._db.write() as db:
            db.execute(
                "INSERT INTO directories (watch_id, path) VALUES (?, ?) ON CONFLICT DO NOTHING",
                (watch_id, path),
            )
            found = db.execute(
                "SELECT id FROM directories WHERE watch_id = ? AND path = ?", (watch_id, path)
            ).fetchone()
            return int(found["id"])

    def directory_id(self, watch_id: int, path: bytes) -> int | None:
        """The id of a directory, or None where the ledger knows no file of it."""
        row = self._db.read.execute(
            "SELECT id FROM directories WHERE watch_id = ? AND path = ?", (watch_id, path)
        ).fetchone()
        return None if row is None else int(row["id"])

    def directories(self, watch_id: int, below: bytes = b"") -> dict[bytes, int]:
        """The known directories of a watch at and below a path, with their ids."""
        query = "SELECT path, id FROM directories WHERE watch_id = ?"
        parameters: list[int | bytes] = [watch_id]
        if below:
            # What lies below sorts between "path/" and "path0", the next byte after the slash.
            query += " AND (path = ? OR (path >= ? AND path < ?))"
            parameters += [below, below + b"/", below + b"0"]
        return {row["path"]: row["id"] for row in self._db.read.execute(query, parameters)}

    def known(self, directory_id: int) -> dict[bytes, KnownFile]:
        """The files of one directory that are there, by name; one range read."""
        cursor = self._db.read.cursor()
        cursor.row_factory = None
        rows = cursor.execute(f"{_KNOWN} AND gone_at IS NULL", (directory_id,)).fetchall()
        return {row[0]: row for row in rows}

    def look_up(
        self, directory_id: int, names: Iterable[bytes], *, gone: bool
    ) -> dict[bytes, KnownFile]:
        """Those of some names in one directory that are there, or that are `gone`."""
        cursor = self._db.read.cursor()
        cursor.row_factory = None
        query = f"{_KNOWN} AND name = ? AND (gone_at IS NOT NULL) = ?"
        rows = (cursor.execute(query, (directory_id, name, gone)).fetchone() for name in names)
        return {row[0]: row for row in rows if row is not None}

    def some(self, watch_id: int, limit: int) -> list[tuple[bytes, tuple[int, int, int]]]:
        """Paths of some files that are there, each with its size, mtime_ns and inode."""
        rows = self._db.read.execute(
            "SELECT d.path, f.name, f.size, f.mtime_ns, f.inode FROM directories AS d "
            "JOIN files AS f ON f.directory_id = d.id "
            "WHERE d.watch_id = ? AND f.gone_at IS NULL AND f.state != 'ignored' LIMIT ?",
            (watch_id, limit),
        )
        return [
            (
                row["path"] + b"/" + row["name"] if row["path"] else row["name"],
                (row["size"], row["mtime_ns"], row["inode"]),
            )
            for row in rows
        ]

    def observe(self, watch_id: int, sightings: Sequence[Sighting]) -> None:
        """Record new and changed files: each begins to settle, or is ignored by a rule.

        Args:
            watch_id: the watch that all of them lie in.
            sightings: what differs from `known`.
        """
        with self._db.write() as db:
            directories = {
                path: self.directory(watch_id, path) for path in {s.directory for s in sightings}
            }
            before = self._last_id(db)
            db.executemany(_SEE, [_row(s, directories[s.directory]) for s in sightings])
            # New files take new ids and have no version; in a burst that is all of them.
            if self._last_id(db) - before < len(sightings):
                db.executemany(
                    _DROP_UNSENT_AT,
                    [
                        ("superseded", s.seen_at, directories[s.directory], s.name)
                        for s in sightings
                    ],
                )
            self._count(db, watch_id, sightings)

    @staticmethod
    def _last_id(db: sqlite3.Connection) -> int:
        return int(db.execute("SELECT coalesce(max(id), 0) FROM files").fetchone()[0])

    @staticmethod
    def _count(db: sqlite3.Connection, watch_id: int, sightings: Sequence[Sighting]) -> None:
        found = Counter(seen.found_by for seen in sightings if not seen.ignored)
        db.execute(
            "UPDATE watches SET found_by_event = found_by_event + ?, found_by_scan = found_by_scan + ? "
            "WHERE id = ?",
            (found[FoundBy.EVENT], found[FoundBy.SCAN] + found[FoundBy.RESCAN], watch_id),
        )

    def gone(self, file_ids: Iterable[int], now: float) -> None:
        """Their source is no longer there: what was never sent has vanished, the rest goes on."""
        with self._db.write() as db:
            for file_id in file_ids:
                db.execute(
                    "DELETE FROM files WHERE id = ? AND state = 'ignored' AND version_id IS NULL",
                    (file_id,),
                )
                db.execute(
                    "UPDATE files SET gone_at = ?, due_at = NULL WHERE id = ? AND gone_at IS NULL",
                    (now, file_id),
                )
                db.execute(_DROP_UNSENT_OF, ("vanished", now, file_id))

    def returned(self, file_ids: Iterable[int], now: float) -> None:
        """They are back unchanged, as after a mount came back: go on where they stood."""
        with self._db.write() as db:
            for file_id in file_ids:
                db.execute(
                    "UPDATE files SET gone_at = NULL, state = CASE WHEN state = 'followed' AND "
                    "(SELECT state FROM versions WHERE id = version_id) = 'vanished' THEN 'settled' "
                    "ELSE state END, due_at = CASE WHEN state = 'ignored' THEN NULL ELSE ? END "
                    "WHERE id = ?",
                    (now, file_id),
                )

    def settling(self, now: float, limit: int, besides: Collection[int] = ()) -> list[PendingFile]:
        """Files whose next look is due, `besides` those of some watches."""
        return self._pending("settling", now, limit, besides)

    def settled(self, now: float, limit: int, besides: Collection[int] = ()) -> list[PendingFile]:
        """Complete files whose content is not known yet, `besides` those of some watches."""
        return self._pending("settled", now, limit, besides)

    def _pending(
        self, state: str, now: float, limit: int, besides: Collection[int]
    ) -> list[PendingFile]:
        cursor = self._db.read.cursor()
        cursor.row_factory = None
        rows = cursor.execute(_PENDING, (state, now, json.dumps(list(besides)), limit))
        return [PendingFile(*row) for row in rows]

    def untouched(self, files: Iterable[PendingFile]) -> set[int]:
        """The ids of those that nothing has touched since they were read; asked within a transaction."""
        with self._db.write() as db:
            return {
                file.id
                for file in files
                if db.execute(
                    "SELECT 1 FROM files WHERE id = ? AND looked_at = ? AND due_at IS NOT NULL "
                    "AND gone_at IS NULL",
                    (file.id, file.looked_at),
                ).fetchone()
            }

    def look_again(self, looks: Iterable[NextLook]) -> None:
        """Keep settling, or begin anew."""
        with self._db.write() as db:
            db.executemany(
                "UPDATE files SET size = ?, mtime_ns = ?, ctime_ns = ?, inode = ?, looked_at = ?, "
                "due_at = ?, reason = ?, state = 'settling', attempt = 0 WHERE id = ?",
                [
                    (
                        look.size,
                        look.mtime_ns,
                        look.ctime_ns,
                        look.inode,
                        look.since,
                        look.due_at,
                        look.reason,
                        look.file_id,
                    )
                    for look in looks
                ],
            )

    def mark_settled(self, files: Iterable[tuple[int, str | None]], now: float) -> None:
        """These are complete: (file id, warning)."""
        with self._db.write() as db:
            db.executemany(
                "UPDATE files SET state = 'settled', due_at = ?, reason = ? "
                "WHERE id = ? AND state = 'settling'",
                [(now, warning, file_id) for file_id, warning in files],
            )

    def postpone(self, file_id: int, due_at: float, reason: str) -> None:
        """A look or a read failed for a reason that can pass: settle again from then on."""
        with self._db.write() as db:
            db.execute(
                "UPDATE files SET state = 'settling', due_at = ?, reason = ?, attempt = attempt + 1 "
                "WHERE id = ?",
                (due_at, reason, file_id),
            )

    def shift(self, seconds: float, now: float) -> None:
        """The clock was stepped by so much: what waits goes on waiting for as long as it would have.

        What was looked at since the step has the new time already: it is told by a look that would lie in
        the future, or that does not.
        """
        before_the_step = "looked_at + :by <= :now" if seconds > 0 else "looked_at > :now"
        with self._db.write() as db:
            db.execute(
                "UPDATE files SET looked_at = looked_at + :by, due_at = due_at + :by "
                f"WHERE state IN ('settling', 'settled') AND due_at IS NOT NULL AND {before_the_step}",
                {"by": seconds, "now": now},
            )

    def look_now(self, now: float) -> None:
        """Look at once at what was last looked at in the future: the clock was set back between runs."""
        with self._db.write() as db:
            db.execute(
                "UPDATE files SET looked_at = :now, due_at = :now "
                "WHERE state IN ('settling', 'settled') AND due_at IS NOT NULL AND looked_at > :now",
                {"now": now},
            )

    def settle_again(self, file_id: int, now: float) -> None:
        """Look at a file anew, though it has not changed: its version ends, another may follow."""
        with self._db.write() as db:
            db.execute(
                "UPDATE files SET state = 'settling', looked_at = ?, due_at = ?, attempt = 0, "
                "version_id = NULL WHERE id = ?",
                (now, now, file_id),
            )

    def next_due(self, state: str, besides: Collection[int] = ()) -> float | None:
        """When the next file in this state is due, `besides` those of some watches."""
        row = self._db.read.execute(
            "SELECT f.due_at AS due FROM files AS f JOIN directories AS d ON d.id = f.directory_id "
            "JOIN watches AS w ON w.id = d.watch_id "
            f"WHERE f.state = ? AND f.{OPEN_FILE} AND f.due_at IS NOT NULL AND f.gone_at IS NULL "
            "AND w.active AND (w.hold_code IS NULL OR w.hold_code = 'MAX_BACKLOG') "
            f"AND {NOT_IN} ORDER BY f.due_at LIMIT 1",
            (state, json.dumps(list(besides))),
        ).fetchone()
        return None if row is None else float(row["due"])


def _row(seen: Sighting, directory_id: int) -> tuple[int | float | str | bytes | None, ...]:
    """What `_SEE` binds."""
    return (
        directory_id,
        seen.name,
        seen.size,
        seen.mtime_ns,
        seen.ctime_ns,
        seen.inode,
        "ignored" if seen.ignored else "settling",
        seen.seen_at,
        seen.seen_at,
        seen.due_at,
        seen.ignored,
    )
