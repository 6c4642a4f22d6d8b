"""Webhooks, and the deliveries that are owed to them.

A delivery is written in the transaction of what it announces, so that none is lost.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flexorchd.engine.store.connection import Connection
from flexorchd.engine.store.moments import text_of
from flexorchd.engine.store.schema import next_id
from flexorchd.formats import exact


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where events go. The secret signs; it is shown once."""

    id: int
    url: str
    events: list[str]
    secret: str
    auto_export: Mapping[str, Any] | None
    created_at: str

    def __repr__(self) -> str:
        return f"Webhook(id={self.id})"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One body owed to one address.

    Attributes:
        attempts: how often it was tried in vain.
        auto_export: where the dataset that it announces is to be put, if it does and that was asked for.
    """

    id: int
    url: str
    secret: str
    body: bytes
    attempts: int
    auto_export: Mapping[str, Any] | None

    def __repr__(self) -> str:
        return f"Delivery(id={self.id}, attempts={self.attempts})"


class Webhooks:
    """The rows of ``webhooks`` and ``deliveries``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        url: str,
        events: Sequence[str],
        secret: str,
        auto_export: Mapping[str, Any] | None,
        now: datetime,
    ) -> Webhook:
        """Register a webhook."""

        def work(database: sqlite3.Connection) -> int:
            webhook_id = next_id(database)
            export = None if auto_export is None else exact.dumps(auto_export).decode()
            events_text = exact.dumps(list(events)).decode()
            database.execute(
                "INSERT INTO webhooks VALUES (?, ?, ?, ?, ?, ?)",
                (webhook_id, url, events_text, secret, export, text_of(now)),
            )
            return webhook_id

        webhook_id = self._connection.write(work)
        return next(webhook for webhook in self.all() if webhook.id == webhook_id)

    def all(self) -> list[Webhook]:
        """All webhooks, newest first."""
        with self._connection.read() as database:
            rows = database.execute("SELECT * FROM webhooks ORDER BY id DESC").fetchall()
        return [_webhook_of(row) for row in rows]

    def delete(self, webhook_id: int) -> bool:
        """Remove a webhook and what is owed to it; False if there is none."""
        return self._connection.write(
            lambda database: (
                database.execute("DELETE FROM webhooks WHERE id = ?", (webhook_id,)).rowcount > 0
            )
        )

    def due(self, now: datetime, limit: int) -> list[Delivery]:
        """Deliveries to be tried now, oldest first."""
        with self._connection.read() as database:
            rows = database.execute(
                "SELECT d.id, w.url, w.secret, d.body, d.attempts, w.auto_export FROM deliveries AS d"
                " JOIN webhooks AS w ON w.id = d.webhook_id"
                " WHERE d.not_before <= ? ORDER BY d.id LIMIT ?",
                (text_of(now), limit),
            ).fetchall()
        return [_delivery_of(row) for row in rows]

    def delivered(self, delivery_id: int) -> None:
        """A delivery has ended: taken, or given up."""
        self._connection.write(
            lambda database: database.execute("DELETE FROM deliveries WHERE id = ?", (delivery_id,))
        )

    def postpone(self, delivery_id: int, not_before: datetime) -> None:
        """Try a delivery once more, not before then."""
        self._connection.write(
            lambda database: database.execute(
                "UPDATE deliveries SET attempts = attempts + 1, not_before = ? WHERE id = ?",
                (text_of(not_before), delivery_id),
            )
        )


def owe(database: sqlite3.Connection, event: str, body: Mapping[str, Any], now: datetime) -> int:
    """Owe an event to every webhook that wants it, in the transaction of what happened.

    Returns:
        How many webhooks want it.
    """
    moment = text_of(now)
    payload = exact.dumps({"event": event} | dict(body) | {"timestamp": moment})
    wanted = [
        row["id"]
        for row in database.execute("SELECT id, events FROM webhooks ORDER BY id")
        if event in exact.loads(row["events"])
    ]
    for webhook_id in wanted:
        database.execute(
            "INSERT INTO deliveries (id, webhook_id, body, not_before) VALUES (?, ?, ?, ?)",
            (next_id(database), webhook_id, payload, moment),
        )
    return len(wanted)


def _webhook_of(row: sqlite3.Row) -> Webhook:
    return Webhook(
        **dict(row) | {"events": exact.loads(row["events"]), "auto_export": _export_of(row)}
    )


def _delivery_of(row: sqlite3.Row) -> Delivery:
    return Delivery(**dict(row) | {"auto_export": _export_of(row)})


def _export_of(row: sqlite3.Row) -> Mapping[str, Any] | None:
    text = row["auto_export"]
    return None if text is None else dict(exact.loads(text))
