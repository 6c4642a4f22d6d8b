"""Datasets and what is asked of them, as they look on the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec

from flexorchd import formats
from flexorchd.engine.api.paging import Paging
from flexorchd.engine.datasets import Dataset

Grades = Annotated[str, msgspec.Meta(pattern=r"^\s*[A-Da-d](\s*,\s*[A-Da-d])*\s*$")]
"""One grade, or several with commas between them."""
Description = Annotated[str, msgspec.Meta(max_length=2000)]
Ids = list[int | str]
"""Ids as clients send them: numbers, or their digits as text."""
Name = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^\s*[^\s\x00-\x1f][^\x00-\x1f]*$")]
_MOST_DIGITS = 18
_Number = Annotated[int, msgspec.Meta(ge=1, le=2**53)]


class BuildBody(msgspec.Struct, frozen=True):
    """A dataset of many executions, told by their own ids or by those of their jobs."""

    name: Name
    execution_ids: Ids = []
    job_ids: Ids = []
    description: Description | None = None
    slug: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    force_rebuild: bool = False
    replace_existing: bool = False
    incremental: bool = False


class BuildOneBody(msgspec.Struct, frozen=True):
    """A dataset of one execution."""

    name: Name | None = None
    description: Description | None = None
    slug: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    force_rebuild: bool = False
    replace_existing: bool = False
    incremental: bool = False


class BuildJob(msgspec.Struct, frozen=True):
    """The job to poll; its ``dataset_summary`` names the dataset."""

    job_id: int
    job_type: str
    status: str
    reference_id: int


class DatasetQuery(Paging, frozen=True):
    """Which datasets; ``job_id``, ``source_execution_id`` and ``source_document_id`` name a member."""

    status: str | None = None
    q: str | None = None
    job_id: str | None = None
    source_execution_id: str | None = None
    source_document_id: str | None = None


class RowsQuery(msgspec.Struct, frozen=True):
    """A page of rows; ``q`` is text that they must hold."""

    page: _Number = 1
    page_size: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50
    q: str | None = None


class ChunksQuery(msgspec.Struct, frozen=True):
    """A page of passages."""

    page: _Number = 1
    page_size: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    quality_grade: Grades | None = None
    pii_masked: bool | None = None


class ExportQuery(msgspec.Struct, frozen=True):
    """``min_quality`` leaves out the rows of a worse grade."""

    min_quality: Annotated[str, msgspec.Meta(pattern="^[A-Da-d]$")] = "D"


class ExportAsQuery(ExportQuery, frozen=True):
    """The same, with the format in the query."""

    format: str = "jsonl"


class ReportQuery(msgspec.Struct, frozen=True):
    """The report's format; PDF is not made here."""

    format: str = "json"


class PushBody(msgspec.Struct, frozen=True):
    """Where an export goes in connected storage."""

    connector_id: int | str
    format: str = "jsonl"
    prefix: str = ""


class DatasetItem(msgspec.Struct, frozen=True):
    """A dataset in a list."""

    id: int
    name: str
    slug: str
    status: str
    description: str | None
    version: int
    row_count: int
    job_count: int
    privacy_applied: bool
    pii_findings_count: int
    source_execution_id: int | None
    source_document_id: int | None
    index_status: str
    created_at: str
    updated_at: str


class DatasetPrivacy(msgspec.Struct, frozen=True):
    """What personal data was found in its documents."""

    privacy_applied: bool
    pii_findings_count: int
    masked_record_count: int
    pii_type_summary: Mapping[str, int]


class DatasetDetail(DatasetItem, frozen=True):
    """A dataset asked for by its id; the keys of ``format_summary.files`` are formats."""

    columns: Sequence[str]
    privacy: DatasetPrivacy
    format_summary: Mapping[str, Mapping[str, Any]]


class DatasetPage(msgspec.Struct, frozen=True):
    """One page of datasets."""

    items: list[DatasetItem]
    total: int
    page: int
    page_size: int


def item(dataset: Dataset) -> DatasetItem:
    """A dataset as it stands in a list."""
    return DatasetItem(**_shared(dataset))


def detail(dataset: Dataset, columns: Sequence[str], found: Mapping[str, int]) -> DatasetDetail:
    """A dataset with all that is known of it; `found` is PII type to number of findings."""
    privacy = DatasetPrivacy(
        dataset.privacy_applied, dataset.pii_findings_count, dataset.masked_record_count, found
    )
    return DatasetDetail(
        **_shared(dataset),
        columns=columns,
        privacy=privacy,
        format_summary={
            "files": {
                format.wire_name: _file(dataset, format) for format in formats.FORMATS.values()
            }
        },
    )


def file_name(dataset: Dataset, format: formats.Format) -> str:
    """The name that an export is saved under."""
    return f"{dataset.slug}.{format.extension}"


def grades_of(grades: str | None) -> frozenset[str] | None:
    """``A,B`` as a set."""
    return None if grades is None else frozenset(grades.upper().replace(",", " ").split())


def id_of(value: int | str) -> int:
    """An id as a number; 0, which nothing has, where it cannot be one."""
    text = str(value)
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else 0


def _shared(dataset: Dataset) -> dict[str, Any]:
    return {name: getattr(dataset, name) for name in DatasetItem.__struct_fields__}


def _file(dataset: Dataset, format: formats.Format) -> dict[str, str]:
    return {
        "filename": file_name(dataset, format),
        "media_type": format.media_type,
        "url": f"/v1/datasets/{dataset.id}/export/{format.wire_name}",
    }
