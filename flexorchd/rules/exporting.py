"""Which delivered jobs an export takes, and which of its folders are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

GRADES = "ABCD"

Run = TypeVar("Run")


class Graded(Protocol):
    """A job with its grade."""

    @property
    def grade(self) -> str | None:
        """``A`` to ``D``, or None."""
        ...


def good_enough(job: Graded, min_grade: str | None) -> bool:
    """Whether a job meets `min_grade`; one without a grade meets none."""
    if min_grade is None:
        return True
    return job.grade in tuple(GRADES[: GRADES.index(min_grade) + 1])


def to_prune(published: Sequence[Run], keep: int) -> list[Run]:
    """The runs whose folders go.

    Args:
        published: the newest first; the newest is what ``latest`` names and always stays.
        keep: how many stay; 0 keeps all.
    """
    return list(published[max(1, keep) :]) if keep else []
