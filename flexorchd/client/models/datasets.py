"""Datasets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from flexorchd.client.models.processing import Raw

DatasetStatus = Literal["building", "ready", "failed"]


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset: the reference's five fields, then what the service tells beyond them.

    Attributes:
        id: opaque.
        name: unique in the workspace.
        status: ``building`` or ``ready``; one that could not be built is ``failed``.
        job_count: how many jobs went in. The service does not say; see `docs/client.md`.
        created_at: where the service does not say, when it answered.
        slug, row_count, execution_id, pii_types, formats: where told.
        raw: the dataset as it was sent.
    """

    id: str
    name: str
    status: DatasetStatus
    job_count: int
    created_at: datetime
    slug: str | None = None
    row_count: int | None = None
    execution_id: str | None = None
    pii_types: Mapping[str, int] = field(default_factory=dict)
    formats: tuple[str, ...] = ()
    raw: Raw = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class DatasetProfile:
    """Statistics of a dataset.

    Attributes:
        record_count: records in the dataset.
        total_tokens: estimated over all records.
        avg_quality_score: mean over the jobs, 0.0 to 1.0.
        grade_counts: records by grade.
        pii_type_count: distinct PII types.
        raw: the profile as it was sent.
    """

    record_count: int
    total_tokens: int
    avg_quality_score: float
    grade_counts: Mapping[str, int]
    pii_type_count: int
    raw: Raw = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of a dataset's rows."""

    columns: tuple[str, ...]
    rows: tuple[Raw, ...]
    total: int | None
    has_next: bool
