"""What people said about results: one opinion a job, the last one counts."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any

from flexorchd.engine.store.connection import Connection
from flexorchd.engine.store.moments import text_of
from flexorchd.engine.store.schema import next_id


class Feedback:
    """The rows of ``feedback``, as dictionaries of the wire's shape."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, job_id: int) -> dict[str, Any] | None:
        """The opinion on a job, if there is one."""
        with self._connection.read() as database:
            return _get(database, job_id)

    def put(
        self, job_id: int, opinion: tuple[str, str | None, str | None], now: datetime
    ) -> dict[str, Any] | None:
        """Keep an opinion in place of an earlier one.

        Args:
            job_id: a job.
            opinion: rating, issue and notes.
            now: UTC.
        """

        def work(database: sqlite3.Connection) -> dict[str, Any] | None:
            database.execute("DELETE FROM feedback WHERE job_id = ?", (job_id,))
            database.execute(
                "INSERT INTO feedback VALUES (?, ?, ?, ?, ?, ?)",
                (next_id(database), job_id, *opinion, text_of(now)),
            )
            return _get(database, job_id)

        return self._connection.write(work)


def _get(database: sqlite3.Connection, job_id: int) -> dict[str, Any] | None:
    row = database.execute("SELECT * FROM feedback WHERE job_id = ?", (job_id,)).fetchone()
    return dict(row) if row else None
