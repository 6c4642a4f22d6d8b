"""How long things last, and how long they take, at the pace of late."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

DAY = 86_400.0
PACE_DAYS = 7


def per_day(spent: Mapping[date, int], now: datetime) -> float | None:
    """Documents a day over the last week, or since the first one in it.

    Args:
        spent: how many on each day (UTC).
        now: aware.

    Returns:
        None where nothing was sent in that time.
    """
    today = now.date()
    recent = {
        day: count
        for day, count in spent.items()
        if count > 0 and today - timedelta(PACE_DAYS) < day <= today
    }
    if not recent:
        return None
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    days = (today - min(recent)).days + (now - midnight).total_seconds() / DAY
    # A first morning is no pace yet: what it had may well be all that the day brings.
    return sum(recent.values()) / max(days, 1.0)


def used_up_at(left: int | None, pace: float | None, now: float) -> float | None:
    """When what is left is used up; None where that is not in sight.

    Args:
        left: credits; None is unlimited. A document costs about one.
        pace: a day.
        now: seconds since the epoch.
    """
    if left is None or not pace:
        return None
    return now + max(left, 0) / pace * DAY


def seconds_to_end(waiting: int, ended: int, seconds: float) -> float | None:
    """How long it takes to work off what waits.

    Args:
        waiting: how many wait.
        ended: how many came to an end of late.
        seconds: within how long.
    """
    if not waiting or not ended:
        return None
    return waiting * seconds / ended
