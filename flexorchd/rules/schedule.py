"""When an export is due: five-field cron in a time zone.

A slot that a clock change skips runs at the next minute that exists; a slot that occurs twice runs
once, the first time. Schedules for every hour know no skipped or doubled slot: they go by real hours.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

_FIELDS = 5
_EVERY_HOUR = ("*", "*/1")
_ANY_DAY = datetime(2024, 1, 1)
_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)
_LONGEST_CHANGE = timedelta(days=1)


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
        _zone(timezone)
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
    return next(slot for slot in _slots(expression, _zone(timezone), after) if slot > after)


def latest_missed(expression: str, timezone: str, last: datetime, now: datetime) -> datetime | None:
    """The newest slot since `last`: missed runs are made up once, however many they were.

    Args:
        expression: five cron fields, as `check_expression` accepts them.
        timezone: an IANA name.
        last: the slot that was last attended to, or when the export was new; aware.
        now: aware.

    Returns:
        A slot later than `last` and not later than `now`, in UTC, or None.
    """
    slots = _slots(expression, _zone(timezone), now, backwards=True)
    newest = next((slot for slot in slots if slot <= now), None)
    return newest if newest is not None and newest > last else None


def _zone(timezone: str) -> tzinfo:
    """UTC is known even on a machine that has no list of time zones."""
    return UTC if timezone == "UTC" else ZoneInfo(timezone)


def _slots(
    expression: str, zone: tzinfo, start: datetime, *, backwards: bool = False
) -> Iterator[datetime]:
    """Slots in UTC from a little before `start` on; backwards, from a little after it.

    A schedule is walked through in wall-clock time without a zone, then each slot is placed in the zone.
    cronsim's own ways with clock changes differ between ``0 2``, ``*/30 2`` and ``0 */2``; they serve
    where every hour has its slots.
    """
    if expression.split()[1] in _EVERY_HOUR:
        local = (start + _SECOND if backwards else start).astimezone(zone)
        for slot in CronSim(expression, local, reverse=backwards):
            yield slot.astimezone(UTC)
    else:
        local = (start + _LONGEST_CHANGE if backwards else start).astimezone(zone)
        for slot in CronSim(expression, local.replace(tzinfo=None), reverse=backwards):
            yield _placed(slot, zone)


def _placed(local: datetime, zone: tzinfo) -> datetime:
    """The first instant that has this wall-clock time, or the first minute after it that exists."""
    slot = local.replace(tzinfo=zone, fold=0)
    while slot.astimezone(UTC).astimezone(zone).replace(fold=0) != slot:
        slot += _MINUTE
    return slot.astimezone(UTC)
