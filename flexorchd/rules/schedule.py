"""When an export is due: five-field cron in a time zone.

A slot that a clock change skips runs at the next minute that exists; a slot that occurs twice runs
once, the first time. Schedules for every hour know no skipped or doubled slot: they go by real hours.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

_FIELDS = 5
_ANY_DAY = datetime(2024, 1, 1)
_MINUTE = timedelta(minutes=1)
_PAST_ANY_CHANGE = timedelta(days=2)


def check_expression(expression: str) -> None:
    """Refuse a cron line that cannot be read, or that never comes.

    Raises:
        ValueError: what is wrong with it.
    """
    if len(expression.split()) != _FIELDS:
        raise ValueError(f"it has {len(expression.split())} fields, not five")
    try:
        next(CronSim(expression, _ANY_DAY))
    except CronSimError as error:
        raise ValueError(str(error).lower()) from None
    except StopIteration:
        raise ValueError("there is no such day") from None


def check_timezone(timezone: str) -> None:
    """Refuse a time zone that this machine does not know.

    Raises:
        ValueError: what is wrong with it.
    """
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"is no time zone: {timezone!r}") from None


def next_slot(expression: str, timezone: str, after: datetime) -> datetime:
    """The first slot later than `after`.

    Args:
        expression: five cron fields, as `check_expression` accepts them.
        timezone: an IANA name.
        after: an aware time.

    Returns:
        The slot, in UTC.
    """
    zone = ZoneInfo(timezone)
    start = after.astimezone(zone)
    return next(slot for slot in _slots(expression, zone, start) if slot > after)


def latest_missed(expression: str, timezone: str, last: datetime, now: datetime) -> datetime | None:
    """The newest slot since `last`, for missed runs are made up once, however many they were.

    Args:
        expression: five cron fields, as `check_expression` accepts them.
        timezone: an IANA name.
        last: the slot that was last attended to, or when the export was new; aware.
        now: aware.

    Returns:
        A slot later than `last` and not later than `now`, in UTC, or None.
    """
    zone = ZoneInfo(timezone)
    start = (now + _PAST_ANY_CHANGE).astimezone(zone)
    backwards = _slots(expression, zone, start, reverse=True)
    newest = next((slot for slot in backwards if slot <= now), None)
    return newest if newest is not None and newest > last else None


def _slots(
    expression: str, zone: ZoneInfo, start: datetime, *, reverse: bool = False
) -> Iterator[datetime]:
    """Slots from `start` on (or back), in UTC.

    A schedule is walked through in wall-clock time without a zone, then each slot is placed in the
    zone, so that cronsim's own ways with clock changes (which differ between ``0 2``, ``*/30 2`` and
    ``0 */2``) do not matter.
    """
    if expression.split()[1] == "*":
        for slot in CronSim(expression, start, reverse=reverse):
            yield slot.astimezone(UTC)
    else:
        for local in CronSim(expression, start.replace(tzinfo=None), reverse=reverse):
            yield _placed(local, zone)


def _placed(local: datetime, zone: ZoneInfo) -> datetime:
    """The first instant that has this wall-clock time, or the first minute after it that exists."""
    slot = local.replace(tzinfo=zone, fold=0)
    while slot.astimezone(UTC).astimezone(zone).replace(fold=0) != slot:
        slot += _MINUTE
    return slot.astimezone(UTC)
