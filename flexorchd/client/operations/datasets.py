"""Datasets: one, lists, found by name, deleted; and their rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from flexorchd.client.dialects import DATASET, ROWS
from flexorchd.client.errors import UnexpectedAnswerError
from flexorchd.client.models import Dataset, DatasetStatus, Raw, Rows
from flexorchd.client.operations.deletion import remove
from flexorchd.client.operations.listing import PAGE_SIZE, every, listing
from flexorchd.client.reading import Body
from flexorchd.client.wire import Call, Steps, path

STATES = ("building", "ready", "failed")
ROWS_A_PAGE = 200
MOST_PAGES = 500
"""Of rows that are held in memory at once."""


def get(dataset_id: str, delay: float = 0.0) -> Steps[Dataset]:
    """One dataset."""
    answer = yield Call("datasets.get", "GET", path("datasets", dataset_id), delay=delay)
    return read(answer.call, answer.data, answer.date)


def page(number: int, page_size: int, filters: Mapping[str, str | int]) -> Steps[list[Dataset]]:
    """One page of datasets, newest first."""
    answer = yield _page_call(number, page_size, filters)
    return [read(answer.call, item, answer.date) for item in listing(answer).items]


def search(filters: Mapping[str, str | int]) -> Steps[list[Dataset]]:
    """All datasets that pass the service's filters."""
    return (yield from every(lambda number: _page_call(number, PAGE_SIZE, filters), read))


def find(name: str) -> Steps[Dataset | None]:
    """The dataset of exactly this name; the service's own search may be looser."""
    for dataset in (yield from search({"q": name})):
        if dataset.name == name:
            return dataset
    return None


def delete(dataset_id: str) -> Steps[None]:
    """Delete a dataset. That the service can is known from the reference alone."""
    call = Call("datasets.delete", "DELETE", path("datasets", dataset_id))
    yield from remove(call, get(dataset_id))


def rows(dataset_id: str, number: int, page_size: int, query: str | None) -> Steps[Rows]:
    """One page of a dataset's rows."""
    answer = yield Call(
        "datasets.rows",
        "GET",
        path("datasets", dataset_id, "rows"),
        params={"page": number, "page_size": page_size} | ({"q": query} if query else {}),
    )
    body = Body(answer.call, answer.data, ROWS)
    items = body.require("rows", body.sequence("rows"))
    if not all(isinstance(item, Mapping) for item in items):
        raise UnexpectedAnswerError(answer.call, "a row is no object")
    total, more = body.beyond.count("total"), body.beyond.flag("has_next")
    reached = number * page_size
    return Rows(
        columns=tuple(str(name) for name in body.sequence("columns") or ()),
        rows=tuple(items),
        total=total,
        has_next=more if more is not None else total is not None and reached < total,
    )


def all_rows(dataset_id: str) -> Steps[list[Raw]]:
    """All rows of a dataset."""
    found: list[Raw] = []
    for number in range(1, MOST_PAGES + 1):
        part = yield from rows(dataset_id, number, ROWS_A_PAGE, None)
        found += part.rows
        if not part.has_next or not part.rows:
            return found
    raise UnexpectedAnswerError("datasets.rows", f"after {len(found)} rows there is no end")


def read(call: str, data: Any, answered: datetime, jobs: int | None = None) -> Dataset:
    """A dataset from its object.

    Args:
        call: the operation, for errors.
        data: the object.
        answered: when the service answered, for datasets that do not say when they were made.
        jobs: how many jobs went in, where the caller knows. The service's own build takes one.
    """
    body = Body(call, data, DATASET)
    more = body.beyond
    status = body.require("status", body.text("status"))
    if status not in STATES:
        raise UnexpectedAnswerError(call, f"a dataset is {status[:40]!r}, which is no known state")
    return Dataset(
        id=body.require("id", body.identity("id")),
        name=body.require("name", body.text("name")),
        status=cast(DatasetStatus, status),
        job_count=next(n for n in (body.count("jobs"), jobs, 1) if n is not None),
        created_at=body.moment("created") or answered,
        slug=more.text("slug"),
        row_count=more.count("rows"),
        execution_id=more.identity("execution"),
        pii_types=more.counts("pii_types") or {},
        formats=tuple(more.mapping("files") or ()),
        raw=body.raw,
    )


def _page_call(number: int, page_size: int, filters: Mapping[str, str | int]) -> Call:
    params = {"page": number, "page_size": page_size, **filters}
    return Call("datasets.list", "GET", "/datasets", params=params)
