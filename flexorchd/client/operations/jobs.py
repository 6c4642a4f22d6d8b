"""Jobs: one, a page, until done."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from flexorchd.client.dialects import JOB
from flexorchd.client.errors import JobTimeoutError, UnexpectedAnswerError
from flexorchd.client.models import Job, JobPage, JobStatus
from flexorchd.client.operations.listing import listing
from flexorchd.client.reading import Body
from flexorchd.client.wire import Answer, Call, Steps, path

STATES = ("queued", "running", "completed", "failed")

LATE_RECORD_LOOKS = 3
"""How often a job that is completed is asked again for results that lag behind."""

POLL_INTERVAL = 2.0
"""Seconds between two looks at a job that is waited for."""


def get(job_id: str) -> Steps[Job]:
    """The job as it is now."""
    answer = yield look(job_id)
    return read(answer.call, answer.data, answer.date)


def look(job_id: str, delay: float = 0.0) -> Call:
    """Asks for one job."""
    return Call("jobs.get", "GET", path("jobs", job_id), delay=delay)


def queued(job_id: str, created_at: datetime) -> Job:
    """A job of which nothing is known but that it was taken."""
    return Job(job_id, "queued", None, None, None, False, False, None, None, created_at)


def page(limit: int, offset: int) -> Steps[JobPage]:
    """The jobs of one page, as listed. `offset` must be a multiple of `limit`."""
    answer = yield Call(
        "jobs.list",
        "GET",
        "/jobs",
        # The reference says limit and offset, the service's clients page and page_size.
        params={
            "limit": limit,
            "offset": offset,
            "page": offset // limit + 1,
            "page_size": limit,
        },
    )
    return _read_page(answer, limit)


def window(limit: int, offset: int) -> Steps[JobPage]:
    """The jobs from any offset: where no page begins there, two are fetched and cut."""
    skipped = offset % limit
    first = yield from page(limit, offset - skipped)
    if not skipped:
        return first
    jobs, unreadable = list(first.jobs), list(first.unreadable)
    if first.size >= limit:
        second = yield from page(limit, offset - skipped + limit)
        known = {job.id for job in jobs}
        jobs += [job for job in second.jobs if job.id not in known]
        unreadable += second.unreadable
    return replace(
        first,
        jobs=tuple(jobs[skipped : skipped + limit]),
        unreadable=tuple(unreadable),
    )


def complete(job: Job) -> Steps[Job]:
    """The job with its results: one that came without them is fetched singly."""
    if job.is_complete_record:
        return job
    return merged(job, (yield from get(job.id)))


def wait(
    job_id: str, known: Job | None, timeout: float, poll_interval: float = POLL_INTERVAL
) -> Steps[Job]:
    """Ask until the job has ended, and its results, which may lag behind, are there.

    Args:
        job_id: the job.
        known: what is known of it so far.
        timeout: seconds to wait at most.
        poll_interval: seconds between two looks.

    Raises:
        JobTimeoutError: it did not end in time.
    """
    job, begun, delay, looks = known, None, 0.0, LATE_RECORD_LOOKS
    while job is None or not job.is_finished or (not job.is_complete_record and looks):
        answer = yield look(job_id, delay)
        begun = answer.at if begun is None else begun
        now = read(answer.call, answer.data, answer.date)
        job = now if job is None else merged(job, now)
        left = timeout - (answer.at - begun)
        if left <= 0 and not job.is_finished:
            raise JobTimeoutError(job_id, timeout)
        looks -= job.is_finished
        delay = max(min(poll_interval, left), 0.0)
    return job


def merged(known: Job, now: Job) -> Job:
    """The job as it is now, with what only its upload's answer told."""
    has_date = bool(now.raw.get("created_at"))
    return replace(
        now,
        id=known.id,
        is_duplicate=known.is_duplicate or now.is_duplicate,
        original_job_id=known.original_job_id or now.original_job_id,
        created_at=now.created_at if has_date else known.created_at,
    )


def read(call: str, data: Any, answered: datetime) -> Job:
    """A job from its object.

    Args:
        call: the operation, for errors.
        data: the object.
        answered: when the service answered, for jobs that do not say when they were created.

    Raises:
        UnexpectedAnswerError: it is no job.
    """
    body = Body(call, data, JOB)
    more = body.beyond
    status = _status(body)
    done = status == "completed"
    grade = body.grade("grade") if done else None
    score = body.score("score", grade) if done else None
    findings = body.count("findings") if done else None
    duplicate = body.flag("duplicate") or False
    job_id = body.require("id", body.identity("id"))
    return Job(
        id=job_id,
        status=status,
        quality_grade=grade,
        quality_score=score,
        pii_findings_count=findings,
        privacy_applied=body.flag("applied") or False,
        is_duplicate=duplicate,
        original_job_id=(body.identity("original") or job_id) if duplicate else None,
        processing_summary=_summary(body, status, grade, score, findings),
        created_at=body.moment("created") or answered,
        job_type=more.text("job_type"),
        document_id=more.identity("document"),
        execution_id=more.identity("execution"),
        dataset_id=more.identity("dataset"),
        pipeline_stage=more.text("stage"),
        degraded=done and bool(more.flag("degraded")),
        failure_code=_failure_code(more) if status == "failed" else None,
        pii_types=more.counts("pii_types") or {},
        fields=more.mapping("fields") or {},
        row_count=more.count("rows"),
        raw=body.raw,
    )


def _status(body: Body) -> JobStatus:
    status = body.require("status", body.text("status"))
    if status not in STATES:
        raise UnexpectedAnswerError(body.call, f"a job is {status[:40]!r}, which is no known state")
    return cast(JobStatus, status)


def _failure_code(body: Body) -> str | None:
    """The code of a failure; the reason itself, where that is one."""
    code = body.text("failure_code")
    reason = body.text("failure") or ""
    return code or (reason if reason.isupper() and reason.isidentifier() else None)


def _summary(
    body: Body, status: str, grade: str | None, score: float | None, findings: int | None
) -> str | None:
    """The sentence that was sent, else one made of what was."""
    told = body.beyond.text("summary")
    if told:
        return told
    if status == "failed":
        return body.beyond.text("failure") or "It failed, and the service does not say why."
    if status != "completed" or grade is None:
        return None
    parts = [f"Grade {grade}" + (f" ({score:.2f})" if score is not None else "")]
    if findings is not None:
        masked = " masked" if findings and body.flag("applied") else ""
        parts.append(f"{findings or 'no'} PII findings{masked}")
    if body.beyond.flag("degraded"):
        parts.append("no structured records")
    return ", ".join(parts) + "."


def _read_page(answer: Answer, limit: int) -> JobPage:
    """The page with each job once, and the odd ones apart."""
    items = listing(answer)
    jobs: dict[str, Job] = {}
    unreadable = []
    for item in items.items[:limit]:
        try:
            job = read(answer.call, item, answer.date)
        except UnexpectedAnswerError as error:
            unreadable.append(error)
        else:
            jobs.setdefault(job.id, job)
    return JobPage(tuple(jobs.values()), tuple(unreadable), len(items.items), items.total)
