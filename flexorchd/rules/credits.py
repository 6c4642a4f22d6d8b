"""How many more documents the credits and the configured limits allow."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Room:
    """How many documents may still be sent, and the code of what ends it."""

    documents: int
    code: str


def room(
    credits_left: int | None, reserve: int, credits_per_day: int, spent_today: int
) -> Room | None:
    """The narrowest limit; None where there is none.

    Args:
        credits_left: None is unlimited, or not known.
        reserve: credits that are not to be used.
        credits_per_day: 0 is off.
        spent_today: credits used since midnight, UTC.
    """
    limits = []
    if credits_per_day:
        limits.append(Room(max(0, credits_per_day - spent_today), "CREDITS_PER_DAY"))
    if credits_left is not None:
        code = "RESERVE" if reserve and credits_left else "QUOTA_EXCEEDED"
        limits.append(Room(max(0, credits_left - reserve), code))
    return min(limits, key=lambda limit: limit.documents, default=None)
