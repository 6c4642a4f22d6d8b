"""How many requests a minute: a fixed window that counts them."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from flexorchd.engine.plans import WINDOW_SECONDS


@dataclass(frozen=True, slots=True)
class Rate:
    """How much of the running window is used.

    Attributes:
        limit: requests a window, or None for no limit.
        reset_in_seconds: whole seconds until the window ends, at least 1.
    """

    limit: int | None
    used: int
    reset_in_seconds: int

    @property
    def remaining(self) -> int | None:
        """Requests left in this window."""
        return None if self.limit is None else max(self.limit - self.used, 0)


class Window:
    """A fixed window of a minute that counts requests.

    Args:
        limit: requests a window, or None for no limit.
        clock: seconds, never going back.
    """

    def __init__(self, limit: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._started = clock()
        self._used = 0

    def take(self) -> Rate | None:
        """Count one request; the full window where it must be refused, else None."""
        with self._lock:
            rate = self._now()
            if rate.remaining == 0:
                return rate
            self._used += 1
            return None

    def rate(self) -> Rate:
        """The running window, without counting."""
        with self._lock:
            return self._now()

    def _now(self) -> Rate:
        elapsed = self._clock() - self._started
        if elapsed >= WINDOW_SECONDS:
            self._started += elapsed // WINDOW_SECONDS * WINDOW_SECONDS
            self._used = 0
            elapsed %= WINDOW_SECONDS
        return Rate(self._limit, self._used, max(math.ceil(WINDOW_SECONDS - elapsed), 1))
