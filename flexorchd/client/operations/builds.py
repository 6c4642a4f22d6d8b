"""Building a dataset out of jobs.

The reference builds from job ids, D from executions, and L from one execution only. So one dataset
of many jobs may be beyond the live service; that is tried once, and remembered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flexorchd.client import errors
from flexorchd.client.dialects import JOB
from flexorchd.client.memory import Memory
from flexorchd.client.models import Dataset, Job, Raw
from flexorchd.client.operations import datasets, jobs
from flexorchd.client.operations.uploads import CLOCK_SLACK, is_lost
from flexorchd.client.reading import Body
from flexorchd.client.wire import Answer, Call, Repeat, Steps, path, wire_id

BUILD_MANY = "datasets of many jobs"

Started = Dataset | str
"""What a build begins with: the dataset, ready or not, or the id of the job that builds it."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a dataset is built from.

    Attributes:
        executions: of the completed jobs that have records, each once.
        answered: the service's clock, before anything was built.
    """

    executions: tuple[str, ...]
    answered: datetime


def build(
    memory: Memory, job_ids: Sequence[str], name: str, timeout: float, *, strict: bool
) -> Steps[Dataset]:
    """Build a dataset, and wait until it is ready."""
    material = yield from resolve(job_ids, strict=strict)
    started = yield from start(memory, material, name)
    dataset = yield from finish(started, timeout)
    count = len(material.executions)
    told = dataset.raw.get("job_count") is not None
    return dataset if told else replace(dataset, job_count=count)


def resolve(job_ids: Sequence[str], *, strict: bool) -> Steps[Material]:
    """The executions of the jobs that are fit for a dataset.

    Raises:
        IncompleteJobError: a job is not completed, with `strict`; else none is.
        ValidationError: none has any records.
    """
    found: list[Job] = []
    answer: Answer | None = None
    for job_id in dict.fromkeys(str(job_id) for job_id in job_ids):
        answer = yield jobs.look(job_id)
        found.append(jobs.read(answer.call, answer.data, answer.date))
    unfinished = [job.id for job in found if job.status != "completed"]
    if unfinished and (strict or len(unfinished) == len(found)):
        raise errors.IncompleteJobError(unfinished)
    fit = [job for job in found if job.status == "completed" and not job.degraded]
    if answer is None or not fit:
        raise errors.ValidationError(
            "None of the jobs has records to build a dataset from.", code="NO_OUTPUT_DATA"
        )
    return Material(tuple(dict.fromkeys(map(_execution_of, fit))), answer.date)


def start(memory: Memory, material: Material, name: str) -> Steps[Started]:
    """Ask for the dataset.

    Raises:
        UnsupportedOperationError: this service builds from one job at a time; nothing was created.
        ValidationError: the name is taken, or there is nothing to build from.
    """
    if BUILD_MANY not in memory.unsupported:
        ids = [wire_id(execution) for execution in material.executions]
        call = Call(
            "datasets.build",
            "POST",
            "/datasets",
            repeat=Repeat.UNTAKEN,
            json={"name": name, "execution_ids": ids},
        )
        try:
            return (yield from _begun(call, name, material.answered))
        except errors.FlexOrchError as error:
            if not is_unsupported(error):
                raise
            memory.unsupported.add(BUILD_MANY)
    if len(material.executions) > 1:
        raise errors.UnsupportedOperationError(
            "This service builds a dataset from one job at a time. Build one for each job, "
            "or join their exports."
        )
    call = _from_execution(material.executions[0], {"name": name})
    return (yield from _begun(call, name, material.answered))


def finish(started: Started, timeout: float) -> Steps[Dataset]:
    """Wait until a dataset that was begun is ready.

    Raises:
        JobTimeoutError: it was not within `timeout` seconds; names the job that builds it.
        BuildFailedError: it could not be built.
    """
    if isinstance(started, str):
        job = yield from jobs.wait(started, None, timeout)
        if job.status == "failed":
            raise _failed(job)
        if job.dataset_id is None:
            raise errors.UnexpectedAnswerError("jobs.get", f"the build {job.id} names no dataset")
        started = yield from datasets.get(job.dataset_id)
    return (yield from _until_ready(started, timeout))


def _until_ready(dataset: Dataset, timeout: float) -> Steps[Dataset]:
    waited = 0.0
    while dataset.status == "building":
        if waited >= timeout:
            raise errors.JobTimeoutError(dataset.id, timeout)
        dataset = yield from datasets.get(dataset.id, delay=jobs.POLL_INTERVAL)
        waited += jobs.POLL_INTERVAL
    if dataset.status == "failed":
        raise errors.BuildFailedError(f"The service could not build the dataset {dataset.name}.")
    return dataset


def rows_of_execution(execution_id: str, timeout: float) -> Steps[list[Raw]]:
    """The records of an execution, through a dataset of it alone, built where there is none."""
    there = yield from datasets.search({"source_execution_id": wire_id(execution_id)})
    for dataset in there:
        if dataset.execution_id is None:
            dataset = yield from datasets.get(dataset.id)
        # One of many jobs passes the service's filter too, and holds other documents' rows.
        if dataset.status == "ready" and dataset.execution_id == execution_id:
            return (yield from datasets.all_rows(dataset.id))
    answer = yield _from_execution(execution_id, {})
    dataset = yield from finish(_read_started(answer), timeout)
    return (yield from datasets.all_rows(dataset.id))


def is_unsupported(error: errors.FlexOrchError) -> bool:
    """Whether the service does not know the building from many, rather than refuses this one."""
    if error.status == 404:
        return error.service_code is None
    named = error.status == 422 and "execution_ids" in error.message
    return named or error.status in (405, 501)


def _execution_of(job: Job) -> str:
    if job.execution_id is None:
        raise errors.UnexpectedAnswerError("jobs.get", f"the job {job.id} names no execution")
    return job.execution_id


def _from_execution(execution_id: str, body: dict[str, str]) -> Call:
    return Call(
        "datasets.build_from_execution",
        "POST",
        path("datasets", "build-from-execution", execution_id),
        repeat=Repeat.UNTAKEN,
        json=body,
    )


def _begun(call: Call, name: str, before: datetime) -> Steps[Started]:
    """Send a build; a lost answer is looked for by the name, which is unique."""
    try:
        return _read_started((yield call))
    except errors.FlexOrchError as error:
        dataset = (yield from _looked_for(name, error)) if is_lost(error) else None
        if dataset is None or not _is_new(dataset, before):
            raise
        return dataset


def _looked_for(name: str, error: errors.FlexOrchError) -> Steps[Dataset | None]:
    try:
        return (yield from datasets.find(name))
    except errors.FlexOrchError as failure:
        error.add_note(f"Looking for the dataset failed too: {failure}")
        return None


def _is_new(dataset: Dataset, before: datetime) -> bool:
    """Whether a dataset of the right name is the one just asked for, and not an older one."""
    told = dataset.raw.get("created_at")
    return bool(told) and dataset.created_at >= before - CLOCK_SLACK


def _read_started(answer: Answer) -> Started:
    body = Body(answer.call, answer.data, JOB).beyond
    is_job = "job_id" in body.raw or body.text("job_type") == "dataset_build"
    if is_job:
        return body.require("id", body.identity("id"))
    return datasets.read(answer.call, answer.data, answer.date)


def _failed(job: Job) -> errors.BuildFailedError:
    reason = job.processing_summary or "no reason given"
    return errors.BuildFailedError(
        f"The service could not build the dataset: {reason}", code=job.failure_code
    )
