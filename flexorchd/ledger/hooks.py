"""Commands that routes run for a result or failure: owed from the delivery on, until one succeeded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flexorchd.ledger.connection import Database


@dataclass(frozen=True, slots=True)
class Hook:
    """A command that is due for a version."""

    version_id: int
    route: str
    output_path: bytes
    attempt: int


class Hooks:
    """The `hooks` table."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def owe(self, hooks: Iterable[tuple[int, str]], now: float) -> None:
        """Commit to running these: (version id, route's name)."""
        with self._db.write() as db:
            db.executemany(
                "INSERT INTO hooks (version_id, route, due_at) VALUES (?, ?, ?) "
                "ON CONFLICT DO UPDATE SET due_at = excluded.due_at, attempt = 0",
                [(version_id, route, now) for version_id, route in hooks],
            )

    def due(self, now: float, limit: int) -> list[Hook]:
        """Commands to run now, the longest due first."""
        rows = self._db.read.execute(
            "SELECT h.version_id, h.route, v.output_path, h.attempt FROM hooks AS h "
            "JOIN versions AS v ON v.id = h.version_id WHERE h.due_at <= ? AND "
            "v.output_path IS NOT NULL ORDER BY h.due_at LIMIT ?",
            (now, limit),
        )
        return [Hook(*row) for row in rows]

    def done(self, hook: Hook) -> None:
        """It succeeded, or is no longer wanted."""
        with self._db.write() as db:
            db.execute(
                "DELETE FROM hooks WHERE version_id = ? AND route = ?",
                (hook.version_id, hook.route),
            )

    def postpone(self, hook: Hook, due_at: float | None) -> None:
        """It failed; try again then, or (None) not before somebody asks."""
        with self._db.write() as db:
            db.execute(
                "UPDATE hooks SET due_at = ?, attempt = attempt + 1 "
                "WHERE version_id = ? AND route = ?",
                (due_at, hook.version_id, hook.route),
            )

    def next_due(self) -> float | None:
        """When the next command is due."""
        row = self._db.read.execute("SELECT min(due_at) FROM hooks").fetchone()
        return None if row[0] is None else float(row[0])

    def given_up(self) -> int:
        """Commands that failed so often that they are tried no more."""
        row = self._db.read.execute("SELECT count(*) FROM hooks WHERE due_at IS NULL").fetchone()
        return int(row[0])
