"""Datasets: how they are built where the dialects differ, and what is derived when it is not sent."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pyarrow
import pytest
from pyarrow import ipc

from flexorchd.client import (
    BuildFailedError,
    FlexOrch,
    FlexOrchError,
    IncompleteJobError,
    JobTimeoutError,
    NotFoundError,
    QuotaExceededError,
    RateLimitError,
    ServiceError,
    TransportError,
    UnexpectedAnswerError,
    UnsupportedOperationError,
    ValidationError,
)
from tests.client.conftest import client_of

Reply = dict[str, Any] | int | tuple[int, Any] | Callable[[httpx.Request], httpx.Response]


class Service:
    """Answers by method and path; a list of answers is given out one by one, the last for ever."""

    def __init__(self, **options: object) -> None:
        self.answers: dict[str, list[Reply]] = {}
        self.asked: list[str] = []
        self.bodies: list[Any] = []
        self.client = client_of(self, retry_for=0, **options)

    def on(self, call: str, *replies: Reply) -> Service:
        self.answers[call] = list(replies)
        return self

    def __call__(self, request: httpx.Request) -> httpx.Response:
        call = f"{request.method} {request.url.path.removeprefix('/v1')}"
        self.asked.append(call)
        self.bodies.append(json.loads(request.read() or b"null"))
        if call not in self.answers:
            return httpx.Response(404, json={"detail": "Not Found"})
        left = self.answers[call]
        reply = left.pop(0) if len(left) > 1 else left[0]
        if callable(reply):
            return reply(request)
        status, body = reply if isinstance(reply, tuple) else (200, reply)
        if isinstance(body, int):
            status, body = body, None
        return httpx.Response(status, json=body)


def job(number: int, status: str = "completed", **more: Any) -> dict[str, Any]:
    summary = {"execution_id": 100 + number, "quality": {"grade": "A", "score": 91}}
    return {"id": number, "status": status, "processing_summary": summary, **more}


def service(*jobs: dict[str, Any]) -> Service:
    made = Service()
    for known in jobs or (job(1), job(2)):
        made.on(f"GET /jobs/{known['id']}", known)
    return made


READY = {"id": 5, "name": "n", "status": "ready", "created_at": "2026-01-01T00:00:00Z"}
BUILD = {"job_id": 9, "job_type": "dataset_build", "status": "queued", "reference_id": 5000}
BUILT = {"id": 9, "status": "completed", "dataset_summary": {"dataset_id": 5}}


def test_executions_of_the_jobs_are_sent_once_each() -> None:
    made = service().on("POST /datasets", READY)
    dataset = made.client.datasets.build(["1", "2", "1"], "n")
    assert dataset.job_count == 2
    assert made.bodies[-1] == {"name": "n", "execution_ids": [101, 102]}
    assert made.asked == ["GET /jobs/1", "GET /jobs/2", "POST /datasets"]


def test_a_job_that_builds_is_followed_and_its_reference_never_read() -> None:
    made = service().on("POST /datasets", (202, BUILD)).on("GET /jobs/9", {**BUILD, "id": 9}, BUILT)
    made.on("GET /datasets/5", {**READY, "status": "building"}, READY)
    assert made.client.datasets.build(["1", "2"], "n").id == "5"
    assert made.asked[3:] == ["GET /jobs/9"] * 2 + ["GET /datasets/5"] * 2


@pytest.mark.parametrize(
    "refusal",
    [
        405,
        501,
        404,
        (404, {"detail": "Not Found"}),
        (422, {"detail": [{"loc": ["body", "execution_ids"], "msg": "extra"}]}),
        (422, {"error": {"code": "VALIDATION_ERROR", "message": "execution_ids: unknown"}}),
    ],
)
def test_a_service_that_builds_from_one_alone_is_remembered(refusal: Any) -> None:
    made = service().on("POST /datasets", refusal).on("GET /datasets/5", READY)
    made.on("POST /datasets/build-from-execution/101", (202, BUILD)).on("GET /jobs/9", BUILT)
    assert made.client.datasets.build(["1"], "n").job_count == 1
    with pytest.raises(UnsupportedOperationError, match="one job at a time"):
        made.client.datasets.build(["1", "2"], "n")
    assert made.asked.count("POST /datasets") == 1
    assert made.asked.count("POST /datasets/build-from-execution/101") == 1


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        ((404, {"error": {"code": "NOT_FOUND"}}), NotFoundError),
        (409, ValidationError),
        ((400, {"error": {"code": "NO_OUTPUT_DATA"}}), ValidationError),
        ((422, {"error": {"message": "name is taken"}}), ValidationError),
        ((402, {"error": {"code": "QUOTA_EXCEEDED"}}), QuotaExceededError),
        (429, RateLimitError),
        (500, ServiceError),
    ],
)
def test_other_refusals_are_raised_and_say_nothing_of_the_service(
    refusal: Any, kind: type[FlexOrchError]
) -> None:
    made = service().on("POST /datasets", refusal, READY)
    with pytest.raises(kind):
        made.client.datasets.build(["1", "2"], "n")
    assert made.client.datasets.build(["1", "2"], "n").id == "5"
    assert not any("build-from-execution" in call for call in made.asked)


def lose(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadError("lost")


def test_a_lost_answer_is_looked_for_by_the_exact_name() -> None:
    now = datetime.now(UTC)
    fresh = {**READY, "created_at": now.isoformat()}
    others = [{**READY, "id": 4, "name": "n2"}, fresh]
    made = service().on("POST /datasets", lose).on("GET /datasets", {"items": others, "total": 2})
    assert made.client.datasets.build(["1"], "n").id == "5"
    old = {**READY, "created_at": (now - timedelta(hours=1)).isoformat()}
    for items in ([old], [others[0]], []):
        made.on("GET /datasets", {"items": items})
        with pytest.raises(TransportError):
            made.client.datasets.build(["1"], "n")


def test_what_is_not_fit_is_left_out() -> None:
    degraded = job(3, execution_summary={"execution_id": 103, "degraded": True})
    made = service(job(1), job(2, "running"), degraded, job(4, "failed"))
    made.on("POST /datasets", READY)
    assert made.client.datasets.build(["1", "2", "3", "4"], "n").job_count == 1
    assert made.bodies[-1]["execution_ids"] == [101]
    before = len(made.asked)
    with pytest.raises(IncompleteJobError) as caught:
        made.client.datasets.build(["1", "2", "4"], "n", strict=True)
    assert caught.value.job_ids == ("2", "4")
    with pytest.raises(IncompleteJobError):
        made.client.datasets.build(["2", "4"], "n")
    for none in (["3"], []):
        with pytest.raises(ValidationError) as refused:
            made.client.datasets.build(none, "n")
        assert refused.value.code == "NO_OUTPUT_DATA"
    assert not any(call.startswith("POST") for call in made.asked[before:])
    with pytest.raises(NotFoundError):
        made.client.datasets.build(["77"], "n")


def test_a_build_that_fails_or_takes_too_long() -> None:
    failed = {"id": 9, "status": "failed", "failure_reason": "NO_OUTPUT_DATA"}
    made = service().on("POST /datasets", BUILD).on("GET /jobs/9", failed)
    with pytest.raises(BuildFailedError) as caught:
        made.client.datasets.build(["1"], "n")
    assert caught.value.code == "NO_OUTPUT_DATA"
    made.on("GET /jobs/9", {"id": 9, "status": "running"})
    with pytest.raises(JobTimeoutError) as late:
        made.client.datasets.build(["1"], "n", timeout=0)
    assert late.value.job_id == "9"
    made.on("GET /jobs/9", {"id": 9, "status": "completed"})
    with pytest.raises(UnexpectedAnswerError, match="names no dataset"):
        made.client.datasets.build(["1"], "n")


def test_the_two_halves_of_a_build() -> None:
    made = service().on("POST /datasets", BUILD).on("GET /jobs/9", BUILT)
    made.on("GET /datasets/5", READY)
    started = made.client.datasets.start_build(["1"], "n")
    assert started == "9"
    assert made.client.datasets.finish_build(started).id == "5"
    assert made.client.datasets.finish_build(made.client.datasets.get("5")).status == "ready"


def test_deleting_where_the_service_cannot() -> None:
    made = Service().on("DELETE /datasets/5", 405).on("GET /datasets/5", READY)
    with pytest.raises(UnsupportedOperationError):
        made.client.datasets.delete("5")
    with pytest.raises(UnsupportedOperationError, match="still there"):
        made.on("DELETE /datasets/5", 404).client.datasets.delete("5")
    with pytest.raises(NotFoundError):
        made.on("GET /datasets/5", 404).client.datasets.delete("5")


def content(data: bytes) -> Callable[[httpx.Request], httpx.Response]:
    return lambda request: httpx.Response(200, content=data)


def profile(sent: dict[str, Any], dataset: dict[str, Any] | None = None) -> Any:
    lines = b'{"a": "two words", "b": 3, "c": [null, "one"]}\n{"a": "five six"}'
    made = Service().on("GET /datasets/5/profile", sent).on("GET /datasets/5", dataset or READY)
    made.on("GET /datasets/5/export/jsonl", content(lines))
    made.on("GET /executions/3", {"id": 3, "result_meta": {"grade": "B", "score": 70}})
    return made.client.datasets.profile("5")


def test_the_profile_of_every_dialect() -> None:
    whole = {"record_count": 4, "total_tokens": 90, "avg_quality_score": 0.75}
    known = profile({**whole, "grade_counts": {"A": 3, "C": 1}, "pii_type_count": 2})
    assert (known.record_count, known.total_tokens, known.avg_quality_score) == (4, 90, 0.75)
    assert (known.grade_counts, known.pii_type_count) == ({"A": 3, "C": 1}, 2)

    quality = {"grade_distribution": {"A": 2, "D": 0}, "avg_score": 91, "below_threshold_count": 0}
    pii = {"privacy": {"pii_type_summary": {"email": 2, "iban": 1, "name": 0}}}
    live = profile({"quality": quality, "privacy": {"pii_findings_count": 3}}, {**READY, **pii})
    assert (live.record_count, live.avg_quality_score, live.pii_type_count) == (2, 0.91, 2)
    assert live.total_tokens == round(6 * 4 / 3)

    guide = {"quality_distribution": {"B": 1}, "pii_type_summary": {"email": 1}}
    derived = profile(guide, {**READY, "source_execution_id": 3, "row_count": 1})
    assert (derived.record_count, derived.avg_quality_score, derived.pii_type_count) == (1, 0.7, 1)

    assert (
        profile({"quality": {"avg_score": 1, "grade_distribution": {"D": 1}}}).avg_quality_score
        == 0.01
    )
    assert (
        profile({"quality": {"avg_score": 1, "grade_distribution": {"A": 1}}}).avg_quality_score
        == 1
    )
    with pytest.raises(UnexpectedAnswerError, match="average"):
        profile({"record_count": 1})


def test_export_tries_l_then_d_and_remembers() -> None:
    made = Service().on("GET /datasets/5/export", content(b"csv"))
    assert made.client.datasets.export("5", "csv") == b"csv"
    assert made.client.datasets.export("5", "markdown") == b"csv"
    assert made.asked == ["GET /datasets/5/export/csv"] + ["GET /datasets/5/export"] * 2
    assert made.client.dialects["request: export"] == "D"


def streams(*tables: pyarrow.Table) -> bytes:
    """A zipped dataset folder, as the service's `hf` export."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, table in enumerate(tables):
            part = io.BytesIO()
            with ipc.new_stream(part, table.schema) as writer:
                writer.write_table(table)
            archive.writestr(f"set/data-{number:05}-of-{len(tables):05}.arrow", part.getvalue())
        archive.writestr("set/state.json", "{}")
    return packed.getvalue()


