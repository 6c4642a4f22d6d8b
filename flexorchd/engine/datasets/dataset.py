"""A dataset as its rows of the store tell it."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from dataclasses import dataclass, fields
from typing import Literal

IndexStatus = Literal["not_indexed", "indexing", "ready", "failed"]

_NOT_IN_SLUGS = re.compile(r"[^a-z0-9]+")
_LONGEST_SLUG = 80


@dataclass(frozen=True, slots=True)
class Dataset:
    """A named list of executions, with the sums of their figures.

    Attributes:
        slug: the name as a file name, unique like it.
        version: 1, and one more for each change of its members.
        total_chunks: of the keyword index, once that was begun.
        job_count: members; what was forgotten does not count, here and in the other figures.
        privacy_applied: whether every member was masked.
        source_execution_id, source_document_id: of the only member, or None.
    """

    id: int
    name: str
    slug: str
    description: str | None
    version: int
    index_status: IndexStatus
    total_chunks: int
    created_at: str
    updated_at: str
    job_count: int
    row_count: int
    pii_findings_count: int
    masked_record_count: int
    privacy_applied: bool
    source_execution_id: int | None
    source_document_id: int | None

    @property
    def status(self) -> Literal["ready"]:
        """A build is one transaction, so a dataset that exists is ready."""
        return "ready"

    @property
    def summary(self) -> dict[str, object]:
        """The ``dataset_summary`` of the job that built it."""
        return {
            "dataset_id": self.id,
            "name": self.name,
            "slug": self.slug,
            "status": self.status,
            "version": self.version,
            "row_count": self.row_count,
        }


SELECT = """
SELECT d.*,
  d.job_count > 0 AND d.masked_job_count = d.job_count AS privacy_applied,
  e.id AS source_execution_id, e.document_id AS source_document_id
FROM datasets AS d
LEFT JOIN dataset_members AS m ON m.dataset_id = d.id AND d.job_count = 1
LEFT JOIN executions AS e ON e.id = m.execution_id
"""


def dataset_of(row: sqlite3.Row) -> Dataset:
    """A row selected with `SELECT`."""
    values = {field.name: row[field.name] for field in fields(Dataset)}
    return Dataset(**values | {"privacy_applied": bool(values["privacy_applied"])})


def slug_of(name: str) -> str:
    """A name as a file name of ASCII letters, digits and hyphens."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _NOT_IN_SLUGS.sub("-", ascii_only)[:_LONGEST_SLUG].strip("-") or "dataset"
