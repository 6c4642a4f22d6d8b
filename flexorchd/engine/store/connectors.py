"""Connected storage: how it is reached, and which of its files were seen."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flexorchd.engine.store.connection import Connection
from flexorchd.engine.store.moments import text_of
from flexorchd.engine.store.schema import next_id
from flexorchd.formats import exact


@dataclass(frozen=True, slots=True)
class Connector:
    """Connected storage. `config` holds secrets: it is never shown, not even by repr."""

    id: int
    name: str
    type: str
    config: Mapping[str, Any]
    created_at: str
    last_tested_at: str | None
    last_used_at: str | None

    def __repr__(self) -> str:
        return f"Connector(id={self.id}, type={self.type!r})"


class Connectors:
    """The rows of ``connectors`` and ``synced_files``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, name: str, kind: str, config: Mapping[str, Any], now: datetime) -> int:
        """Register storage; its id."""

        def work(database: sqlite3.Connection) -> int:
            connector_id = next_id(database)
            database.execute(
                "INSERT INTO connectors (id, name, type, config, created_at)"
                " VALUES (?, ?, ?, ?, ?)",
                (connector_id, name, kind, exact.dumps(config).decode(), text_of(now)),
            )
            return connector_id

        return self._connection.write(work)

    def get(self, connector_id: int) -> Connector | None:
        """The connector, or None if there is none."""
        with self._connection.read() as database:
            row = database.execute(
                "SELECT * FROM connectors WHERE id = ?", (connector_id,)
            ).fetchone()
        return _connector_of(row) if row else None

    def page(self, limit: int, offset: int) -> tuple[list[Connector], int]:
        """Connectors, newest first, and how many there are in all."""
        with self._connection.read() as database:
            rows = database.execute(
                "SELECT * FROM connectors ORDER BY id DESC LIMIT ? OFFSET ?", (limit, offset)
            ).fetchall()
            total = database.execute("SELECT count(*) FROM connectors").fetchone()[0]
        return [_connector_of(row) for row in rows], total

    def delete(self, connector_id: int) -> bool:
        """Remove a connector with its schedules; False if there is none."""
        return self._connection.write(
            lambda database: (
                database.execute("DELETE FROM connectors WHERE id = ?", (connector_id,)).rowcount
                > 0
            )
        )

    def tested(self, connector_id: int, now: datetime) -> None:
        """It was tested now."""
        self._touch("last_tested_at", connector_id, now)

    def used(self, connector_id: int, now: datetime) -> None:
        """It was read from or written to now."""
        self._touch("last_used_at", connector_id, now)

    def seen(self, connector_id: int) -> dict[str, str]:
        """Key to version of the files that schedules have taken from it."""
        with self._connection.read() as database:
            rows = database.execute(
                "SELECT key, version FROM synced_files WHERE connector_id = ?", (connector_id,)
            ).fetchall()
        return {row["key"]: row["version"] for row in rows}

    def mark_seen(self, connector_id: int, key: str, version: str) -> None:
        """A schedule has taken this version of a file."""
        self._connection.write(
            lambda database: database.execute(
                "INSERT OR REPLACE INTO synced_files VALUES (?, ?, ?)",
                (connector_id, key, version),
            )
        )

    def _touch(self, column: str, connector_id: int, now: datetime) -> None:
        self._connection.write(
            lambda database: database.execute(
                f"UPDATE connectors SET {column} = ? WHERE id = ?",
                (text_of(now), connector_id),
            )
        )


def _connector_of(row: sqlite3.Row) -> Connector:
    return Connector(**dict(row) | {"config": exact.loads(row["config"])})
