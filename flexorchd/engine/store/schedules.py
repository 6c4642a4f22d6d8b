"""Scheduled syncs of connected storage, and the log of their runs."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flexorchd.engine.store.connection import Connection
from flexorchd.engine.store.moments import text_of
from flexorchd.engine.store.schema import next_id


@dataclass(frozen=True, slots=True)
class Schedule:
    """A sync that is repeated. Moments are ISO 8601 texts, UTC."""

    id: int
    connector_id: int
    cron_expression: str
    prefix_filter: str | None
    name: str | None
    created_at: str
    last_run_at: str | None
    next_run_at: str


@dataclass(slots=True)
class Counts:
    """What a run found and did."""

    found: int = 0
    new: int = 0
    skipped: int = 0
    failed: int = 0


class Schedules:
    """The rows of ``schedules`` and ``sync_logs``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        connector_id: int,
        plan: tuple[str, str | None, str | None],
        next_run: datetime,
        now: datetime,
    ) -> Schedule | None:
        """Add a schedule.

        Args:
            connector_id: a connector.
            plan: cron expression, prefix filter and name.
            next_run: UTC.
            now: UTC.
        """

        def work(database: sqlite3.Connection) -> int:
            schedule_id = next_id(database)
            database.execute(
                "INSERT INTO schedules VALUES (?, ?, ?, ?, ?, ?, NULL, ?)",
                (schedule_id, connector_id, *plan, text_of(now), text_of(next_run)),
            )
            return schedule_id

        return self.get(self._connection.write(work))

    def get(self, schedule_id: int) -> Schedule | None:
        """The schedule, or None if there is none."""
        return next(iter(self._select("WHERE id = ?", (schedule_id,))), None)

    def of_connector(self, connector_id: int) -> list[Schedule]:
        """A connector's schedules, newest first."""
        return self._select("WHERE connector_id = ? ORDER BY id DESC", (connector_id,))

    def due(self, now: datetime) -> list[Schedule]:
        """Schedules whose next run has come."""
        return self._select("WHERE next_run_at <= ? ORDER BY next_run_at", (text_of(now),))

    def delete(self, schedule_id: int) -> None:
        """Remove a schedule with its log."""
        self._connection.write(
            lambda database: database.execute("DELETE FROM schedules WHERE id = ?", (schedule_id,))
        )

    def begin_run(self, schedule_id: int, next_run: datetime, now: datetime) -> dict[str, Any]:
        """Log that a run begins; the log entry."""

        def work(database: sqlite3.Connection) -> dict[str, Any]:
            log_id = next_id(database)
            database.execute(
                "UPDATE schedules SET last_run_at = ?, next_run_at = ? WHERE id = ?",
                (text_of(now), text_of(next_run), schedule_id),
            )
            database.execute(
                "INSERT INTO sync_logs (id, schedule_id, started_at, status)"
                " VALUES (?, ?, ?, 'running')",
                (log_id, schedule_id, text_of(now)),
            )
            row = database.execute("SELECT * FROM sync_logs WHERE id = ?", (log_id,)).fetchone()
            return dict(row)

        return self._connection.write(work)

    def end_run(self, log_id: int, counts: Counts, error: str | None, now: datetime) -> None:
        """Log that a run has ended."""
        self._connection.write(
            lambda database: database.execute(
                "UPDATE sync_logs SET completed_at = ?, files_found = ?, files_new = ?,"
                " files_skipped = ?, files_failed = ?, status = ?, error_message = ?"
                " WHERE id = ?",
                (
                    text_of(now),
                    counts.found,
                    counts.new,
                    counts.skipped,
                    counts.failed,
                    "completed" if error is None else "failed",
                    error,
                    log_id,
                ),
            )
        )

    def interrupt_runs(self, now: datetime) -> None:
        """End the runs that were cut off when the engine last stopped."""
        self._connection.write(
            lambda database: database.execute(
                "UPDATE sync_logs SET status = 'failed', completed_at = ?,"
                " error_message = 'The engine stopped during this run; the next one goes on.'"
                " WHERE status = 'running'",
                (text_of(now),),
            )
        )

    def logs(self, schedule_id: int, limit: int) -> list[dict[str, Any]]:
        """A schedule's runs, newest first."""
        with self._connection.read() as database:
            rows = database.execute(
                "SELECT * FROM sync_logs WHERE schedule_id = ? ORDER BY id DESC LIMIT ?",
                (schedule_id, limit),
            ).fetchall()
        return [dict(row) for row in rows]

    def _select(self, where: str, values: tuple[object, ...]) -> list[Schedule]:
        with self._connection.read() as database:
            rows = database.execute(
                f"SELECT * FROM schedules {where}",
                values,
            ).fetchall()
        return [Schedule(**dict(row)) for row in rows]
