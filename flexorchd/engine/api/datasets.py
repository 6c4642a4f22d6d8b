"""Datasets: built, listed, shown and deleted."""

from __future__ import annotations

from collections.abc import Sequence

from flexorchd.engine.api import dataset_contents
from flexorchd.engine.api.dataset_contents import required
from flexorchd.engine.api.dataset_shapes import (
    BuildBody,
    BuildJob,
    BuildOneBody,
    DatasetDetail,
    DatasetPage,
    DatasetQuery,
    Ids,
    detail,
    id_of,
    item,
)
from flexorchd.engine.api.envelope import Answer, ApiError, invalid, not_found
from flexorchd.engine.api.operation import Operation
from flexorchd.engine.datasets import Build, NameTakenError, Query, Taken
from flexorchd.engine.service import Engine
from flexorchd.engine.store import Store
from flexorchd.engine.store.moments import now
from flexorchd.engine.store.rows import Execution

_READY = "ready"


def routes(engine: Engine) -> list[Operation]:
    """The operations of this resource."""
    datasets = _Datasets(engine)
    one = "/datasets/{dataset_id}"
    from_one = "/datasets/build-from-execution/{execution_id}"
    return [
        Operation("POST", "/datasets", datasets.build, data=BuildJob, status=202),
        Operation("POST", from_one, datasets.build_from_execution, data=BuildJob, status=202),
        Operation("GET", "/datasets", datasets.page, data=DatasetPage),
        Operation("GET", one, datasets.get, data=DatasetDetail),
        Operation("DELETE", one, datasets.delete, status=204),
        *dataset_contents.routes(engine),
    ]


class _Datasets:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._datasets = engine.datasets

    def build(self, body: BuildBody) -> Answer:
        """Build a dataset of many executions.

        Those without a record are left out. Poll the job for the dataset's id.
        """
        members = _members(self._engine.store, body.execution_ids, body.job_ids)
        return self._build(body, body.name, members, otherwise=Taken.REFUSE)

    def build_from_execution(self, execution_id: int, body: BuildOneBody) -> Answer:
        """Build a dataset of one execution.

        Without a name it is ``dataset_execution_<id>``, and asking again answers the same dataset.
        """
        members = _members(self._engine.store, [execution_id], [])
        name = body.name or f"dataset_execution_{execution_id}"
        return self._build(body, name, members, otherwise=Taken.ADOPT)

    def page(self, query: DatasetQuery) -> Answer:
        """List datasets, newest first."""
        if query.status not in (None, _READY):
            return Answer(DatasetPage([], 0, query.number, query.size))
        wanted = Query(
            text=query.q or None,
            execution_id=_filter_id(query.source_execution_id),
            job_id=_filter_id(query.job_id),
            document_id=_filter_id(query.source_document_id),
        )
        found, total = self._datasets.page(wanted, query.size, query.start)
        return Answer(DatasetPage([item(each) for each in found], total, query.number, query.size))

    def get(self, dataset_id: int) -> Answer:
        """Show a dataset."""
        dataset = required(self._datasets, dataset_id)
        columns, found = self._datasets.columns(dataset), self._datasets.pii_types(dataset)
        return Answer(detail(dataset, columns, found))

    def delete(self, dataset_id: int) -> Answer:
        """Delete a dataset; its jobs stay."""
        required(self._datasets, dataset_id)
        self._datasets.delete(dataset_id)
        return Answer(status=204)

    def _build(
        self,
        body: BuildBody | BuildOneBody,
        name: str,
        members: Sequence[Execution],
        otherwise: Taken,
    ) -> Answer:
        wanted = Build(
            name=name.strip(),
            execution_ids=_with_records(members),
            description=body.description,
            slug=body.slug,
            taken=_when_taken(body, otherwise),
        )
        try:
            built = self._datasets.build(wanted, now())
        except NameTakenError as error:
            raise ApiError(409, "VALIDATION_ERROR", str(error)) from error
        self._engine.deliverer.wake()
        job = BuildJob(built.job_id, "dataset_build", "queued", built.dataset.id)
        return Answer(job, 202, meta={"poll": f"/v1/jobs/{built.job_id}"})


def _members(store: Store, execution_ids: Ids, job_ids: Ids) -> list[Execution]:
    """The executions that were asked for, each once."""
    wanted = [_id("execution", value) for value in execution_ids]
    jobs = [_id("job", value) for value in job_ids]
    found = {execution.id: execution for execution in store.executions.of_ids(wanted)}
    ended = {execution.job_id: execution for execution in store.executions.of_jobs(jobs)}
    for number in wanted:
        if number not in found:
            raise not_found("execution", number)
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


def _id(what: str, value: int | str) -> int:
    """An id as a number; an impossible one names nothing."""
    number = id_of(value)
    if not number:
        raise not_found(what, str(value)[:40])
    return number


def _filter_id(value: str | None) -> int | None:
    """An id in a filter; an impossible one matches nothing."""
    return None if value is None else id_of(value)
