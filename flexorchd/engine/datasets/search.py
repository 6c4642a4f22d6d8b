"""Search by keyword in the passages of all indexed datasets."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from typing import Any

from flexorchd.engine.store.connection import Connection

MODE = "keyword"

_WORD = re.compile(r"\w+")
_MOST_WORDS = 64
_SHORTEST_STEM = 3
_FROM = """
FROM chunk_words
JOIN dataset_chunks AS c ON c.id = chunk_words.rowid
JOIN datasets AS d ON d.id = c.dataset_id
JOIN executions AS e ON e.id = c.execution_id
JOIN documents AS o ON o.id = e.document_id
WHERE chunk_words MATCH ?
"""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a passage's document must be; None lets all through.

    Attributes:
        grades: any of these.
    """

    document_type: str | None = None
    language: str | None = None
    pii_masked: bool | None = None
    grades: frozenset[str] | None = None


def search(
    connection: Connection, query: str, top_k: int, filters: Filters
) -> tuple[list[dict[str, Any]], int]:
    """The best passages for any of the words, best first, and how many there are in all.

    A word also finds longer ones that begin with it, which stands in for a stemmer in the inflected
    languages. A score lies between 0 and 1 and compares within one answer only.
    """
    expression = match_expression(query)
    if not expression:
        return [], 0
    where, values = _conditions(filters)
    with connection.read() as database:
        total = database.execute(f"SELECT count(*) {_FROM}{where}", (expression, *values))
        count: int = total.fetchone()[0]
        rows = database.execute(
            "SELECT c.*, bm25(chunk_words) AS rank, d.name, e.job_id, e.document_type, e.language,"
            f" e.grade, e.score, e.privacy_applied, o.filename {_FROM}{where}"
            " ORDER BY rank, c.id LIMIT ?",
            (expression, *values, top_k),
        ).fetchall()
    return [_result(row) for row in rows], count


def match_expression(query: str) -> str:
    """The query for SQLite's FTS5: its words, quoted, so that none of them is an operator."""
    words = list(dict.fromkeys(_WORD.findall(query.casefold())))[:_MOST_WORDS]
    return " OR ".join(
        f'"{word}"*' if len(word) >= _SHORTEST_STEM else f'"{word}"' for word in words
    )


def _conditions(filters: Filters) -> tuple[str, list[object]]:
    equal = {
        "e.document_type": filters.document_type,
        "e.language": filters.language,
        "e.privacy_applied": filters.pii_masked,
    }
    given = {column: value for column, value in equal.items() if value is not None}
    where = "".join(f" AND {column} = ?" for column in given)
    values: list[object] = list(given.values())
    if filters.grades is not None:
        where += f" AND e.grade IN ({', '.join('?' * len(filters.grades))})"
        values += sorted(filters.grades)
    return where, values


def _result(row: sqlite3.Row) -> dict[str, Any]:
    relevance = max(-row["rank"], 0.0)
    return {
        "chunk_id": row["chunk_id"],
        "dataset_id": row["dataset_id"],
        "dataset_name": row["name"],
        "score": round(relevance / (1 + relevance), 6),
        "text": row["text"],
        "chunk_index": row["chunk_index"],
        "token_count": row["token_count"],
        "metadata": {
            "job_id": row["job_id"],
            "doc_type": row["document_type"],
            "language": row["language"],
            "quality_grade": row["grade"],
            "quality_score": row["score"],
            "pii_masked": bool(row["privacy_applied"]),
            "source_filename": row["filename"],
            "mode": MODE,
        },
    }
