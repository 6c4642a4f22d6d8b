"""Datasets: their rows, passages, figures, files and index."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from starlette.responses import StreamingResponse

from flexorchd import formats
from flexorchd.engine.api.dataset_shapes import (
    ChunksQuery,
    ExportAsQuery,
    ExportQuery,
    PushBody,
    ReportQuery,
    RowsQuery,
    file_name,
    grades_of,
    id_of,
)
from flexorchd.engine.api.envelope import Answer, ApiError, invalid, listing, not_found
from flexorchd.engine.api.operation import Operation
from flexorchd.engine.api.plan_gate import require
from flexorchd.engine.connectors.storage import StorageError
from flexorchd.engine.datasets import Dataset, Datasets
from flexorchd.engine.service import Engine

_PRO = "pro"


def routes(engine: Engine) -> list[Operation]:
    """The operations on what is in a dataset."""
    contents = _Contents(engine)
    one = "/datasets/{dataset_id}"
    return [
        Operation("GET", f"{one}/rows", contents.rows),
        Operation("GET", f"{one}/chunks", contents.chunks),
        Operation("GET", f"{one}/profile", contents.profile),
        Operation("GET", f"{one}/export", contents.export, media_type="*/*"),
        Operation("GET", f"{one}/export/{{format}}", contents.export_as, media_type="*/*"),
        Operation("POST", f"{one}/index", contents.index, status=202),
        Operation("GET", f"{one}/index/status", contents.index_status),
        Operation("GET", f"{one}/compliance-report", contents.compliance_report),
        Operation("POST", f"{one}/export-s3", contents.push),
    ]


class _Contents:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._datasets = engine.datasets

    def rows(self, dataset_id: int, query: RowsQuery) -> Answer:
        """Show a page of rows, or of those that hold a text."""
        dataset = required(self._datasets, dataset_id)
        start, total = (query.page - 1) * query.page_size, dataset.row_count
        if query.q:
            found, total = self._datasets.rows_with(dataset, query.q, start, query.page_size)
        else:
            found = self._datasets.rows(dataset, start, query.page_size)
        columns = self._datasets.columns(dataset)
        return Answer(_rows_view(dataset, columns, found, query, total))

    def chunks(self, dataset_id: int, query: ChunksQuery) -> Answer:
        """Show a page of passages for retrieval."""
        require(self._engine.plan, _PRO)
        dataset = required(self._datasets, dataset_id)
        found, total = self._datasets.chunks(
            dataset,
            (query.page - 1) * query.page_size,
            query.page_size,
            grades_of(query.quality_grade),
            query.pii_masked,
        )
        return listing(found, total, query.page, query.page_size)

    def profile(self, dataset_id: int) -> Answer:
        """Show the figures: records, tokens, grades, personal data."""
        return Answer(self._datasets.profile(required(self._datasets, dataset_id)))

    def export(self, dataset_id: int, query: ExportAsQuery) -> StreamingResponse:
        """Download the dataset in the format of the query."""
        return self.export_as(dataset_id, query.format, query)

    def export_as(self, dataset_id: int, format: str, query: ExportQuery) -> StreamingResponse:
        """Download the dataset in the format of the path."""
        dataset = required(self._datasets, dataset_id)
        kind = _format(format)
        return StreamingResponse(
            _blocks(self._datasets, dataset, kind, query.min_quality.upper()),
            media_type=kind.media_type,
            headers={
                "Content-Disposition": f'attachment; filename="{file_name(dataset, kind)}"',
                "X-Content-Type-Options": "nosniff",
            },
        )

    def index(self, dataset_id: int) -> Answer:
        """Make the dataset searchable; the status tells when it is."""
        require(self._engine.plan, _PRO)
        self._datasets.index(required(self._datasets, dataset_id))
        message = "Indexing has started; see index/status."
        return Answer({"status": "indexing", "message": message}, 202)

    def index_status(self, dataset_id: int) -> Answer:
        """Show how far the indexing is."""
        require(self._engine.plan, _PRO)
        dataset = required(self._datasets, dataset_id)
        return Answer(
            {
                "status": dataset.index_status,
                "chunks_indexed": self._datasets.chunks_indexed(dataset),
                "total_chunks": dataset.total_chunks,
            }
        )

    def compliance_report(self, dataset_id: int, query: ReportQuery) -> Answer:
        """Show what personal data was found, and which law it comes under."""
        require(self._engine.plan, _PRO)
        dataset = required(self._datasets, dataset_id)
        if query.format != "json":
            raise invalid("This engine makes the report as JSON only: format=json.")
        return Answer(self._datasets.compliance_report(dataset, self._engine.plan.name))

    def push(self, dataset_id: int, body: PushBody) -> Answer:
        """Write an export into connected storage."""
        dataset = required(self._datasets, dataset_id)
        kind = _format(body.format)
        key = f"{body.prefix}{file_name(dataset, kind)}"
        data = b"".join(_blocks(self._datasets, dataset, kind, "D"))
        _put(self._engine, body.connector_id, key, data)
        return Answer({"s3_key": key, "size_bytes": len(data)})


def required(datasets: Datasets, dataset_id: int) -> Dataset:
    """The dataset.

    Raises:
        ApiError: 404, there is none.
    """
    dataset = datasets.get(dataset_id)
    if dataset is None:
        raise not_found("dataset", dataset_id)
    return dataset


def _rows_view(
    dataset: Dataset, columns: list[str], found: list[formats.Row], query: RowsQuery, total: int
) -> dict[str, Any]:
    return {
        "dataset_id": dataset.id,
        "dataset_name": dataset.name,
        "dataset_slug": dataset.slug,
        "columns": columns,
        "rows": found,
        "query": query.q,
        "pagination": {
            "page": query.page,
            "page_size": query.page_size,
            "total_rows": dataset.row_count,
            "filtered_total": total,
            "returned_rows": len(found),
            "has_next": query.page * query.page_size < total,
        },
    }


def _format(name: str) -> formats.Format:
    try:
        return formats.find(name)
    except formats.UnknownFormatError as error:
        raise invalid(f"{error}.") from error


def _blocks(
    datasets: Datasets, dataset: Dataset, format: formats.Format, min_grade: str
) -> Iterator[bytes]:
    """The file; what cannot be written is refused while there is still a status to say so."""
    try:
        blocks = datasets.export(dataset, format, min_grade)
        first = next(blocks, b"")
    except formats.MissingExtraError as error:
        raise ApiError(501, "FORMAT_NOT_INSTALLED", f"{error}.") from error
    except ValueError as error:
        raise invalid(f"{error}.") from error
    return chain([first], blocks)


def _put(engine: Engine, connector_id: int | str, key: str, data: bytes) -> None:
    connector = engine.store.connectors.get(id_of(connector_id))
    if connector is None:
        raise not_found("connector", str(connector_id)[:40])
    try:
        with engine.syncs.storage(connector) as storage:
            storage.write(key, data)
    except StorageError as error:
        raise invalid(str(error), 400) from error
