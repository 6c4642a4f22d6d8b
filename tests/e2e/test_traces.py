"""Traces: off unless the standard environment asks; one a file, with its legs, and nothing of its content."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from tests.e2e.collector import Collector, attributes
from tests.e2e.conftest import Build
from tests.e2e.process import Place, wait_for
from tests.service import Service

LEGS = ["settle", "fingerprint", "upload", "processing", "deliver"]


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as running:
        yield running


def once(place: Place, env: dict[str, str]) -> int:
    with place.spawn("run", "--once", env=env) as one:
        return one.process.wait(60)


def asked(collector: Collector, **more: str) -> dict[str, str]:
    return {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url} | more


def test_each_file_has_a_trace_of_its_legs(place: Place, collector: Collector) -> None:
    place.drop("geheim.txt", "Rechnung an jane@example.com")
    began = time.time()
    more = {
        "OTEL_EXPORTER_OTLP_HEADERS": "authorization=tok",
        "OTEL_RESOURCE_ATTRIBUTES": "service.namespace=scans",
    }
    assert once(place, asked(collector, **more)) == 0
    (trace,) = collector.traces()
    assert sorted(trace) == sorted([*LEGS, "document"])
    root = trace["document"]
    assert not root.parent_span_id
    assert all(trace[leg].parent_span_id == root.span_id for leg in LEGS)
    ends = [root.start_time_unix_nano, *(trace[leg].end_time_unix_nano for leg in LEGS)]
    assert [trace[leg].start_time_unix_nano for leg in LEGS] == ends[:-1]
    assert ends == sorted(ends)
    assert ends[-1] == root.end_time_unix_nano
    assert began - 1 < ends[0] / 1e9 < ends[-1] / 1e9 < time.time() + 1
    result = place.result("geheim.txt")
    told = attributes(root)
    assert told["flexorchd.outcome"] == "delivered"
    assert told["flexorchd.watch"] == "in"
    assert told["flexorchd.job_id"] == str(result["job"]["id"])
    assert collector.headers[0]["path"] == "/v1/traces"
    assert collector.headers[0]["authorization"] == "tok"
    assert collector.service()["service.name"] == "flexorchd"
    assert collector.service()["service.namespace"] == "scans"


def test_nothing_of_the_document_is_told(place: Place, collector: Collector) -> None:
    place.drop("folder of Jane/geheim.txt", "Rechnung an jane@example.com")
    assert once(place, asked(collector)) == 0
    everything = "".join(map(str, collector.requests))
    key = place.env["FLEXORCH_API_KEY"]
    for secret in ("geheim", "Jane", "Rechnung", key, key[4:12], str(place.home)):
        assert secret not in everything


def test_a_failure_is_an_error(place: Place, collector: Collector) -> None:
    place.drop("a.txt", "fate: rejected Dosya okunamadi")
    assert once(place, asked(collector)) == 1
    (trace,) = collector.traces()
    told = attributes(trace["document"])
    assert told["flexorchd.outcome"] == "failed"
    assert told["error.type"] == trace["document"].status.message != ""
    assert trace["document"].status.code == Status.STATUS_CODE_ERROR
    assert "processing" not in trace


def test_a_restart_takes_no_leg_away(place: Place, service: Service, collector: Collector) -> None:
    service.workspace.job_seconds = 60.0
    place.drop("a.txt", "one")
    with place.spawn("run", env=asked(collector)) as daemon:
        wait_for(lambda: "upload.sent" in place.log.read_text())
        daemon.process.kill()
    for job in service.workspace.jobs.values():
        job.done_at = 0.0
    assert once(place, asked(collector)) == 0
    (trace,) = collector.traces()
    assert sorted(trace) == sorted([*LEGS, "document"])


@pytest.mark.parametrize(
    "off", [{}, {"OTEL_SDK_DISABLED": "true"}, {"OTEL_TRACES_EXPORTER": "none"}]
)
def test_without_being_asked_nothing_is_told(
    place: Place, collector: Collector, off: dict[str, str]
) -> None:
    place.drop("a.txt", "one")
    assert once(place, {**asked(collector), **off} if off else {}) == 0
    assert not collector.requests


def test_a_collector_that_is_away_holds_up_nothing(place: Place) -> None:
    place.drop("a.txt", "one")
    env = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
    with place.spawn("run", env=env) as daemon:
        wait_for(lambda: place.result("a.txt"))
        code, seconds = daemon.end()
    assert code == 0
    assert seconds < 10


def test_a_command_of_a_route_gets_no_key_of_a_collector(
    build: Build, collector: Collector, tmp_path: Path
) -> None:
    said = tmp_path / "said"
    place = build(routes=[{"name": "all", "command": ["sh", "-c", f"env > {said}"]}])
    place.drop("a.txt", "one")
    assert once(place, asked(collector, OTEL_EXPORTER_OTLP_HEADERS="authorization=tok")) == 0
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" in said.read_text()
    assert "HEADERS" not in said.read_text()
