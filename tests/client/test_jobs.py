"""Jobs: pages that shift, items that are thin, records that are late, and the two scales."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexorchd.client import Job, JobTimeoutError, UnexpectedAnswerError
from tests.client.conftest import client_of
from tests.client.double import Double


def job_of(data: dict[str, Any]) -> Job:
    body = {"id": 7, "status": "completed", **data}
    return client_of(lambda request: httpx.Response(200, json=body), retry_for=0).jobs.get("7")


def held(dialect: str, count: int, **options: bool) -> Double:
    double = Double(dialect, **options)
    for number in range(count):
        double.hold(f"{number}.txt", str(number).encode()).looks = 2
    return double


@pytest.mark.parametrize(
    ("wire", "grade", "score"),
    [
        (91, "A", 0.91),
        (91.0, "A", 0.91),
        (0.92, "A", 0.92),
        (100, "A", 1.0),
        (1, "A", 1.0),
        (1.0, "D", 0.01),
        (1, "D", 0.01),
        (0, "D", 0.0),
        (44.5, "D", 0.445),
        (None, "A", None),
    ],
)
def test_scores_of_either_scale(wire: float | None, grade: str, score: float | None) -> None:
    assert job_of({"quality_grade": grade, "quality_score": wire}).quality_score == score
    summary = {"quality": {"grade": grade, "score": wire}}
    assert job_of({"processing_summary": summary}).quality_score == score
    assert job_of(summary).quality_grade == grade


@pytest.mark.parametrize("status", ["queued", "running", "failed"])
def test_results_are_none_until_completed_even_where_zero_is_sent(status: str) -> None:
    zeros = {"quality": {"grade": "D", "score": 0}, "pii_findings_count": 0}
    job = job_of({"status": status, **zeros})
    assert (job.quality_grade, job.quality_score, job.pii_findings_count) == (None, None, None)
    assert job.privacy_applied is False
    assert job.is_duplicate is False
    assert job_of(zeros).pii_findings_count == 0


@pytest.mark.parametrize(
    ("wire", "reason", "code"),
    [
        ({"execution_summary": {"failure_reason": "It is torn."}}, "It is torn.", None),
        ({"failure_reason": "EMPTY_DOCUMENT"}, "EMPTY_DOCUMENT", "EMPTY_DOCUMENT"),
        ({"error": "No text."}, "No text.", None),
        ({"error": {"code": "MALFORMED", "message": "Torn."}}, "Torn.", "MALFORMED"),
        (
            {"result_meta": {"step_failures": [{"error_type": "PROTECTED"}]}, "error": "Locked."},
            "Locked.",
            "PROTECTED",
        ),
        ({"processing_summary": "Said in words."}, "Said in words.", None),
    ],
)
def test_the_reason_of_a_failure(wire: dict[str, Any], reason: str, code: str | None) -> None:
    job = job_of({"status": "failed", **wire})
    assert job.processing_summary == reason
    assert job.failure_code == code


def test_a_failure_without_a_reason_says_so() -> None:
    assert "does not say why" in (job_of({"status": "failed"}).processing_summary or "")


def test_what_goes_beyond_the_reference_is_kept() -> None:
    summary = {"document_id": "doc_3", "row_count": 2, "fields": {"total_amount": 1487.5}}
    job = job_of(
        {
            "job_type": "data_process",
            "execution_summary": {"execution_id": 5, "degraded": True},
            "processing_summary": summary,
            "new_thing": [1, 2],
        }
    )
    assert (job.document_id, job.execution_id, job.row_count) == ("doc_3", "5", 2)
    assert job.degraded is True
    assert job.fields == {"total_amount": Decimal("1487.5")}
    assert job.raw["new_thing"] == [1, 2]
    assert job.raw["processing_summary"] == {**summary, "fields": job.fields}


def test_odd_extras_do_not_cost_the_job() -> None:
    job = job_of({"document_id": ["?"], "job_type": 3, "processing_summary": {"row_count": "many"}})
    assert (job.document_id, job.job_type, job.row_count) == (None, None, None)


@pytest.mark.parametrize(
    "wire",
    [
        {"status": "exploded"},
        {"status": None},
        {"quality": {"grade": "E"}},
        {"quality_score": 101},
        {"quality_score": "high"},
        {"quality_score": True},
        {"pii_findings_count": -1},
        {"privacy_applied": "yes"},
        {"created_at": "yesterday"},
        {"id": None},
        {"id": 1.5},
    ],
)
def test_a_shape_of_no_dialect_is_a_clear_error(wire: dict[str, Any]) -> None:
    with pytest.raises(UnexpectedAnswerError, match=r"^jobs\.get: ") as caught:
        job_of(wire)
    assert caught.value.call == "jobs.get"


@pytest.mark.parametrize(
    ("wire", "moment"),
    [
        ("2026-05-24T10:00:00Z", datetime(2026, 5, 24, 10, tzinfo=UTC)),
        ("2026-05-24T12:00:00+02:00", datetime(2026, 5, 24, 10, tzinfo=UTC)),
        ("2026-05-24T10:00:00.25", datetime(2026, 5, 24, 10, 0, 0, 250_000, tzinfo=UTC)),
        ("2026-05-24", datetime(2026, 5, 24, tzinfo=UTC)),
    ],
)
def test_times_are_aware_and_in_utc(wire: str, moment: datetime) -> None:
    job = job_of({"created_at": wire})
    assert job.created_at == moment
    assert job.created_at.utcoffset() == timedelta(0)


@settings(deadline=None)
@given(st.sampled_from("SDL"), st.integers(0, 45), st.integers(1, 12), st.integers(0, 50))
def test_any_window_is_the_same_slice(dialect: str, count: int, limit: int, offset: int) -> None:
    client = client_of(held(dialect, count))
    everything = [job.id for job in client.jobs.iterate()]
    assert len(everything) == count
    assert [j.id for j in client.jobs.list(limit, offset)] == everything[offset : offset + limit]


@settings(deadline=None, max_examples=40)
@given(st.sampled_from("SDL"), st.integers(0, 350), st.lists(st.integers(0, 130), max_size=4))
def test_iterating_neither_skips_nor_repeats_while_jobs_arrive(
    dialect: str, count: int, arrivals: list[int]
) -> None:
    double = held(dialect, count)
    left = list(arrivals)

    def arriving(request: httpx.Request) -> httpx.Response:
        answer = double(request)
        for _ in range(left.pop(0) if left else 0):
            double.hold(f"{len(double.held)}.txt", str(len(double.held)).encode()).looks = 2
        return answer

    seen = [job.id.removeprefix("job_") for job in client_of(arriving).jobs.iterate()]
    assert len(seen) == len(set(seen))
    assert {str(number + 1) for number in range(count)} <= set(seen)


def test_a_service_that_knows_no_pages_ends_too() -> None:
    item = {"id": 1, "status": "running"}
    for body in ([item] * 100, {"items": [item] * 100, "total": 10**30}):
        client = client_of(lambda request, body=body: httpx.Response(200, json=body))
        assert [job.id for job in client.jobs.iterate()] == ["1"]


def test_thin_items_are_completed_by_list_and_left_by_page() -> None:
    double = held("L", 5, thin_lists=True)
    client = client_of(double)
    page = client.jobs.page(limit=5)
    assert len(double.requests) == 1
    assert [job.is_complete_record for job in page.jobs] == [False] * 5
    assert page.total == 5
    assert all(job.quality_grade == "A" for job in client.jobs.list(limit=5))
    assert all(job.quality_grade == "A" for job in client.jobs.iterate())


def test_one_odd_item_does_not_hide_the_others_of_a_page() -> None:
    items = [{"id": 1, "status": "cancelled"}, {"id": 2, "status": "running"}, 7]
    client = client_of(lambda request: httpx.Response(200, json={"items": items}))
    page = client.jobs.page()
    assert [job.id for job in page.jobs] == ["2"]
    assert len(page.unreadable) == 2
    assert page.size == 3
    with pytest.raises(UnexpectedAnswerError, match="cancelled"):
        client.jobs.list()


def answering(*bodies: dict[str, Any]) -> tuple[Any, list[float]]:
    """A client whose jobs go through these states, the last for ever; and its pauses."""
    left, slept = list(bodies), []

    def handler(request: httpx.Request) -> httpx.Response:
        body = left.pop(0) if len(left) > 1 else left[0]
        return httpx.Response(200, json={"id": 7, **body})

    return client_of(handler, sleep=slept.append), slept


DONE = {"status": "completed", "quality": {"grade": "A", "score": 91}}


def test_waiting_polls_until_the_end() -> None:
    client, slept = answering(
        {"status": "queued"}, {"status": "queued"}, {"status": "running"}, DONE
    )
    job = client.jobs.get("7").wait_until_done(poll_interval=3)
    assert job.status == "completed"
    assert [round(pause) for pause in slept] == [3, 3]
    assert job.wait_until_done() == job
    assert len(slept) == 2


def test_waiting_for_a_record_that_is_late() -> None:
    client, slept = answering({"status": "running"}, {"status": "completed"}, DONE)
    job = client.jobs.get("7").wait_until_done()
    assert job.quality_grade == "A"
    never, slept = answering({"status": "completed"})
    assert never.jobs.get("7").wait_until_done().quality_grade is None
    assert len(slept) == 2


def test_waiting_ends_after_the_timeout() -> None:
    client, _ = answering({"status": "running"})
    with pytest.raises(JobTimeoutError) as caught:
        client.jobs.get("7").wait_until_done(timeout=0)
    assert caught.value.job_id == "7"
    with pytest.raises(JobTimeoutError, match=r"0\.05 s"):
        client.jobs.get("7").wait_until_done(0.05, 0.01)


def test_a_job_of_nobody_cannot_be_waited_for() -> None:
    job = Job("7", "queued", None, None, None, False, False, None, None, datetime.now(UTC))
    with pytest.raises(ValueError, match="handed out"):
        job.wait_until_done()


@pytest.mark.parametrize(
    ("issue", "in_l", "note", "in_d"),
    [
        ("wrong_fields", "wrong_values", None, "wrong_fields"),
        ("missed_pii", "pii_missed", None, "missed_pii"),
        ("poor_extraction", "missing_fields", None, "poor_extraction"),
        ("incorrect_summary", "other", "incorrect_summary", "incorrect_summary"),
        ("pii_over_masked", "pii_over_masked", None, "other"),
        ("wrong_classification", "wrong_doc_type", None, "wrong_classification"),
    ],
)
def test_feedback_is_said_in_the_words_of_the_dialect(
    issue: str, in_l: str, note: str | None, in_d: str
) -> None:
    double = held("L", 1)
    client_of(double).jobs.submit_feedback("1", "negative", issue)
    assert double.held[0].feedback
    assert double.held[0].feedback["rating"] == "down"
    assert double.held[0].feedback["issue"] == in_l
    assert double.held[0].feedback["notes"] == note
    double = held("D", 1)
    client = client_of(double)
    client.jobs.submit_feedback("job_1", "negative", issue)
    client.jobs.submit_feedback("job_1", "up")
    assert double.held[0].feedback
    assert double.held[0].feedback["rating"] == "positive"
    assert len(double.requests) == 3
    assert client.dialects["request: feedback"] == "D"
    client.jobs.submit_feedback("job_1", "down", issue)
    assert double.held[0].feedback == {
        "id": 1,
        "job_id": "job_1",
        "rating": "negative",
        "issue": in_d,
    }
