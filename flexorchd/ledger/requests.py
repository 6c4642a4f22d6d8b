"""Requests of commands to the daemon, and the few facts that one run leaves to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from flexorchd.ledger.connection import Database


@dataclass(frozen=True, slots=True)
class Request:
    """What a command asks for, and what became of it."""

    id: int
    kind: str
    arguments: dict[str, Any]
    asked_at: float
    started_at: float | None
    finished_at: float | None
    exit_code: int | None
    outcome: Any


class Requests:
    """The `requests` table: commands ask, the daemon acts."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def ask(self, kind: str, arguments: Mapping[str, object], now: float) -> int:
        """Leave a request; its id."""
        with self._db.write() as db:
            request_id = db.execute(
                "INSERT INTO requests (kind, arguments, asked_at) VALUES (?, ?, ?)",
                (kind, msgspec.json.encode(arguments).decode(), now),
            ).lastrowid
        assert request_id is not None  # noqa: S101  an INSERT that did not raise has a row
        return request_id

    def open(self) -> list[Request]:
        """What was asked and is not finished, the oldest first."""
        return self._rows("WHERE finished_at IS NULL ORDER BY id")

    def get(self, request_id: int) -> Request:
        """One request."""
        return self._rows("WHERE id = ?", request_id)[0]

    def _rows(self, where: str, *parameters: object) -> list[Request]:
        rows = self._db.read.execute(
            "SELECT id, kind, arguments, asked_at, started_at, finished_at, exit_code, outcome "
            f"FROM requests {where}",
            parameters,
        )
        return [
            Request(
                id=row["id"],
                kind=row["kind"],
                arguments=msgspec.json.decode(row["arguments"]),
                asked_at=row["asked_at"],
                started_at=row["started_at"],
                finished_at=row["finished_at"],
                exit_code=row["exit_code"],
                outcome=None if row["outcome"] is None else msgspec.json.decode(row["outcome"]),
            )
            for row in rows
        ]

    def started(self, request_id: int, now: float) -> None:
        """The daemon has begun."""
        with self._db.write() as db:
            db.execute("UPDATE requests SET started_at = ? WHERE id = ?", (now, request_id))

    def finished(self, request_id: int, exit_code: int, outcome: object, now: float) -> None:
        """Done: the command's exit code, and what it prints."""
        with self._db.write() as db:
            db.execute(
                "UPDATE requests SET finished_at = ?, exit_code = ?, outcome = ? WHERE id = ?",
                (now, exit_code, msgspec.json.encode(outcome).decode(), request_id),
            )
            db.execute("DELETE FROM requests WHERE finished_at < ?", (now - 30 * 86400,))


class Memory:
    """The `memory` table: a fact by name, as JSON."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def get(self, key: str) -> Any:
        """What was remembered, or None."""
        row = self._db.read.execute("SELECT value FROM memory WHERE key = ?", (key,)).fetchone()
        return None if row is None else msgspec.json.decode(row[0])

    def set(self, key: str, value: object) -> None:
        """Remember; None forgets."""
        with self._db.write() as db:
            if value is None:
                db.execute("DELETE FROM memory WHERE key = ?", (key,))
            else:
                db.execute(
                    "INSERT INTO memory (key, value) VALUES (?, ?) "
                    "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                    (key, msgspec.json.encode(value).decode()),
                )
