"""The rows of a dataset: the records of its members, each with where it comes from."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from flexorchd.engine.datasets.dataset import Dataset
from flexorchd.engine.store.connection import Connection
from flexorchd.formats import METADATA, Row, cells, exact

_SELECT = """
SELECT e.job_id, e.document_type, e.language, e.grade, e.score, e.privacy_applied, r.body
FROM dataset_members AS m
JOIN executions AS e ON e.id = m.execution_id
JOIN records AS r ON r.execution_id = e.id
WHERE m.dataset_id = ? AND m.position BETWEEN ? AND ?
ORDER BY m.position, r.position
"""
_SELECT_WITH_TEXT = """
SELECT e.job_id, e.document_type, e.language, e.grade, e.score, e.privacy_applied, r.body,
  d.filename, t.body AS text
FROM dataset_members AS m
JOIN executions AS e ON e.id = m.execution_id
JOIN documents AS d ON d.id = e.document_id
JOIN records AS r ON r.execution_id = e.id
LEFT JOIN texts AS t ON t.execution_id = e.id AND r.position = 0
WHERE m.dataset_id = ? AND m.position BETWEEN ? AND ?
ORDER BY m.position, r.position
"""
_AT_ONCE = 200  # rows in memory
_AT_ONCE_WITH_TEXT = 20


@dataclass(frozen=True, slots=True)
class DatasetRows:
    """All rows of a dataset, as often as they are iterated, a few in memory at a time.

    No transaction outlives a step of the iteration: a reader who stalls must not keep what has
    been forgotten in the write-ahead log.

    Attributes:
        with_text: each document's first row also has its ``text``, masked like the record, and
            every row its ``source_filename``: for passages, not for tables.
        grades: only rows of these grades, or of all where None.
    """

    connection: Connection
    dataset_id: int
    with_text: bool = False
    grades: frozenset[str] | None = None

    def __iter__(self) -> Iterator[Row]:
        for row in self._from(0):
            if self.grades is None or row["quality_grade"] in self.grades:
                yield row

    def page(self, start: int, size: int) -> list[Row]:
        """`size` rows after the first `start`; whole documents are skipped unread."""
        return list(islice(self._from(start), size))

    def _from(self, start: int) -> Iterator[Row]:
        select = _SELECT_WITH_TEXT if self.with_text else _SELECT
        row_of = _row_with_text if self.with_text else _row
        for first, last, skipped in self._groups(start):
            with self.connection.read() as database:
                found = database.execute(select, (self.dataset_id, first, last)).fetchall()
            yield from (row_of(row) for row in islice(found, skipped, None))

    def _groups(self, start: int) -> Iterator[tuple[int, int, int]]:
        """Runs of members: first and last position, and how many of their rows are skipped."""
        at_once = _AT_ONCE_WITH_TEXT if self.with_text else _AT_ONCE
        first: int | None = None
        rows = skipped = 0
        position = 0
        for position, row_count in self._members():
            if first is None and row_count <= start:
                start -= row_count
                continue
            if first is None:
                first, skipped, start = position, start, 0
            rows += row_count
            if rows >= at_once:
                yield first, position, skipped
                first, rows = None, 0
        if first is not None:
            yield first, position, skipped

    def _members(self) -> list[tuple[int, int]]:
        with self.connection.read() as database:
            return [
                (row["position"], row["row_count"])
                for row in database.execute(
                    "SELECT position, row_count FROM dataset_members WHERE dataset_id = ?"
                    " ORDER BY position",
                    (self.dataset_id,),
                )
            ]


def columns(connection: Connection, dataset: Dataset) -> list[str]:
    """The columns of the rows: `METADATA`, then the fields in order of first appearance."""
    with connection.read() as database:
        rows = database.execute(
            "SELECT j.value FROM dataset_members AS m"
            " JOIN executions AS e ON e.id = m.execution_id,"
            " json_each(CAST(e.detail AS TEXT), '$.columns') AS j"
            " WHERE m.dataset_id = ? GROUP BY j.value ORDER BY min(m.position), min(j.key)",
            (dataset.id,),
        ).fetchall()
    return list(dict.fromkeys([*METADATA, *(row["value"] for row in rows)]))


def mentions(text: str) -> Callable[[Row], bool]:
    """Whether a row has the text in one of its document's values, in whatever case."""
    sought = text.casefold()
    return lambda row: any(
        sought in cells.text(value).casefold()
        for name, value in row.items()
        if name not in METADATA
    )


def _row(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "job_id": row["job_id"],
        "document_type": row["document_type"],
        "language": row["language"],
        "quality_grade": row["grade"],
        "quality_score": row["score"],
        "pii_masked": bool(row["privacy_applied"]),
        **exact.loads(row["body"]),
    }


def _row_with_text(row: sqlite3.Row) -> dict[str, Any]:
    text = {} if row["text"] is None else {"text": row["text"]}
    return text | _row(row) | {"source_filename": row["filename"]}
