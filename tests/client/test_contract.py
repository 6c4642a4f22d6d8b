"""What holds whichever service answers: each dialect, a failing network, and the engine itself."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flexorchd.client import (
    AuthenticationError,
    BatchUploadError,
    FlexOrch,
    IncompleteJobError,
    Job,
    NotFoundError,
    UnsupportedFileError,
    UnsupportedOperationError,
    ValidationError,
)
from tests.client.conftest import Backend, written

NOWHERE = "999999999"


def unique(word: str) -> str:
    return f"{word}-{uuid.uuid4().hex[:10]}"


def processed(backend: Backend, *paths: Path) -> list[Job]:
    jobs = backend.client.documents.upload_many(list(paths))
    return [job.wait_until_done(timeout=60, poll_interval=0.05) for job in jobs]


def new_invoice(folder: Path) -> Path:
    name = unique("invoice")
    return written(folder / f"{name}.txt", name)


def test_an_upload_becomes_a_completed_job(backend: Backend, tmp_path: Path) -> None:
    job = backend.client.documents.upload(new_invoice(tmp_path))
    assert job.status in ("queued", "running", "completed")
    done = job.wait_until_done(timeout=60, poll_interval=0.05)
    assert done.id == job.id
    assert done.status == "completed"
    assert done.quality_grade in ("A", "B", "C", "D")
    assert done.quality_score is not None
    assert 0.0 <= done.quality_score <= 1.0
    assert done.pii_findings_count is not None
    assert done.pii_findings_count >= 1
    assert done.privacy_applied is True
    assert done.is_duplicate is False
    assert done.original_job_id is None
    assert done.processing_summary
    assert abs(datetime.now(UTC) - done.created_at) < timedelta(minutes=5)


def test_many_uploads_come_back_in_order_and_are_taken_once(
    backend: Backend, tmp_path: Path
) -> None:
    paths = [new_invoice(tmp_path) for _ in range(23)]
    jobs = backend.client.documents.upload_many(paths)
    assert len({job.id for job in jobs}) == len(paths)
    names = {d.job_id: d.filename for d in newest_documents(backend.client, len(paths))}
    assert [names[job.id] for job in jobs] == [path.name for path in paths]
    if backend.double:
        assert set(backend.double.taken.values()) == {1}


def newest_documents(client: FlexOrch, count: int) -> list:
    return [client.documents.get(d.id) for d in client.documents.list(1, count).documents]


def test_a_refused_file_does_not_hold_back_the_others(backend: Backend, tmp_path: Path) -> None:
    good = [new_invoice(tmp_path), new_invoice(tmp_path)]
    bad = tmp_path / f"{unique('table')}.csv"
    bad.write_text("a,b\n1,2\n")
    with pytest.raises(BatchUploadError) as caught:
        backend.client.documents.upload_many([good[0], bad, good[1]])
    assert [job is None for job in caught.value.jobs] == [False, True, False]
    assert list(caught.value.errors) == [1]
    assert isinstance(caught.value.errors[1], UnsupportedFileError)
    assert caught.value.errors[1].scope == "file"
    with pytest.raises(UnsupportedFileError):
        backend.client.documents.upload(bad)


def test_a_failed_job_is_returned_with_its_reason(backend: Backend, tmp_path: Path) -> None:
    path = tmp_path / f"{unique('torn')}.pdf"
    path.write_bytes(f"%PDF-1.7 broken {path.name}".encode())
    (job,) = processed(backend, path)
    assert job.status == "failed"
    assert job.processing_summary
    assert job.failure_code
    assert (job.quality_grade, job.quality_score, job.pii_findings_count) == (None, None, None)


def test_the_same_content_again_is_a_duplicate(backend: Backend, tmp_path: Path) -> None:
    path = new_invoice(tmp_path)
    (first,) = processed(backend, path)
    copy = tmp_path / f"{unique('copy')}.txt"
    copy.write_bytes(path.read_bytes())
    (second,) = processed(backend, copy)
    assert second.is_duplicate is True
    assert second.original_job_id == first.id
    assert second.quality_grade == first.quality_grade


def test_what_is_not_there_is_not_found(backend: Backend) -> None:
    client = backend.client
    for ask in (client.jobs.get, client.documents.get, client.executions.get, client.datasets.get):
        for impossible in (NOWHERE, "no-such-thing", "", "..", "a/b", "%00", "😀"):
            with pytest.raises(NotFoundError):
                ask(impossible)


def test_lists_are_newest_first_and_cut_anywhere(backend: Backend, tmp_path: Path) -> None:
    jobs = backend.client.documents.upload_many([new_invoice(tmp_path) for _ in range(7)])
    listed = backend.client.jobs.list(7)
    assert {job.id for job in listed} == {job.id for job in jobs}
    assert [job.id for job in backend.client.jobs.list(limit=3, offset=2)] == [
        job.id for job in listed[2:5]
    ]
    everything = [job.id for job in backend.client.jobs.iterate()]
    assert len(set(everything)) == len(everything)
    assert {job.id for job in jobs} <= set(everything)


def test_feedback_is_kept(backend: Backend, tmp_path: Path) -> None:
    (job,) = processed(backend, new_invoice(tmp_path))
    assert backend.client.jobs.feedback(job.id) is None
    assert backend.client.jobs.submit_feedback(job.id, "negative", "missed_pii") is None
    feedback = backend.client.jobs.feedback(job.id)
    assert feedback is not None
    assert feedback.rating in ("down", "negative")
    assert feedback.issue in ("pii_missed", "missed_pii")
    with pytest.raises(NotFoundError):
        backend.client.jobs.submit_feedback(NOWHERE, "positive")


def test_details_tell_what_was_found(backend: Backend, tmp_path: Path) -> None:
    (job,) = processed(backend, new_invoice(tmp_path))
    details = backend.client.documents.details(job)
    assert details.type == "invoice"
    assert details.fields["document_no"]
    assert str(details.fields["total_amount"]).startswith("1487.5")
    assert not isinstance(details.fields["total_amount"], float)
    assert details.pii_types
    assert backend.client.executions.get(job.execution_id or "").records


def test_a_dataset_of_one_job_from_build_to_deletion(backend: Backend, tmp_path: Path) -> None:
    datasets, name = backend.client.datasets, unique("one")
    (job,) = processed(backend, new_invoice(tmp_path))
    dataset = datasets.build([job.id, job.id], name)
    assert (dataset.name, dataset.status, dataset.job_count) == (name, "ready", 1)
    assert (datasets.find(name) or dataset).id == dataset.id
    assert dataset.id in [known.id for known in datasets.list(query=name)]

    lines = datasets.export(dataset.id, "jsonl").splitlines()
    assert len(lines) == 1
    assert json.loads(lines[0])
    target = tmp_path / "export.csv"
    size = datasets.export_to(dataset.id, "csv", target)
    assert size == target.stat().st_size > 0
    assert target.read_bytes() == datasets.export(dataset.id, format="csv")
    assert datasets.export(dataset.id, "markdown")

    profile = datasets.profile(dataset.id)
    assert profile.record_count == 1
    assert profile.total_tokens > 0
    assert 0.0 <= profile.avg_quality_score <= 1.0
    assert sum(profile.grade_counts.values()) == 1
    assert profile.pii_type_count >= 1
    assert datasets.rows_of_execution(job.execution_id or "")

    assert datasets.delete(dataset.id) is None
    with pytest.raises(NotFoundError):
        datasets.get(dataset.id)
    assert backend.client.jobs.get(job.id).status == "completed"


def test_a_dataset_of_many_jobs_where_the_service_can(backend: Backend, tmp_path: Path) -> None:
    jobs = processed(backend, new_invoice(tmp_path), new_invoice(tmp_path))
    ids, name = [job.id for job in jobs], unique("many")
    if not backend.builds_many:
        with pytest.raises(UnsupportedOperationError):
            backend.client.datasets.build(ids, name)
        assert backend.client.datasets.find(name) is None
        return
    dataset = backend.client.datasets.build(ids, name)
    assert (dataset.status, dataset.job_count) == ("ready", 2)
    assert len(backend.client.datasets.export(dataset.id, "jsonl").splitlines()) == 2
    with pytest.raises(ValidationError):
        backend.client.datasets.build(ids, name)


def test_an_unfinished_job_is_left_out_or_an_error(backend: Backend, tmp_path: Path) -> None:
    torn = tmp_path / f"{unique('torn')}.pdf"
    torn.write_bytes(f"%PDF-1.7 broken {torn.name}".encode())
    done, failed = processed(backend, new_invoice(tmp_path), torn)
    with pytest.raises(IncompleteJobError) as caught:
        backend.client.datasets.build([done.id, failed.id], unique("strict"), strict=True)
    assert caught.value.job_ids == (failed.id,)
    with pytest.raises(IncompleteJobError):
        backend.client.datasets.build([failed.id], unique("nothing"))
    dataset = backend.client.datasets.build([done.id, failed.id], unique("some"), False)
    assert dataset.job_count == 1


def test_the_plan_and_its_budget_are_known(backend: Backend) -> None:
    usage = backend.client.usage.current()
    assert usage.plan
    assert usage.credits_used >= 0
    limits = backend.client.usage.rate_limits()
    assert limits.unlimited or (limits.limit or 0) > 0
    assert limits.window_seconds > 0
    assert all(day.credits_used >= 0 for day in backend.client.usage.history("7d"))
    for day in backend.client.usage.quality_trend("90d"):
        assert day.avg_quality_score is None or 0.0 <= day.avg_quality_score <= 1.0


def test_documents_are_listed_found_and_processed_again(backend: Backend, tmp_path: Path) -> None:
    path, before = new_invoice(tmp_path), datetime.now(UTC) - timedelta(seconds=3)
    (job,) = processed(backend, path)
    found = backend.client.documents.find_uploads([path.name, "never-sent.txt"], before)
    assert set(found) == {path.name}
    assert backend.client.documents.find_jobs([path.name], before) == {path.name: job.id}
    later = datetime.now(UTC) + timedelta(hours=1)
    assert backend.client.documents.find_jobs([path.name], later) == {}
    again = backend.client.documents.reprocess(found[path.name].id, pipeline_config={})
    assert backend.client.jobs.get(again).id == again


def test_deleting_a_document_is_done_or_said_to_be_impossible(
    backend: Backend, tmp_path: Path
) -> None:
    processed(backend, new_invoice(tmp_path))
    (document,) = backend.client.documents.list(1, 1).documents
    if backend.double:
        with pytest.raises(UnsupportedOperationError, match="still there"):
            backend.client.documents.delete(document.id)
    else:
        backend.client.documents.delete(document.id)
        with pytest.raises(NotFoundError):
            backend.client.documents.get(document.id)
    with pytest.raises(NotFoundError):
        backend.client.documents.delete(NOWHERE)


def test_webhooks_are_registered_with_a_secret(backend: Backend) -> None:
    webhooks = backend.client.webhooks
    webhook = webhooks.register("https://example.com/hook", ["job.completed"])
    assert webhook.secret
    assert webhook.secret not in repr(webhook)
    (known,) = [hook for hook in webhooks.list() if hook.id == webhook.id]
    assert known.secret is None
    assert known.events == ("job.completed",)
    webhooks.delete(webhook.id)
    assert webhook.id not in [hook.id for hook in webhooks.list()]


def test_a_wrong_key_is_an_authentication_error(backend: Backend, tmp_path: Path) -> None:
    transport = backend.client._driver.transport
    transport._http.headers["X-API-KEY"] = "dfx_wrong"
    try:
        for act in (
            backend.client.usage.current,
            lambda: backend.client.documents.upload(new_invoice(tmp_path)),
            lambda: backend.client.documents.upload_many([new_invoice(tmp_path)]),
        ):
            with pytest.raises(AuthenticationError) as caught:
                act()
            assert caught.value.scope == "account"
            assert caught.value.status == 401
    finally:
        transport._http.headers["X-API-KEY"] = transport._key