def test_arrow_is_joined_from_the_folder_where_the_service_has_none(tmp_path: Path) -> None:
    tables = [pyarrow.table({"a": [1, 2], "b": ["x", "ş"]}), pyarrow.table({"a": [3], "b": [None]})]
    tables[1] = tables[1].cast(tables[0].schema)
    refusal = (422, {"error": {"code": "VALIDATION_ERROR", "message": "format: arrow?"}})
    made = Service().on("GET /datasets/5/export/arrow", refusal)
    made.on("GET /datasets/5/export/hf", content(streams(*tables)))
    exported = made.client.datasets.export("5", "arrow")
    assert ipc.open_file(exported).read_all() == pyarrow.concat_tables(tables)
    target = tmp_path / "set.arrow"
    assert made.client.datasets.export_to("5", "arrow", target) == target.stat().st_size
    assert target.read_bytes() == exported
    assert made.asked.count("GET /datasets/5/export/arrow") == 1


def test_an_arrow_file_of_the_service_is_taken_as_it_is() -> None:
    made = Service().on("GET /datasets/5/export/arrow", content(b"ARROW1..."))
    assert made.client.datasets.export("5", "arrow") == b"ARROW1..."


@pytest.mark.parametrize("broken", [b"no zip", streams()])
def test_a_folder_that_is_none_is_told(broken: bytes) -> None:
    made = Service().on("GET /datasets/5/export/hf", content(broken))
    with pytest.raises(UnexpectedAnswerError, match="zip"):
        made.client.datasets.export("5", "arrow")


