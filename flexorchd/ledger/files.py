"""Files: paths under a watch, from the first sighting to the moment their content is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from flexorchd.ledger.connection import Database


class KnownFile(NamedTuple):
    """What a scan compares a directory entry with. The first four are the look, in scandir's terms."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    id: int
    gone_at: float | None
    state: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """A new or changed directory entry.

    Attributes:
        directory_id: from `Files.directory`.
        name: the entry's bytes.
        size, mtime_ns, ctime_ns, inode: the look at it.
        ignored: the rule that leaves it out, or None.
        due_at: when to look again; None for ignored files.
    """

    directory_id: int
    name: bytes
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    ignored: str | None
    due_at: float | None


@dataclass(frozen=True, slots=True)
class PendingFile:
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

    @property
    def path(self) -> bytes:
        """The path below the watch's root."""
        return self.directory + b"/" + self.name if self.directory else self.name

    @property
    def location(self) -> bytes:
        """The path on this machine."""
        return self.root + b"/" + self.path


_PENDING = """
SELECT f.id, d.watch_id, w.name, w.root, d.path, f.name, f.size, f.mtime_ns, f.ctime_ns, f.inode,
  f.seen_at, f.looked_at, f.attempt, f.reason
FROM files AS f JOIN directories AS d ON d.id = f.directory_id JOIN watches AS w ON w.id = d.watch_id
WHERE f.state = ? AND f.due_at <= ? AND f.gone_at IS NULL AND w.active
ORDER BY f.due_at LIMIT ?
"""

# A version whose document was never sent has nothing to wait for once its content is gone.
_DROP_UNSENT = """
UPDATE versions SET state = ?, ended_at = ?
WHERE id = (SELECT version_id FROM files WHERE id = ?) AND state = 'following'
  AND document_id IN (SELECT id FROM documents WHERE state = 'queued')
"""


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

    def directories(self, watch_id: int, below: bytes = b"") -> dict[bytes, int]:
        """The known directories of a watch at and below a path, with their ids."""
        rows = self._db.read.execute(
            "SELECT path, id FROM directories WHERE watch_id = ?1 AND (?2 = x'' OR path = ?2 "
            "OR (path >= ?2 || x'2f' AND path < ?2 || x'30'))",
            (watch_id, below),
        )
        return {row["path"]: row["id"] for row in rows}

    def known(self, directory_id: int) -> dict[bytes, KnownFile]:
        """The files of one directory by name; one range read."""
        cursor = self._db.read.cursor()
        cursor.row_factory = None
        rows = cursor.execute(
            "SELECT name, size, mtime_ns, ctime_ns, inode, id, gone_at, state FROM files "
            "WHERE directory_id = ?",
            (directory_id,),
        )
        return {row[0]: KnownFile._make(row[1:]) for row in rows}

    def observe(self, sightings: Sequence[Sighting], now: float, *, by_event: bool) -> None:
        """Record new and changed files: each begins to settle, or is ignored by a rule.

        Args:
            sightings: what differs from `known`.
            now: seconds since the epoch.
            by_event: whether an event led here or a scan caught what events missed.
        """
        with self._db.write() as db:
            for s in sightings:
                state = "ignored" if s.ignored else "settling"
                row = db.execute(
                    "INSERT INTO files (directory_id, name, size, mtime_ns, ctime_ns, inode, state, "
                    "seen_at, looked_at, due_at, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                    "ON CONFLICT (directory_id, name) DO UPDATE SET size = excluded.size, "
                    "mtime_ns = excluded.mtime_ns, ctime_ns = excluded.ctime_ns, "
                    "inode = excluded.inode, state = excluded.state, seen_at = excluded.seen_at, "
                    "looked_at = excluded.looked_at, due_at = excluded.due_at, "
                    "reason = excluded.reason, gone_at = NULL, attempt = 0 RETURNING id, version_id",
                    (
                        s.directory_id,
                        s.name,
                        s.size,
                        s.mtime_ns,
                        s.ctime_ns,
                        s.inode,
                        state,
                        now,
                        now,
                        s.due_at,
                        s.ignored,
                    ),
                ).fetchone()
                if row["version_id"] is not None:
                    db.execute(_DROP_UNSENT, ("superseded", now, row["id"]))
            counter = "found_by_event" if by_event else "found_by_scan"
            counts: dict[int, int] = {}
            for s in sightings:
                if not s.ignored:
                    counts[s.directory_id] = counts.get(s.directory_id, 0) + 1
            for directory_id, count in counts.items():
                db.execute(
                    f"UPDATE watches SET {counter} = {counter} + ? "
                    "WHERE id = (SELECT watch_id FROM directories WHERE id = ?)",
                    (count, directory_id),
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
                    "UPDATE files SET gone_at = ? WHERE id = ? AND gone_at IS NULL", (now, file_id)
                )
                db.execute(_DROP_UNSENT, ("vanished", now, file_id))

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

    def settling(self, now: float, limit: int) -> list[PendingFile]:
        """Files whose next look is due."""
        return self._pending("settling", now, limit)

    def settled(self, now: float, limit: int) -> list[PendingFile]:
        """Complete files whose content is not known yet."""
        return self._pending("settled", now, limit)

    def _pending(self, state: str, now: float, limit: int) -> list[PendingFile]:
        cursor = self._db.read.cursor()
        cursor.row_factory = None
        return [PendingFile(*row) for row in cursor.execute(_PENDING, (state, now, limit))]

    def look_again(
        self, looks: Iterable[tuple[int, int, int, int, int, float, float, str | None]]
    ) -> None:
        """Keep settling: (file id, size, mtime_ns, ctime_ns, inode, looked at, due at, reason)."""
        with self._db.write() as db:
            db.executemany(
                "UPDATE files SET size = ?2, mtime_ns = ?3, ctime_ns = ?4, inode = ?5, looked_at = ?6, "
                "due_at = ?7, reason = ?8, state = 'settling' WHERE id = ?1 AND state != 'ignored'",
                looks,
            )

    def mark_settled(self, files: Iterable[tuple[int, str | None]], now: float) -> None:
        """These are complete: (file id, warning)."""
        with self._db.write() as db:
            db.executemany(
                "UPDATE files SET state = 'settled', due_at = ?, reason = ?, attempt = 0 "
                "WHERE id = ? AND state = 'settling'",
                [(now, warning, file_id) for file_id, warning in files],
            )

    def postpone(self, file_id: int, due_at: float, reason: str) -> None:
        """A look or a read failed for a reason that can pass: try again then."""
        with self._db.write() as db:
            db.execute(
                "UPDATE files SET due_at = ?, reason = ?, attempt = attempt + 1 WHERE id = ?",
                (due_at, reason, file_id),
            )

    def next_due(self, state: str) -> float | None:
        """When the next file in this state is due."""
        row = self._db.read.execute(
            "SELECT min(f.due_at) AS due FROM files AS f JOIN directories AS d "
            "ON d.id = f.directory_id JOIN watches AS w ON w.id = d.watch_id "
            "WHERE f.state = ? AND f.gone_at IS NULL AND w.active",
            (state,),
        ).fetchone()
        return None if row["due"] is None else float(row["due"])
