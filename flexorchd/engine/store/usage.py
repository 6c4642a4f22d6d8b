"""Credits, and what was done each day."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any

from flexorchd.engine.store.connection import Connection
from flexorchd.engine.store.moments import text_of
from flexorchd.formats import exact


class Usage:
    """Sums over days, which are UTC days."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def credits_since(self, start: datetime) -> int:
        """Credits spent on the day of `start` and since."""
        with self._connection.read() as database:
            row = database.execute(
                "SELECT coalesce(sum(used), 0) FROM credits WHERE day >= ?", (_day(start),)
            ).fetchone()
        return int(row[0])

    def history(self, start: datetime) -> list[dict[str, Any]]:
        """``{date, credits_used, jobs_count}`` of each day with any, oldest first."""
        with self._connection.read() as database:
            rows = database.execute(
                "WITH done AS (SELECT substr(completed_at, 1, 10) AS day, count(*) AS jobs"
                "  FROM jobs WHERE status = 'completed' AND completed_at >= :start GROUP BY 1),"
                " days AS (SELECT day FROM done UNION SELECT day FROM credits WHERE day >= :start)"
                " SELECT days.day AS date, coalesce(credits.used, 0) AS credits_used,"
                "  coalesce(done.jobs, 0) AS jobs_count FROM days"
                " LEFT JOIN credits USING (day) LEFT JOIN done USING (day) ORDER BY 1",
                {"start": _day(start)},
            ).fetchall()
        return [dict(row) for row in rows]

    def quality_trend(self, start: datetime) -> list[dict[str, Any]]:
        """Mean score (0–100), grades and mean field fill rate of each day, oldest first."""
        with self._connection.read() as database:
            rows = database.execute(
                "SELECT substr(created_at, 1, 10) AS date,"
                "  round(avg(score), 1) AS avg_quality_score,"
                "  round(avg(field_fill_rate), 3) AS avg_field_fill_rate, count(*) AS job_count,"
                "  json_object('A', sum(grade = 'A'), 'B', sum(grade = 'B'),"
                "   'C', sum(grade = 'C'), 'D', sum(grade = 'D')) AS grade_distribution"
                " FROM executions WHERE created_at >= ? GROUP BY 1 ORDER BY 1",
                (_day(start),),
            ).fetchall()
        return [
            dict(row) | {"grade_distribution": exact.loads(row["grade_distribution"])}
            for row in rows
        ]


def spend(database: sqlite3.Connection, amount: int, now: datetime) -> None:
    """Count credits, in the transaction of what costs them."""
    database.execute(
        "INSERT INTO credits VALUES (?, ?) ON CONFLICT (day) DO UPDATE SET used = used + ?",
        (_day(now), amount, amount),
    )


def _day(moment: datetime) -> str:
    return text_of(moment)[:10]
