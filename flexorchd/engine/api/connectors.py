"""Connectors: connected storage, and its scheduled syncs."""

from __future__ import annotations

import time
from typing import Annotated, Any, Literal

import msgspec

from flexorchd.engine.api.envelope import Answer, invalid, listing, not_found
from flexorchd.engine.api.operation import Operation
from flexorchd.engine.api.paging import Paging
from flexorchd.engine.api.plan_gate import require
from flexorchd.engine.connectors.kinds import ELSEWHERE, open_storage, without_secrets
from flexorchd.engine.connectors.storage import StorageError
from flexorchd.engine.connectors.sync import next_run
from flexorchd.engine.service import Engine
from flexorchd.engine.store.connectors import Connector
from flexorchd.engine.store.moments import now
from flexorchd.engine.store.schedules import Schedule

_MOST_LOGS = 50
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class NewConnector(msgspec.Struct, frozen=True):
    """Storage to be connected; ``config`` holds what its type needs, secrets included."""

    name: _Text
    type: Literal[
        "s3",
        "folder",
        "gcs",
        "azure_blob",
        "google_drive",
        "pgvector_external",
        "pinecone",
        "qdrant",
    ]
    config: dict[str, Any]


class NewSchedule(msgspec.Struct, frozen=True):
    """A sync to be repeated: five-field cron in UTC, under either of the names clients send."""

    cron_expression: _Text | None = None
    cron: _Text | None = None
    prefix_filter: str | None = None
    prefix: str | None = None
    name: str | None = None


def routes(engine: Engine) -> list[Operation]:
    """The operations of this resource."""
    connectors, schedules = _Connectors(engine), _Schedules(engine)
    base = "/connectors/{connector_id}"
    one = f"{base}/schedules/{{schedule_id}}"
    return [
        Operation("POST", "/connectors", connectors.create, status=201),
        Operation("GET", "/connectors", connectors.page),
        Operation("GET", base, connectors.get),
        Operation("DELETE", base, connectors.delete, status=204),
        Operation("POST", f"{base}/test", connectors.test),
        Operation("POST", f"{base}/schedules", schedules.create, status=201),
        Operation("GET", f"{base}/schedules", schedules.all),
        Operation("DELETE", one, schedules.delete),
        Operation("POST", f"{one}/trigger", schedules.trigger, status=202),
        Operation("GET", f"{one}/logs", schedules.logs),
    ]


class _Connectors:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connectors = engine.store.connectors

    def create(self, body: NewConnector) -> Answer:
        """Connect storage. Its secrets are never shown again."""
        if body.type not in ELSEWHERE:
            try:
                open_storage(body.type, body.config, self._engine.settings.connector_roots).close()
            except StorageError as error:
                raise invalid(str(error)) from error
        connector_id = self._connectors.add(body.name, body.type, body.config, now())
        return Answer(_view(required(self._engine, connector_id)), 201)

    def page(self, query: Paging) -> Answer:
        """List connectors, newest first."""
        connectors, total = self._connectors.page(query.size, query.start)
        return listing([_view(each) for each in connectors], total, query.number, query.size)

    def get(self, connector_id: int) -> Answer:
        """Show a connector, without its secrets."""
        return Answer(_view(required(self._engine, connector_id)))

    def delete(self, connector_id: int) -> Answer:
        """Disconnect storage, with its schedules."""
        if not self._connectors.delete(connector_id):
            raise not_found("connector", connector_id)
        return Answer(status=204)

    def test(self, connector_id: int) -> Answer:
        """Try whether the storage can be reached and listed."""
        connector = required(self._engine, connector_id)
        started = time.monotonic()
        try:
            with self._engine.syncs.storage(connector) as storage:
                storage.check()
        except StorageError as error:
            success, message = False, str(error)
        else:
            success, message = True, "Connection OK."
        latency = round((time.monotonic() - started) * 1000) if success else None
        self._connectors.tested(connector_id, now())
        return Answer({"success": success, "latency_ms": latency, "message": message})


class _Schedules:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._schedules = engine.store.schedules

    def create(self, connector_id: int, body: NewSchedule) -> Answer:
        """Repeat a sync of a connector."""
        required(self._engine, connector_id)
        require(self._engine.plan, "starter")
        expression = body.cron_expression or body.cron
        if expression is None:
            raise invalid("cron_expression is missing.")
        moment = now()
        try:
            following = next_run(expression, moment)
        except ValueError as error:
            raise invalid(str(error)) from error
        plan = (expression, body.prefix_filter or body.prefix, body.name)
        schedule = self._schedules.add(connector_id, plan, following, moment)
        return Answer(_schedule_view(schedule), 201)

    def all(self, connector_id: int) -> Answer:
        """List a connector's schedules."""
        required(self._engine, connector_id)
        return Answer([_schedule_view(each) for each in self._schedules.of_connector(connector_id)])

    def delete(self, connector_id: int, schedule_id: int) -> Answer:
        """Remove a schedule with its log."""
        self._required(connector_id, schedule_id)
        self._schedules.delete(schedule_id)
        return Answer({"deleted": True})

    def trigger(self, connector_id: int, schedule_id: int) -> Answer:
        """Run a schedule now; the answer is the beginning of its log entry."""
        connector = required(self._engine, connector_id)
        schedule = self._required(connector_id, schedule_id)
        return Answer(self._engine.syncs.trigger(connector, schedule), 202)

    def logs(self, connector_id: int, schedule_id: int) -> Answer:
        """List a schedule's last runs, newest first."""
        self._required(connector_id, schedule_id)
        return Answer(self._schedules.logs(schedule_id, _MOST_LOGS))

    def _required(self, connector_id: int, schedule_id: int) -> Schedule:
        schedule = self._schedules.get(schedule_id)
        if schedule is None or schedule.connector_id != connector_id:
            raise not_found("schedule", schedule_id)
        return schedule


def required(engine: Engine, connector_id: int) -> Connector:
    """The connector.

    Raises:
        ApiError: 404, there is none.
    """
    connector = engine.store.connectors.get(connector_id)
    if connector is None:
        raise not_found("connector", connector_id)
    return connector


def _view(connector: Connector) -> dict[str, Any]:
    return {
        "id": connector.id,
        "name": connector.name,
        "type": connector.type,
        "active": True,
        "config": without_secrets(connector.config),
        "created_at": connector.created_at,
        "last_tested_at": connector.last_tested_at,
        "last_used_at": connector.last_used_at,
    }


def _schedule_view(schedule: Schedule | None) -> dict[str, Any] | None:
    if schedule is None:
        return None
    return {
        "id": schedule.id,
        "connector_id": schedule.connector_id,
        "cron_expression": schedule.cron_expression,
        "prefix_filter": schedule.prefix_filter,
        "name": schedule.name,
        "is_active": True,
        "last_run_at": schedule.last_run_at,
        "next_run_at": schedule.next_run_at,
        "created_at": schedule.created_at,
    }
