"""Connectors and their schedules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flexorchd.client.dialects import CONNECTOR, S3_KEYS, SCHEDULE, SYNC_LOG
from flexorchd.client.memory import Memory
from flexorchd.client.models import Connector, ConnectorTest, Schedule, SyncLog
from flexorchd.client.operations.listing import PAGE_SIZE, every, listing
from flexorchd.client.reading import Body
from flexorchd.client.wire import Call, Repeat, Steps, path


def create(memory: Memory, name: str, kind: str, config: Mapping[str, Any]) -> Steps[Connector]:
    """Connect a storage. The keys of S3 may be named as in either dialect."""
    from_d = {d: l for l, d in S3_KEYS.items()}  # noqa: E741 - the dialects' names
    in_l = {from_d.get(key, key): value for key, value in config.items()}
    in_d = {S3_KEYS.get(key, key): value for key, value in in_l.items()}
    if in_l == in_d:
        answer = yield _create_call(name, kind, in_l)
    else:
        answer = yield from memory.speak(
            "S3 keys",
            first=_create_call(name, kind, in_l),
            second=_create_call(name, kind, in_d),
        )
    return read(answer.call, answer.data, answer.date)


def get(connector_id: str | int) -> Steps[Connector]:
    """One connector."""
    answer = yield Call("connectors.get", "GET", path("connectors", connector_id))
    return read(answer.call, answer.data, answer.date)


def list_all() -> Steps[list[Connector]]:
    """All connectors."""

    def page(number: int) -> Call:
        params = {"page": number, "page_size": PAGE_SIZE}
        return Call("connectors.list", "GET", "/connectors", params=params)

    return (yield from every(page, read))


def test(connector_id: str | int) -> Steps[ConnectorTest]:
    """Whether a connector's storage can be reached."""
    answer = yield Call("connectors.test", "POST", path("connectors", connector_id, "test"))
    body = Body(answer.call, answer.data, CONNECTOR)
    latency = body.beyond.number("latency")
    return ConnectorTest(
        success=body.require("success", body.flag("success")),
        latency_ms=None if latency is None else float(latency),
        message=body.beyond.text("message") or "",
    )


def delete(connector_id: str | int) -> Steps[None]:
    """Disconnect a storage."""
    yield Call("connectors.delete", "DELETE", path("connectors", connector_id))


def create_schedule(
    memory: Memory, connector_id: str | int, cron: str, prefix: str | None, name: str | None
) -> Steps[Schedule]:
    """Pull regularly."""
    where = path("connectors", connector_id, "schedules")
    in_d = {"cron": cron, "prefix": prefix, "name": name}

    def call(body: Mapping[str, Any]) -> Call:
        return Call(
            "connectors.create_schedule", "POST", where, repeat=Repeat.UNTAKEN, json=dict(body)
        )

    answer = yield from memory.speak(
        "schedule",
        first=call({"cron_expression": cron, "prefix_filter": prefix}),
        second=call({key: value for key, value in in_d.items() if value is not None}),
    )
    return read_schedule(answer.call, answer.data)


def list_schedules(connector_id: str | int) -> Steps[list[Schedule]]:
    """The schedules of a connector."""
    answer = yield Call(
        "connectors.list_schedules", "GET", path("connectors", connector_id, "schedules")
    )
    return [read_schedule(answer.call, item) for item in listing(answer).items]


def delete_schedule(connector_id: str | int, schedule_id: str) -> Steps[None]:
    """Pull no more."""
    where = path("connectors", connector_id, "schedules", schedule_id)
    yield Call("connectors.delete_schedule", "DELETE", where)


def trigger_schedule(connector_id: str | int, schedule_id: str) -> Steps[SyncLog]:
    """Pull now."""
    answer = yield Call(
        "connectors.trigger_schedule",
        "POST",
        path("connectors", connector_id, "schedules", schedule_id, "trigger"),
        repeat=Repeat.UNTAKEN,
    )
    return read_log(answer.call, answer.data)


def schedule_logs(connector_id: str | int, schedule_id: str) -> Steps[list[SyncLog]]:
    """The last runs of a schedule."""
    answer = yield Call(
        "connectors.schedule_logs",
        "GET",
        path("connectors", connector_id, "schedules", schedule_id, "logs"),
    )
    return [read_log(answer.call, item) for item in listing(answer).items]


def read(call: str, data: Any, _: datetime) -> Connector:
    """A connector from its object."""
    body = Body(call, data, CONNECTOR)
    more = body.beyond
    active = more.flag("active")
    return Connector(
        id=body.require("id", body.identity("id")),
        name=body.text("name") or "",
        type=body.text("type") or "",
        active=True if active is None else active,
        config=more.mapping("config") or {},
        created_at=more.moment("created"),
        last_tested_at=more.moment("tested"),
        last_used_at=more.moment("used"),
    )


def read_schedule(call: str, data: Any) -> Schedule:
    """A schedule from its object."""
    body = Body(call, data, SCHEDULE)
    more = body.beyond
    active = more.flag("active")
    return Schedule(
        id=body.require("id", body.identity("id")),
        connector_id=more.identity("connector"),
        cron=body.text("cron") or "",
        prefix=more.text("prefix"),
        is_active=True if active is None else active,
        last_run_at=more.moment("last_run"),
        next_run_at=more.moment("next_run"),
        created_at=more.moment("created"),
    )


def read_log(call: str, data: Any) -> SyncLog:
    """A run of a schedule from its object."""
    body = Body(call, data, SYNC_LOG)
    more = body.beyond
    return SyncLog(
        id=body.require("id", body.identity("id")),
        schedule_id=more.identity("schedule"),
        status=body.text("status") or "",
        started_at=more.moment("started"),
        completed_at=more.moment("completed"),
        files_found=more.count("found") or 0,
        files_new=more.count("new") or 0,
        files_skipped=more.count("skipped") or 0,
        files_failed=more.count("failed") or 0,
        error_message=more.text("error"),
    )


def _create_call(name: str, kind: str, config: Mapping[str, Any]) -> Call:
    body = {"name": name, "type": kind, "config": dict(config)}
    return Call("connectors.create", "POST", "/connectors", repeat=Repeat.UNTAKEN, json=body)
