"""What the store gives back: frozen rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from flexorchd.engine.failure import Failure
from flexorchd.engine.model import Settings
from flexorchd.formats import exact

JobType = Literal["data_process", "dataset_build"]
JobStatus = Literal["queued", "running", "completed", "failed"]
Source = Literal["upload", "connector"]


@dataclass(frozen=True, slots=True)
class Document:
    """Content that was taken in, under the name it came with.

    Attributes:
        size: bytes.
        received_at: when its bytes last arrived; `keep_originals` counts from here.
        has_original: whether the uploaded bytes are still held.
    """

    id: int
    sha256: str
    size: int
    filename: str
    source: Source
    created_at: str
    received_at: str
    has_original: bool


@dataclass(frozen=True, slots=True)
class Execution:
    """The result of a completed job, without its records and its text.

    Attributes:
        score: 0.0 to 100.0.
        detail: what is shown but never searched: see `Executions.keep`.
    """

    id: int
    job_id: int
    document_id: int
    created_at: str
    document_type: str
    language: str
    grade: str
    score: float
    field_fill_rate: float | None
    row_count: int
    pii_findings_count: int
    masked_record_count: int
    privacy_applied: bool
    detail: Mapping[str, Any]

    @property
    def degraded(self) -> bool:
        """Whether there is no record at all: quality and privacy are valid, building is not."""
        return self.row_count == 0

    @property
    def columns(self) -> list[str]:
        """The fields of the records, in the order they first occur."""
        return list(self.detail["columns"])

    @property
    def pii_types(self) -> dict[str, int]:
        """PII type to number of findings."""
        return dict(self.detail["pii_types"])


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of accepted work.

    Attributes:
        document_id, filename, settings: None for a ``dataset_build``.
        failure: set when the job failed.
        execution: set when a ``data_process`` job completed.
        dataset_summary: set when a ``dataset_build`` job completed.
    """

    id: int
    type: JobType
    status: JobStatus
    document_id: int | None
    filename: str | None
    settings: Settings | None
    created_at: str
    started_at: str | None
    completed_at: str | None
    failure: Failure | None
    execution: Execution | None
    dataset_summary: Mapping[str, Any] | None


EXECUTION_COLUMNS = ", ".join(f"e.{name} AS e_{name}" for name in Execution.__dataclass_fields__)
JOB_COLUMNS = f"j.*, d.filename AS filename, {EXECUTION_COLUMNS}"
JOB_TABLES = (
    "jobs AS j LEFT JOIN documents AS d ON d.id = j.document_id"
    " LEFT JOIN executions AS e ON e.job_id = j.id"
)


def document_of(row: sqlite3.Row) -> Document:
    """A row of ``documents``."""
    values = {name: row[name] for name in Document.__dataclass_fields__}
    return Document(**values | {"has_original": bool(row["has_original"])})


def execution_of(row: sqlite3.Row) -> Execution:
    """A row selected with `EXECUTION_COLUMNS`."""
    values = {name: row[f"e_{name}"] for name in Execution.__dataclass_fields__}
    return Execution(
        **values
        | {
            "privacy_applied": bool(values["privacy_applied"]),
            "detail": exact.loads(values["detail"]),
        }
    )


def job_of(row: sqlite3.Row) -> Job:
    """A row selected with `JOB_COLUMNS` from `JOB_TABLES`."""
    summary = row["dataset_summary"]
    return Job(
        id=row["id"],
        type=row["type"],
        status=row["status"],
        document_id=row["document_id"],
        filename=row["filename"],
        settings=settings_of(row) if row["locale"] is not None else None,
        created_at=row["created_at"],
        started_at=row["started_at"],
        completed_at=row["completed_at"],
        failure=_failure_of(row) if row["failure_code"] is not None else None,
        execution=execution_of(row) if row["e_id"] is not None else None,
        dataset_summary=exact.loads(summary) if summary is not None else None,
    )


def settings_of(row: sqlite3.Row) -> Settings:
    """The settings columns of a job."""
    return Settings(
        locale=row["locale"],
        mask_pii=bool(row["mask_pii"]),
        mask_strategy=row["mask_strategy"],
        document_type=row["document_type"],
    )


def _failure_of(row: sqlite3.Row) -> Failure:
    return Failure(
        row["failure_code"], row["failure_message"], row["failure_remedy"], row["failure_step"]
    )
