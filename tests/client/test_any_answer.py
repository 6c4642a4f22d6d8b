"""Whatever comes back: a model, or an error of the tree. Never anything else, and always an end."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flexorchd.client import FlexOrch, FlexOrchError, dialects, read_delivery
from tests.client.conftest import client_of

FILE = Path(__file__)

OPERATIONS: dict[str, Callable[[FlexOrch], Any]] = {
    "upload": lambda c: c.documents.upload(FILE),
    "upload_many": lambda c: c.documents.upload_many([FILE, FILE]),
    "from_connector": lambda c: c.documents.upload_from_connector(1, ["a", "b"]),
    "documents.list": lambda c: c.documents.list(),
    "documents.get": lambda c: c.documents.get("1"),
    "find_jobs": lambda c: c.documents.find_jobs(["a"], c.documents.get("1").created_at or NOW),
    "reprocess": lambda c: c.documents.reprocess("1"),
    "jobs.get": lambda c: c.jobs.get("1"),
    "jobs.list": lambda c: c.jobs.list(10, 3),
    "jobs.page": lambda c: c.jobs.page(),
    "iterate": lambda c: list(c.jobs.iterate()),
    "wait": lambda c: c.jobs.get("1").wait_until_done(timeout=0, poll_interval=0),
    "details": lambda c: c.documents.details(c.jobs.get("1")),
    "submit_feedback": lambda c: c.jobs.submit_feedback("1", "positive"),
    "feedback": lambda c: c.jobs.feedback("1"),
    "executions.get": lambda c: c.executions.get("1"),
    "build": lambda c: c.datasets.build(["1"], "name", timeout=0),
    "rows_of_execution": lambda c: c.datasets.rows_of_execution("1", timeout=0),
    "datasets.get": lambda c: c.datasets.get("1"),
    "datasets.list": lambda c: c.datasets.list(),
    "datasets.find": lambda c: c.datasets.find("name"),
    "datasets.rows": lambda c: c.datasets.rows("1"),
    "profile": lambda c: c.datasets.profile("1"),
    "export": lambda c: c.datasets.export_to("1", "jsonl", io.BytesIO()),
    "export arrow": lambda c: c.datasets.export_to("1", "arrow", io.BytesIO()),
    "datasets.delete": lambda c: c.datasets.delete("1"),
    "usage": lambda c: c.usage.current(),
    "rate_limits": lambda c: c.usage.rate_limits(),
    "history": lambda c: c.usage.history(),
    "quality_trend": lambda c: c.usage.quality_trend(),
    "connectors.create": lambda c: c.connectors.create("a", "s3", {"access_key_id": "k"}),
    "connectors.list": lambda c: c.connectors.list(),
    "connectors.test": lambda c: c.connectors.test(1),
    "create_schedule": lambda c: c.connectors.create_schedule(1, "0 2 * * *"),
    "list_schedules": lambda c: c.connectors.list_schedules(1),
    "trigger": lambda c: c.connectors.trigger_schedule(1, "s"),
    "logs": lambda c: c.connectors.schedule_logs(1, "s"),
    "register": lambda c: c.webhooks.register("https://example.com", ["job.failed"]),
    "webhooks.list": lambda c: c.webhooks.list(),
}
NOW = datetime.now(UTC)

ANSWERS = (
    "JOB UPLOADED EXECUTION DOCUMENT DATASET PROFILE ROWS PAGE USAGE RATE_LIMITS ERROR DELIVERY"
)
WORDS = sorted(
    {
        step
        for table in ANSWERS.split()
        for paths in getattr(dialects, table).values()
        for path in paths
        for step in path
    }
    | {"data", "error", "status", "jobs", "rejected", "job_ids", "accepted", "detail"}
)
VALUES = ["completed", "failed", "queued", "ready", "building", "A", "D", "", "2026-05-24", "dfx_x"]

numbers = (
    st.integers()
    | st.sampled_from([0, 1, 2, 91, 10**30, -1])
    | st.floats(allow_nan=False, allow_infinity=False)
)
values = st.recursive(
    st.none() | st.booleans() | numbers | st.sampled_from(VALUES) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=6)
    ),
    max_leaves=25,
)


def valid() -> st.SearchStrategy[Any]:
    """Answers that are nearly right: a good one, with one place of it replaced."""
    good = [
        {"job_id": 7, "status": "completed", "quality": {"grade": "A", "score": 91}, "id": 7},
        {"id": 7, "name": "name", "status": "ready", "job_id": 7, "source_execution_id": 3},
        {"items": [{"id": 7, "status": "completed", "name": "n", "filename": "a"}], "total": 1},
        {"accepted": 1, "jobs": [{"filename": "a", "job_id": 3, "status": "queued"}]},
        {"rows": [{"a": 1}], "columns": ["a"], "pagination": {"has_next": True}},
        {"plan": "pro", "usage": {"credits": {"used": 1, "limit": None, "remaining": None}}},
        {
            "rate_limit": {"rpm": 60},
            "execution_summary": {"execution_id": 7},
            "status": "completed",
        },
    ]
    return st.builds(
        lambda base, key, value: {**base, key: value},
        st.sampled_from(good),
        st.sampled_from(WORDS),
        values,
    )


enveloped = st.one_of(
    values,
    valid(),
    valid().map(lambda data: {"status": "success", "data": data, "error": None}),
    valid().map(lambda data: {"data": data}),
    values.map(lambda data: {"data": data}),
    values.map(lambda error: {"error": error}),
    values.map(lambda detail: {"detail": detail}),
)
bodies = st.binary(max_size=40) | enveloped.map(lambda body: json.dumps(body).encode())
statuses = st.sampled_from([200, 200, 200, 201, 202, 204, 400, 401, 402, 403, 404, 405, 409, 413])
statuses |= st.sampled_from([415, 422, 429, 500, 501, 503]) | st.integers(200, 599)
header_values = st.text(
    st.characters(min_codepoint=32, max_codepoint=126), max_size=30
) | st.sampled_from(["Wed, 21 Oct 2026 07:28:00 GMT", "120", "-1", "1e9", "gzip", "chunked", "999"])
headers = st.dictionaries(
    st.sampled_from(
        ["Date", "Retry-After", "Content-Type", "X-Request-Id", "Content-Encoding", "Location"]
    ),
    header_values,
    max_size=3,
)


class Cut(httpx.SyncByteStream):
    """A body of which only the beginning comes."""

    def __init__(self, content: bytes, end: int) -> None:
        self.content, self.end = content, end

    def __iter__(self) -> Iterator[bytes]:
        yield self.content[: self.end]
        if self.end < len(self.content):
            raise httpx.ReadError("cut")


@pytest.mark.parametrize("name", OPERATIONS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(statuses, headers, bodies, st.data())
def test_any_answer_ends_in_a_model_or_an_error_of_the_tree(
    name: str, status: int, headers: dict[str, str], body: bytes, data: st.DataObject
) -> None:
    cut = data.draw(st.none() | st.integers(0, len(body)))

    def answer(request: httpx.Request) -> httpx.Response:
        request.read()
        if cut is None:
            return httpx.Response(status, headers=headers, stream=Cut(body, len(body)))
        framed = {**headers, "Content-Length": str(len(body))}
        return httpx.Response(status, headers=framed, stream=Cut(body, cut))

    with client_of(answer, retry_for=0) as client:
        failure = None
        try:
            OPERATIONS[name](client)
        except FlexOrchError as error:
            failure = error
        if failure:
            assert failure.code == failure.code.upper()
            assert failure.message
            assert failure.scope in ("request", "file", "account")


@settings(deadline=None)
@given(st.binary(max_size=60) | bodies)
def test_any_delivery_is_read_or_refused(body: bytes) -> None:
    with contextlib.suppress(FlexOrchError):
        read_delivery(body)
