"""Watches: the folders, how they are watched, and whether they are held."""

from __future__ import annotations

from dataclasses import dataclass

from flexorchd.ledger.connection import Database


@dataclass(frozen=True, slots=True)
class Mount:
    """The mount a watch was on: it outlives a boot, unlike a device number."""

    point: bytes
    type: str
    source: str


@dataclass(frozen=True, slots=True)
class WatchRow:
    """What the ledger knows of a watch.

    `hold_code` is ``MAX_BACKLOG`` (only what was found after `approved_at` is held), or a code such as
    ``MOUNT_MISSING`` or ``FOLDER_MISSING``, which holds the folder as a whole.
    """

    id: int
    name: str
    root: bytes
    active: bool
    mount: Mount | None
    mode: str | None
    mode_reason: str | None
    hold_code: str | None
    hold_message: str | None
    held_at: float | None
    approved_at: float
    scanned_at: float | None
    scan_seconds: float | None
    found_by_event: int
    found_by_scan: int


class Watches:
    """The `watches` table."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def configure(self, folders: dict[str, bytes]) -> dict[str, int]:
        """Make the ledger's watches those of the configuration (name to root); others are parked.

        Returns:
            The id of each watch by name.
        """
        with self._db.write() as db:
            db.execute(
                "UPDATE watches SET active = 0 WHERE name NOT LIKE '\\_connector-%' ESCAPE '\\'"
            )
            for name, root in folders.items():
                db.execute(
                    "INSERT INTO watches (name, root) VALUES (?, ?) "
                    "ON CONFLICT (name) DO UPDATE SET root = excluded.root, active = 1",
                    (name, root),
                )
            rows = db.execute("SELECT name, id FROM watches WHERE active").fetchall()
        return {row["name"]: row["id"] for row in rows if row["name"] in folders}

    def all(self) -> list[WatchRow]:
        """Every watch ever configured, active ones first."""
        rows = self._db.read.execute("SELECT * FROM watches ORDER BY active DESC, name").fetchall()
        return [
            WatchRow(
                id=r["id"],
                name=r["name"],
                root=r["root"],
                active=bool(r["active"]),
                mount=None
                if r["mount_point"] is None
                else Mount(r["mount_point"], r["mount_type"], r["mount_source"]),
                mode=r["mode"],
                mode_reason=r["mode_reason"],
                hold_code=r["hold_code"],
                hold_message=r["hold_message"],
                held_at=r["held_at"],
                approved_at=r["approved_at"],
                scanned_at=r["scanned_at"],
                scan_seconds=r["scan_seconds"],
                found_by_event=r["found_by_event"],
                found_by_scan=r["found_by_scan"],
            )
            for r in rows
        ]

    def get(self, name: str) -> WatchRow | None:
        """One watch by name."""
        return next((watch for watch in self.all() if watch.name == name), None)

    def scanned(self, watch_id: int, now: float, seconds: float) -> None:
        """A full scan has ended."""
        with self._db.write() as db:
            db.execute(
                "UPDATE watches SET scanned_at = ?, scan_seconds = ? WHERE id = ?",
                (now, seconds, watch_id),
            )

    def remember_mount(self, watch_id: int, mount: Mount | None) -> None:
        """The mount that the folder is on now; None where it is on the root file system."""
        with self._db.write() as db:
            db.execute(
                "UPDATE watches SET mount_point = ?, mount_type = ?, mount_source = ? WHERE id = ?",
                (
                    *((mount.point, mount.type, mount.source) if mount else (None, None, None)),
                    watch_id,
                ),
            )

    def watched(self, watch_id: int, mode: str, reason: str) -> None:
        """How the folder is watched now (``events`` or ``polling``), and why."""
        with self._db.write() as db:
            db.execute(
                "UPDATE watches SET mode = ?, mode_reason = ? WHERE id = ?",
                (mode, reason, watch_id),
            )

    def hold(self, watch_id: int, code: str, message: str, now: float) -> None:
        """Nothing new of this watch is sent until it is released."""
        with self._db.write() as db:
            db.execute(
                "UPDATE watches SET hold_code = ?, hold_message = ?, "
                "held_at = CASE WHEN hold_code IS ? THEN held_at ELSE ? END WHERE id = ?",
                (code, message, code, now, watch_id),
            )

    def release(self, watch_id: int, code: str) -> None:
        """The reason `code` to hold this watch is gone."""
        with self._db.write() as db:
            db.execute(
                "UPDATE watches SET hold_code = NULL, hold_message = NULL, held_at = NULL "
                "WHERE id = ? AND hold_code = ?",
                (watch_id, code),
            )

    def approve(self, watch_id: int, now: float) -> int:
        """Release all that a held backlog has gathered until `now`; how many files that were."""
        with self._db.write() as db:
            waiting = db.execute(_UNAPPROVED, (watch_id, watch_id)).fetchone()["files"]
            db.execute("UPDATE watches SET approved_at = ? WHERE id = ?", (now, watch_id))
            db.execute(
                "UPDATE watches SET hold_code = NULL, hold_message = NULL, held_at = NULL "
                "WHERE id = ? AND hold_code = 'MAX_BACKLOG'",
                (watch_id,),
            )
        return int(waiting)

    def accept_place(self, watch_id: int) -> None:
        """What lies at the folder now takes the place of the mount that it was on."""
        with self._db.write():
            self.remember_mount(watch_id, None)
            self.release(watch_id, "MOUNT_MISSING")

    def unapproved(self, watch_id: int) -> int:
        """Files found since the last approval whose content has not been sent yet."""
        row = self._db.read.execute(_UNAPPROVED, (watch_id, watch_id)).fetchone()
        return int(row["files"])

    def approved(self, watch_id: int) -> int:
        """Files found before the last approval whose content has not been sent yet."""
        row = self._db.read.execute(_APPROVED, (watch_id, watch_id)).fetchone()
        return int(row["files"])


_UNAPPROVED = """
SELECT (
  SELECT count(*) FROM files AS f JOIN directories AS d ON d.id = f.directory_id
  JOIN watches AS w ON w.id = d.watch_id
  WHERE d.watch_id = ? AND f.state IN ('settling', 'settled') AND f.gone_at IS NULL
    AND f.version_id IS NULL AND f.seen_at > w.approved_at
) + (
  SELECT count(*) FROM documents AS c
  JOIN versions AS v ON v.document_id = c.id AND v.state = 'following'
  JOIN files AS f ON f.id = v.file_id JOIN directories AS d ON d.id = f.directory_id
  JOIN watches AS w ON w.id = d.watch_id
  WHERE c.state = 'queued' AND d.watch_id = ? AND v.found_at > w.approved_at
) AS files
"""
_APPROVED = _UNAPPROVED.replace("> w.approved_at", "<= w.approved_at")
