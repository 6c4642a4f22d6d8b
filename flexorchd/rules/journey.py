"""A file's way in legs: from each milestone to the next that is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Milestones:
    """When a version passed each, in seconds since the epoch; None where it did not, or nobody knows."""

    found_at: float
    settled_at: float | None
    hashed_at: float | None
    sent_at: float | None
    ready_at: float | None
    ended_at: float | None


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of the way, with the name of the stage that it led through."""

    name: str
    start: float
    end: float


def legs(passed: Milestones) -> Iterator[Leg]:
    """The legs, each beginning where the one before it ended.

    One that was not gone is left out: a duplicate was sent before it was found. What failed on its way to a
    milestone has its last leg there, and then that of its delivery.
    """
    at = passed.found_at
    for name, end in _stages(passed):
        if end is not None and end >= at:
            yield Leg(name, at, end)
            at = end


def _stages(passed: Milestones) -> Iterator[tuple[str, float | None]]:
    last = "processing"
    for name, end in (
        ("settle", passed.settled_at),
        ("fingerprint", passed.hashed_at),
        ("upload", passed.sent_at),
    ):
        if end is None:
            last = name
            break
        yield name, end
    yield last, passed.ready_at
    yield "deliver", passed.ended_at
