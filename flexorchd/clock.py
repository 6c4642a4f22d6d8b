"""The edge to time: seconds since the epoch (UTC) and seconds that only ever grow."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Where the daemon gets the time from; tests hand in their own."""

    def now(self) -> float:
        """Seconds since the epoch; a person or NTP may step it."""
        ...

    def monotonic(self) -> float:
        """Seconds that never step back; for pauses and deadlines."""
        ...

    def wait(self, condition: threading.Condition, seconds: float) -> None:
        """Wait until the condition, which is held, is notified, or so many seconds have passed."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        """See `Clock.now`."""
        return time.time()

    def monotonic(self) -> float:
        """See `Clock.monotonic`."""
        return time.monotonic()

    def wait(self, condition: threading.Condition, seconds: float) -> None:
        """See `Clock.wait`."""
        condition.wait(seconds)


def utc(seconds: float) -> datetime:
    """The aware UTC datetime of seconds since the epoch."""
    return datetime.fromtimestamp(seconds, UTC)


def iso(seconds: float | None) -> str | None:
    """ISO 8601 in UTC with a ``Z``, to the millisecond; None stays None."""
    if seconds is None:
        return None
    return utc(seconds).isoformat(timespec="milliseconds").replace("+00:00", "Z")
