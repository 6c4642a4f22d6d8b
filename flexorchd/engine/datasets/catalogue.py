"""The catalogue of datasets: what the API asks of them, each with its SQL or where that stands."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from flexorchd import formats
from flexorchd.engine.datasets import build as building
from flexorchd.engine.datasets import profile as figures
from flexorchd.engine.datasets import tables
from flexorchd.engine.datasets.build import Build, Built
from flexorchd.engine.datasets.dataset import SELECT, Dataset, dataset_of
from flexorchd.engine.datasets.index import Indexer
from flexorchd.engine.datasets.rows import DatasetRows, columns, mentions
from flexorchd.engine.datasets.search import Filters, search
from flexorchd.engine.store.connection import Connection

T = TypeVar("T")

_GRADES = "ABCD"


@dataclass(frozen=True, slots=True)
class Query:
    """Which datasets; None asks for all.

    Attributes:
        text: is part of the name, in whatever case.
        execution_id, job_id, document_id: is a member.
    """

    text: str | None = None
    execution_id: int | None = None
    job_id: int | None = None
    document_id: int | None = None


class Datasets:
    """The datasets of one engine. Threads may share it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        connection.write(tables.prepare)
        self._indexer = Indexer(connection)
        self._indexer.wake()  # the last stop may have cut something off

    def close(self) -> None:
        """Stop the indexing; what is unfinished goes on after the next start."""
        self._indexer.close()

    def build(self, wanted: Build, now: datetime) -> Built:
        """Build a dataset; it and its job are durable on return.

        Raises:
            NameTakenError: another dataset has the name.
        """
        built = self._connection.write(lambda database: building.build(database, wanted, now))
        self._indexer.wake()
        return built

    def get(self, dataset_id: int) -> Dataset | None:
        """The dataset, or None if there is none (any more)."""
        return next(iter(self._select("WHERE d.id = ?", (dataset_id,))), None)

    def page(self, query: Query, limit: int, offset: int) -> tuple[list[Dataset], int]:
        """Datasets, newest first, and how many there are in all."""
        where, values = _condition(query)
        found = self._select(
            f"{where} ORDER BY d.id DESC LIMIT ? OFFSET ?", [*values, limit, offset]
        )
        with self._connection.read() as database:
            total = database.execute(f"SELECT count(*) FROM datasets AS d{where}", values)
            return found, total.fetchone()[0]

    def newest_of(self, execution_id: int) -> Dataset | None:
        """The newest dataset that the execution is a member of."""
        newest = "(SELECT max(dataset_id) FROM dataset_members WHERE execution_id = ?)"
        return next(iter(self._select(f"WHERE d.id = {newest}", (execution_id,))), None)

    def delete(self, dataset_id: int) -> None:
        """Delete the dataset and its index; the executions stay."""
        self._connection.write(
            lambda database: database.execute("DELETE FROM datasets WHERE id = ?", (dataset_id,))
        )

    def columns(self, dataset: Dataset) -> list[str]:
        """The columns of its rows."""
        return columns(self._connection, dataset)

    def rows(self, dataset: Dataset, start: int, size: int) -> list[formats.Row]:
        """`size` rows after the first `start`."""
        return DatasetRows(self._connection, dataset.id).page(start, size)

    def rows_with(
        self, dataset: Dataset, text: str, start: int, size: int
    ) -> tuple[list[formats.Row], int]:
        """The same of the rows that hold this text, and how many those are."""
        mentioned = filter(mentions(text), DatasetRows(self._connection, dataset.id))
        return _part(mentioned, start, size)

    def chunks(
        self,
        dataset: Dataset,
        start: int,
        size: int,
        grades: frozenset[str] | None = None,
        pii_masked: bool | None = None,
    ) -> tuple[list[formats.Chunk], int]:
        """`size` passages after the first `start`, and how many there are in all.

        They are made as they are asked for, so a dataset need not be indexed to be chunked.
        """
        rows = DatasetRows(self._connection, dataset.id, with_text=True)
        wanted = (
            chunk
            for chunk in formats.chunks(rows, dataset.slug)
            if (grades is None or chunk["metadata"]["quality_grade"] in grades)
            and pii_masked in (None, chunk["metadata"]["pii_masked"])
        )
        return _part(wanted, start, size)

    def export(
        self, dataset: Dataset, format: formats.Format, min_grade: str = "D"
    ) -> Iterator[bytes]:
        """The dataset as a file, in blocks, made as they are asked for.

        Raises:
            formats.MissingExtraError: a library is not installed.
        """
        grades = frozenset(_GRADES[: _GRADES.index(min_grade) + 1])
        passages = format.name == "rag"
        rows = DatasetRows(self._connection, dataset.id, passages, grades)
        return formats.stream(
            format.name,
            rows,
            columns=None if passages else self.columns(dataset),
            name=dataset.slug,
        )

    def profile(self, dataset: Dataset) -> dict[str, Any]:
        """Its figures, in all shapes that clients read."""
        return figures.profile(self._connection, dataset)

    def pii_types(self, dataset: Dataset) -> dict[str, int]:
        """PII type to number of findings."""
        return figures.pii_types(self._connection, dataset)

    def compliance_report(self, dataset: Dataset, plan: str) -> dict[str, Any]:
        """The personal data in it, and the law that it comes under."""
        return figures.compliance_report(self._connection, dataset, plan)

    def index(self, dataset: Dataset) -> None:
        """Make it searchable, soon."""
        self._connection.write(
            lambda database: database.execute(
                "UPDATE datasets SET index_status = 'indexing' WHERE id = ?", (dataset.id,)
            )
        )
        self._indexer.wake()

    def chunks_indexed(self, dataset: Dataset) -> int:
        """How many of its passages can be found."""
        with self._connection.read() as database:
            row = database.execute(
                "SELECT count(*) FROM dataset_chunks WHERE dataset_id = ?", (dataset.id,)
            ).fetchone()
        return int(row[0])

    def search(self, query: str, top_k: int, filters: Filters) -> tuple[list[dict[str, Any]], int]:
        """The best passages of all indexed datasets, and how many were found in all."""
        return search(self._connection, query, top_k, filters)

    def _select(self, where: str, values: Sequence[object]) -> list[Dataset]:
        with self._connection.read() as database:
            rows: list[sqlite3.Row] = database.execute(f"{SELECT} {where}", values).fetchall()
        return [dataset_of(row) for row in rows]


def _condition(query: Query) -> tuple[str, list[object]]:
    members = (
        "d.id IN (SELECT m.dataset_id FROM dataset_members AS m"
        " JOIN executions AS e ON e.id = m.execution_id WHERE e.{} = ?)"
    )
    conditions = {
        "instr(lower(d.name), lower(?))": query.text,
        members.format("id"): query.execution_id,
        members.format("job_id"): query.job_id,
        members.format("document_id"): query.document_id,
    }
    given = {condition: value for condition, value in conditions.items() if value is not None}
    return " WHERE " + " AND ".join(["TRUE", *given]), list(given.values())


def _part(items: Iterable[T], start: int, size: int) -> tuple[list[T], int]:
    """`size` items after the first `start`, and the number of all."""
    part = []
    total = 0
    for total, item in enumerate(items, start=1):
        if start < total <= start + size:
            part.append(item)
    return part, total
