"""Building: a dataset and its job appear in one transaction, or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import count

from flexorchd.engine.datasets.dataset import SELECT, Dataset, dataset_of, slug_of
from flexorchd.engine.store.jobs import complete_build, insert_build
from flexorchd.engine.store.moments import text_of
from flexorchd.engine.store.schema import next_id
from flexorchd.engine.store.webhooks import owe


class Taken(Enum):
    """What is done when a dataset has the name already."""

    REFUSE = "refuse"
    ADOPT = "adopt"
    """It is the answer, if it has these very members; refused otherwise."""
    EXTEND = "extend"
    """It gets the members that it lacks."""
    REBUILD = "rebuild"
    """It gets these members in place of its own, and keeps its id."""
    REPLACE = "replace"
    """It is deleted; the new one has an id of its own."""


@dataclass(frozen=True, slots=True)
class Build:
    """What is to be built.

    Attributes:
        execution_ids: the members in order, each once, each with records.
        slug: a wish; the name's is taken where there is none, a number is added where it is taken.
    """

    name: str
    execution_ids: Sequence[int]
    description: str | None = None
    slug: str | None = None
    taken: Taken = Taken.REFUSE


@dataclass(frozen=True, slots=True)
class Built:
    """The job of a build, and what it built."""

    job_id: int
    dataset: Dataset


class NameTakenError(Exception):
    """Another dataset has this name."""

    def __init__(self, name: str, dataset_id: int) -> None:
        super().__init__(name, dataset_id)
        self.name = name
        self.dataset_id = dataset_id

    def __str__(self) -> str:
        return (
            f"Dataset {self.dataset_id} already has the name {self.name!r}. Choose another name, or"
            " send replace_existing, force_rebuild or incremental."
        )


def build(database: sqlite3.Connection, wanted: Build, now: datetime) -> Built:
    """Build, inside a transaction; the job is there and done when the transaction is.

    Raises:
        NameTakenError: and nothing is changed.
    """
    dataset_id = _dataset_id(database, wanted, now)
    row = database.execute(f"{SELECT} WHERE d.id = ?", (dataset_id,)).fetchone()
    dataset = dataset_of(row)
    job_id = insert_build(database, now)
    complete_build(database, job_id, dataset.summary, now)
    owe(database, "dataset.ready", _announcement(job_id, dataset), now)
    return Built(job_id, dataset)


def _announcement(job_id: int, dataset: Dataset) -> dict[str, object]:
    return {
        "job_id": job_id,
        "status": dataset.status,
        "quality_grade": None,
        "pii_findings_count": dataset.pii_findings_count,
        "dataset_id": dataset.id,
        "dataset_name": dataset.name,
        "row_count": dataset.row_count,
    }


def _dataset_id(database: sqlite3.Connection, wanted: Build, now: datetime) -> int:
    row = database.execute("SELECT id FROM datasets WHERE name = ?", (wanted.name,)).fetchone()
    if row is None:
        return _created(database, wanted, now)
    known: int = row["id"]
    match wanted.taken:
        case Taken.REPLACE:
            database.execute("DELETE FROM datasets WHERE id = ?", (known,))
            return _created(database, wanted, now)
        case Taken.REBUILD:
            database.execute("DELETE FROM dataset_members WHERE dataset_id = ?", (known,))
            _change(database, known, wanted, wanted.execution_ids, now)
        case Taken.EXTEND:
            members = _members(database, known)
            missing = [number for number in wanted.execution_ids if number not in members]
            if missing:
                _change(database, known, wanted, missing, now)
        case Taken.ADOPT if _members(database, known) == set(wanted.execution_ids):
            pass
        case _:
            raise NameTakenError(wanted.name, known)
    return known


def _created(database: sqlite3.Connection, wanted: Build, now: datetime) -> int:
    dataset_id = next_id(database)
    moment = text_of(now)
    slug = _free_slug(database, slug_of(wanted.slug or wanted.name))
    database.execute(
        "INSERT INTO datasets (id, name, slug, description, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (dataset_id, wanted.name, slug, wanted.description, moment, moment),
    )
    _add(database, dataset_id, wanted.execution_ids)
    return dataset_id


def _free_slug(database: sqlite3.Connection, slug: str) -> str:
    candidates = (f"{slug}-{number}" if number > 1 else slug for number in count(1))
    taken = "SELECT 1 FROM datasets WHERE slug = ?"
    return next(name for name in candidates if not database.execute(taken, (name,)).fetchone())


def _members(database: sqlite3.Connection, dataset_id: int) -> set[int]:
    rows = database.execute(
        "SELECT execution_id FROM dataset_members WHERE dataset_id = ?", (dataset_id,)
    )
    return {row["execution_id"] for row in rows}


def _change(
    database: sqlite3.Connection,
    dataset_id: int,
    wanted: Build,
    added: Sequence[int],
    now: datetime,
) -> None:
    """Add members to a known dataset; what was indexed is indexed again."""
    _add(database, dataset_id, added)
    database.execute(
        "UPDATE datasets SET version = version + 1, updated_at = ?, total_chunks = 0,"
        " description = coalesce(?, description),"
        " index_status = iif(index_status = 'not_indexed', 'not_indexed', 'indexing')"
        " WHERE id = ?",
        (text_of(now), wanted.description, dataset_id),
    )


def _add(database: sqlite3.Connection, dataset_id: int, execution_ids: Sequence[int]) -> None:
    """Add those that are still there: one may have been forgotten since it was asked for."""
    last = database.execute(
        "SELECT coalesce(max(position), -1) FROM dataset_members WHERE dataset_id = ?",
        (dataset_id,),
    ).fetchone()[0]
    database.executemany(
        "INSERT INTO dataset_members SELECT ?, ?, id, privacy_applied, row_count,"
        " pii_findings_count, masked_record_count FROM executions WHERE id = ?",
        [
            (dataset_id, position, execution_id)
            for position, execution_id in enumerate(execution_ids, start=last + 1)
        ],
    )
