"""Executions: the results of completed jobs, with their records and their text."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from flexorchd.engine.model import Outcome
from flexorchd.engine.store.connection import Connection
from flexorchd.engine.store.moments import text_of
from flexorchd.engine.store.rows import EXECUTION_COLUMNS, Execution, execution_of
from flexorchd.engine.store.schema import next_id
from flexorchd.formats import exact

_SELECT = f"SELECT {EXECUTION_COLUMNS} FROM executions AS e"
_FEW = 500


class Executions:
    """The rows of ``executions``, ``records`` and ``texts``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, execution_id: int) -> Execution | None:
        """The execution, or None if there is none (any more)."""
        return next(iter(self.of_ids([execution_id])), None)

    def of_ids(self, execution_ids: Sequence[int]) -> list[Execution]:
        """Those of these executions that exist, in this order."""
        return self._ordered("id", execution_ids)

    def of_jobs(self, job_ids: Sequence[int]) -> list[Execution]:
        """The executions of those of these jobs that have completed, in this order."""
        return self._ordered("job_id", job_ids)

    def records(self, execution_id: int) -> Iterator[dict[str, Any]]:
        """The records (rows of a dataset), masked where the job's settings asked for it.

        Amounts are `Decimal`, dates ISO texts.
        """
        with self._connection.read() as database:
            rows = database.execute(
                "SELECT body FROM records WHERE execution_id = ? ORDER BY position",
                (execution_id,),
            )
            for row in rows:
                yield exact.loads(row["body"])

    def text(self, execution_id: int) -> str | None:
        """The whole text, masked where the job's settings asked for it."""
        with self._connection.read() as database:
            row = database.execute(
                "SELECT body FROM texts WHERE execution_id = ?", (execution_id,)
            ).fetchone()
        return row["body"] if row else None

    def _ordered(self, column: str, keys: Sequence[int]) -> list[Execution]:
        found: dict[int, Execution] = {}
        with self._connection.read() as database:
            for start in range(0, len(keys), _FEW):
                few = keys[start : start + _FEW]
                marks = ", ".join("?" * len(few))
                rows = database.execute(f"{_SELECT} WHERE e.{column} IN ({marks})", few)
                found |= {row[f"e_{column}"]: execution_of(row) for row in rows}
        return [found[key] for key in dict.fromkeys(keys) if key in found]


def keep(
    database: sqlite3.Connection,
    job_id: int,
    outcome: Outcome,
    started_at: datetime,
    now: datetime,
) -> int | None:
    """End a job well: keep its outcome.

    Returns:
        The execution's id, or None if the job has been erased in the meantime.
    """
    row = database.execute(
        "UPDATE jobs SET status = 'completed', started_at = ?, completed_at = ?"
        " WHERE id = ? AND status = 'queued' RETURNING document_id",
        (text_of(started_at), text_of(now), job_id),
    ).fetchone()
    if row is None:
        return None
    execution_id = next_id(database)
    columns = {
        "id": execution_id,
        "job_id": job_id,
        "document_id": row["document_id"],
        "created_at": text_of(now),
        "document_type": outcome.classification.document_type,
        "language": outcome.language,
        "grade": outcome.quality.grade,
        "score": outcome.quality.score,
        "field_fill_rate": outcome.quality.field_fill_rate,
        "row_count": len(outcome.fields.records),
        "pii_findings_count": sum(outcome.pii_types.values()),
        "masked_record_count": outcome.masked_record_count,
        "privacy_applied": outcome.privacy_applied,
        "detail": exact.dumps(_detail(outcome)),
    }
    names = ", ".join(columns)
    marks = ", ".join(f":{name}" for name in columns)
    database.execute(
        f"INSERT INTO executions ({names}) VALUES ({marks})",
        columns,
    )
    database.executemany(
        "INSERT INTO records VALUES (?, ?, ?)",
        [
            (execution_id, position, exact.dumps(record))
            for position, record in enumerate(outcome.fields.records)
        ],
    )
    database.execute("INSERT INTO texts VALUES (?, ?)", (execution_id, outcome.text))
    return execution_id


def _detail(outcome: Outcome) -> dict[str, Any]:
    """What is shown of an outcome but never searched or sorted by."""
    columns = dict.fromkeys(name for record in outcome.fields.records for name in record)
    classification = asdict(outcome.classification)
    return {
        "fields": outcome.fields.values,
        "methods": outcome.fields.methods,
        "confidence": outcome.fields.confidence,
        "columns": list(columns),
        "pii_types": outcome.pii_types,
        "classification": classification,
        "noise": outcome.quality.noise,
        "ocr_confidence": outcome.quality.ocr_confidence,
        "warnings": outcome.quality.warnings,
        "content_kind": outcome.content_kind,
        "page_count": outcome.page_count,
        "title": outcome.title,
        "attachments": outcome.attachments,
        "signatures": outcome.signatures,
    }
