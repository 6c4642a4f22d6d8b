"""Numbers and times as people say them, on pages and terminals."""

from __future__ import annotations

from datetime import datetime

from flexorchd.clock import utc
from flexorchd.rules.naming import display

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def figure(number: float | None) -> str:
    """A number with thin gaps between the thousands; a dash where there is none."""
    return "–" if number is None else f"{number:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def size(number: int | None) -> str:
    """A number of bytes in a few characters."""
    if number is None:
        return "unknown"
    amount = float(number)
    for unit in ("bytes", "KB", "MB", "GB"):
        if amount < 1000:
            return many(number, "byte") if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"


def duration(seconds: float | None) -> str:
    """A length of time in its largest unit that is not nought; two units where the first is small."""
    if seconds is None:
        return "–"
    left = max(0, round(seconds))
    parts: list[str] = []
    for length, unit in _UNITS:
        number, left = divmod(left, length)
        if number or (unit == "s" and not parts):
            parts.append(f"{number}\N{NO-BREAK SPACE}{unit}")
        if parts and (number >= 10 or len(parts) == 2 or unit == "min"):
            break
    return " ".join(parts)


def ago(moment: float | None, now: float) -> str:
    """How long ago something was."""
    if moment is None:
        return "never"
    return "just now" if now - moment < 2 else f"{duration(now - moment)} ago"


def until(moment: float | None, now: float) -> str:
    """In how long something is to be."""
    if moment is None:
        return "–"
    return "now" if moment - now < 1 else f"in {duration(moment - now)}"


def seconds(moment: str | float | None) -> float | None:
    """Seconds since the epoch of a moment in ISO 8601."""
    return datetime.fromisoformat(moment).timestamp() if isinstance(moment, str) else moment


def clock_time(moment: float) -> str:
    """A moment in full, in UTC."""
    return utc(moment).strftime("%Y-%m-%d %H:%M:%S UTC")


def many(number: int, one: str, more: str | None = None) -> str:
    """A number with its noun: ``1 file``, ``3 files``."""
    return f"{figure(number)} {one if number == 1 else more or one + 's'}"


def path(raw: bytes | None) -> str:
    """A path as text."""
    return "" if raw is None else display(raw)
