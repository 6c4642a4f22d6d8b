"""Executions, and what was found in a document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flexorchd.client.dialects import ALIASES, EXECUTION
from flexorchd.client.errors import UnexpectedAnswerError
from flexorchd.client.models import Details, Execution, Job, Raw
from flexorchd.client.operations import jobs
from flexorchd.client.reading import Body
from flexorchd.client.wire import Call, Steps, path


def get(execution_id: str) -> Steps[Execution]:
    """One run of the pipeline."""
    answer = yield Call("executions.get", "GET", path("executions", execution_id))
    return read(answer.call, answer.data)


def details(job: Job) -> Steps[Details]:
    """What was found in a completed job's document.

    The fields are the job's own where it carries them, else the first record of its execution;
    the rest stands in the execution alone.

    Raises:
        UnexpectedAnswerError: the job names no execution.
    """
    if job.execution_id is None:
        job = jobs.merged(job, (yield from jobs.get(job.id)))
    if job.execution_id is None:
        raise UnexpectedAnswerError("jobs.get", f"the job {job.id} names no execution")
    execution = yield from get(job.execution_id)
    return Details(
        type=execution.document_type,
        language=execution.detected_language,
        fields=named(job.fields) or execution.fields,
        records=execution.records,
        pii_types=execution.pii_types or job.pii_types,
        text=execution.text,
    )


def named(fields: Raw) -> Raw:
    """Fields under today's names; a field under an older name stands under both."""
    renamed = {ALIASES[name]: value for name, value in fields.items() if name in ALIASES}
    return {**renamed, **fields}


def read(call: str, data: Any) -> Execution:
    """An execution from its object."""
    body = Body(call, data, EXECUTION)
    more = body.beyond
    records = tuple(item for item in body.sequence("records") or () if isinstance(item, Mapping))
    grade = more.grade("grade")
    return Execution(
        id=body.require("id", body.identity("id")),
        status=more.text("status"),
        document_id=more.identity("document"),
        document_type=more.text("type"),
        detected_language=more.text("language"),
        grade=grade,
        score=more.score("score", grade),
        degraded=bool(more.flag("degraded")),
        privacy_applied=bool(more.flag("applied")),
        fields=named(more.mapping("fields") or (records[0] if records else {})),
        records=records,
        pii_types=more.counts("pii_types") or {},
        row_count=more.count("rows"),
        text=more.text("text"),
        dataset_id=more.identity("dataset"),
        raw=body.raw,
    )
