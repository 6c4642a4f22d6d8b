"""``/datasets``: built, listed, shown and deleted."""

from __future__ import annotations

from collections.abc import Sequence

from flexorchd.engine.api import dataset_contents
from flexorchd.engine.api.dataset_contents import found_in
from flexorchd.engine.api.dataset_shapes import (
    BuildBody,
    BuildJob,
    BuildOneBody,
    DatasetDetail,
    DatasetPage,
    DatasetQuery,
    Ids,
    detail,
    item,
)
from flexorchd.engine.api.envelope import Answer, ApiError, invalid, not_found
from flexorchd.engine.api.operation import Operation
from flexorchd.engine.datasets import Build, Datasets, NameTakenError, Query, Taken
from flexorchd.engine.service import Engine
from flexorchd.engine.store import Store
from flexorchd.engine.store.moments import now
from flexorchd.engine.store.rows import Execution

_READY = "ready"


def routes(engine: Engine) -> list[Operation]:
    """The datasets of an engine."""
    datasets = Datasets(engine.store.connection)
    datasets.start()

    def build(body: BuildBody) -> Answer:
        """Build a dataset of many executions.

        Those without a record are left out. The job is polled for the dataset's id.
        """
        members = _members(engine.store, body.execution_ids, body.job_ids)
        wanted = Build(
            name=body.name.strip(),
            execution_ids=_with_records(members),
            description=body.description,
            slug=body.slug,
            taken=_when_taken(body, otherwise=Taken.REFUSE),
        )
        return _built(datasets, wanted)

    def build_from_execution(execution_id: int, body: BuildOneBody) -> Answer:
        """Build a dataset of one execution.

        Without a name it is ``dataset_execution_<id>``, and asking again answers the same dataset.
        """
        members = _members(engine.store, [execution_id], [])
        wanted = Build(
            name=(body.name or f"dataset_execution_{execution_id}").strip(),
            execution_ids=_with_records(members),
            description=body.description,
            slug=body.slug,
            taken=_when_taken(body, otherwise=Taken.ADOPT),
        )
        return _built(datasets, wanted)

    def list_datasets(query: DatasetQuery) -> Answer:
        """List the datasets, newest first."""
        if query.status not in (None, _READY):
            return Answer(DatasetPage([], 0, query.number, query.size))
        wanted = Query(
            text=query.q or None,
            execution_id=_filter_id(query.source_execution_id),
            job_id=_filter_id(query.job_id),
            document_id=_filter_id(query.source_document_id),
        )
        found, total = datasets.page(wanted, query.size, query.start)
        return Answer(DatasetPage([item(one) for one in found], total, query.number, query.size))

    def get(dataset_id: int) -> Answer:
        """Show a dataset."""
        dataset = found_in(datasets, dataset_id)
        return Answer(detail(dataset, datasets.columns(dataset), datasets.pii_types(dataset)))

    def delete(dataset_id: int) -> Answer:
        """Delete a dataset; its jobs stay."""
        found_in(datasets, dataset_id)
        datasets.delete(dataset_id)
        return Answer(status=204)

    one = "/datasets/{dataset_id}"
    from_one = "/datasets/build-from-execution/{execution_id}"
    return [
        Operation("POST", "/datasets", build, data=BuildJob, status=202),
        Operation("POST", from_one, build_from_execution, data=BuildJob, status=202),
        Operation("GET", "/datasets", list_datasets, data=DatasetPage),
        Operation("GET", one, get, data=DatasetDetail),
        Operation("DELETE", one, delete, status=204),
        *dataset_contents.routes(engine, datasets),
    ]


def _members(store: Store, execution_ids: Ids, job_ids: Ids) -> list[Execution]:
    """The executions that were asked for, each once."""
    wanted = [_id("execution", value) for value in execution_ids]
    jobs = [_id("job", value) for value in job_ids]
    found = {execution.id: execution for execution in store.executions.of_ids(wanted)}
    for number in wanted:
        if number not in found:
            raise not_found("execution", number)
    ended = {execution.job_id: execution for execution in store.executions.of_jobs(jobs)}
    for number in jobs:
        if number not in ended:
            raise _no_execution(store, number)
    members = [*(found[number] for number in wanted), *(ended[number] for number in jobs)]
    if not members:
        raise invalid("Name the executions or the jobs that the dataset is to hold.")
    return list({member.id: member for member in members}.values())


def _no_execution(store: Store, job_id: int) -> ApiError:
    job = store.jobs.get(job_id)
    if job is None:
        return not_found("job", job_id)
    return invalid(f"Job {job_id} is {job.status}; a dataset is built of completed documents.")


def _with_records(members: Sequence[Execution]) -> list[int]:
    with_records = [member.id for member in members if not member.degraded]
    if not with_records:
        raise ApiError(
            400,
            "NO_OUTPUT_DATA",
            "There is no record to build a dataset of: these documents are degraded.",
        )
    return with_records


def _when_taken(body: BuildBody | BuildOneBody, otherwise: Taken) -> Taken:
    if body.replace_existing:
        return Taken.REPLACE
    if body.force_rebuild:
        return Taken.REBUILD
    return Taken.EXTEND if body.incremental else otherwise


def _built(datasets: Datasets, wanted: Build) -> Answer:
    try:
        built = datasets.build(wanted, now())
    except NameTakenError as error:
        raise ApiError(409, "VALIDATION_ERROR", str(error)) from error
    job = BuildJob(built.job_id, "dataset_build", "queued", built.dataset.id)
    return Answer(job, 202, meta={"poll": f"/v1/jobs/{built.job_id}"})


def _id(what: str, value: int | str) -> int:
    """An id as a number; an impossible one names nothing."""
    text = str(value)
    if not text.isdecimal() or len(text) > 18 or int(text) == 0:
        raise not_found(what, text[:40])
    return int(text)


def _filter_id(value: str | None) -> int | None:
    """The same for a filter, where an impossible id matches nothing."""
    if value is None:
        return None
    return int(value) if value.isdecimal() and len(value) <= 18 else 0