def test_rows_of_an_execution_come_from_its_dataset_or_a_new_one() -> None:
    rows = {"columns": ["a"], "rows": [{"a": 1}], "pagination": {"has_next": False}}
    made = Service().on("GET /datasets", {"items": [{**READY, "source_execution_id": 3}]})
    made.on("GET /datasets/5/rows", {**rows, "pagination": {"total_rows": 300}}, rows)
    assert made.client.datasets.rows_of_execution("3") == [{"a": 1}, {"a": 1}]
    made.on("GET /datasets", {"items": [READY]})  # of many jobs: it holds other documents' rows
    made.on("GET /jobs/9", BUILT).on("GET /datasets/5", READY)
    made.on("POST /datasets/build-from-execution/3", (202, BUILD))
    assert made.client.datasets.rows_of_execution("3") == [{"a": 1}]
    assert made.asked.count("POST /datasets/build-from-execution/3") == 1


def test_a_dataset_in_no_known_state_is_an_error() -> None:
    made = Service().on("GET /datasets/5", {**READY, "status": "archived"})
    with pytest.raises(UnexpectedAnswerError, match="archived"):
        made.client.datasets.get("5")
    failed = {**READY, "status": "failed"}
    assert made.on("GET /datasets/5", failed).client.datasets.get("5").status == "failed"


def test_page_bounds() -> None:
    made = Service()
    for act in (
        lambda c: c.datasets.list(0),
        lambda c: c.datasets.list(1, 101),
        lambda c: c.datasets.rows("5", page_size=201),
        lambda c: c.documents.list(page_size=0),
    ):
        with pytest.raises(ValueError, match="page"):
            act(made.client)
    assert made.asked == []
    assert isinstance(made.client, FlexOrch)
