"""What a dataset holds, counted while its rows go by."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import SupportsFloat, TypedDict

from flexorchd.formats.rows import Row


class Profile(TypedDict):
    """The service's figures for a dataset, and its columns in the order of first appearance."""

    record_count: int
    total_tokens: int
    avg_quality_score: float | None
    grade_counts: dict[str, int]
    pii_type_count: int
    columns: list[str]


def profile(rows: Iterable[Row], pii_types: Collection[str] = ()) -> Profile:
    """Count the rows, in one reading.

    Args:
        rows: with the columns of `flexorchd.formats.METADATA` where they are known.
        pii_types: the distinct types found in the documents; it is read after the rows, so a set
            that grows while they are read will do.

    Returns:
        Grades are counted by record. The mean score is that of the jobs, whose rows are adjacent,
        from 0.0 to 1.0, or None where no row has a score. A token is three quarters of a word.
    """
    grades: Counter[str] = Counter()
    columns: dict[str, None] = {}
    scores = _Mean()
    records = words = 0
    for row in rows:
        records += 1
        words += sum(map(word_count, row.values()))
        columns.update(dict.fromkeys(row))
        scores.add(row)
        if isinstance(grade := row.get("quality_grade"), str):
            grades[grade] += 1
    return Profile(
        record_count=records,
        total_tokens=_tokens(words),
        avg_quality_score=scores.value,
        grade_counts=dict(sorted(grades.items())),
        pii_type_count=len(pii_types),
        columns=list(columns),
    )


class _Mean:
    """The mean score of jobs, each taken once though it may have several rows."""

    def __init__(self) -> None:
        self._job: object = None
        self._sum = 0.0
        self._jobs = 0

    def add(self, row: Row) -> None:
        job, score = row.get("job_id"), row.get("quality_score")
        repeated = job is not None and job == self._job
        self._job = job
        if isinstance(score, SupportsFloat) and not repeated:
            self._sum += fraction(float(score), row.get("quality_grade"))
            self._jobs += 1

    @property
    def value(self) -> float | None:
        return round(self._sum / self._jobs, 4) if self._jobs else None


def fraction(score: float, grade: object) -> float:
    """A score from 0.0 to 1.0; the service writes both 91.0 and 0.92 (the API guide, "Scores")."""
    in_hundreds = score > 1 or (score == 1 and grade == "D")
    return score / 100 if in_hundreds else score


def word_count(value: object) -> int:
    """The words in a value: a number is one, nothing is none."""
    match value:
        case None:
            return 0
        case str():
            return len(value.split())
        case Mapping():
            return sum(map(word_count, value.values()))
        case list() | tuple():
            return sum(map(word_count, value))
        case _:
            return 1


def token_count(text: str) -> int:
    """Tokens as the service estimates them: words times four thirds."""
    return _tokens(word_count(text))


def _tokens(words: int) -> int:
    return math.ceil(words * 4 / 3)
