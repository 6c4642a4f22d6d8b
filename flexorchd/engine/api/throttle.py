"""The plan's request limit, as ASGI middleware."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from flexorchd.engine.api.auth import OPEN_PATHS
from flexorchd.engine.api.envelope import ApiError
from flexorchd.engine.plans import WINDOW_SECONDS

_FREE_PATH = "/v1/usage/rate-limits"


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


class Throttle:
    """ASGI middleware that refuses with 429 and ``Retry-After`` when the window is full."""

    def __init__(self, app: ASGIApp, window: Window) -> None:
        self._app = app
        self._window = window

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it; asking for the limits themselves is free."""
        free = scope["type"] != "http" or scope["path"] in OPEN_PATHS | {_FREE_PATH}
        full = None if free else self._window.take()
        await (self._app if full is None else _refusal(full).response())(scope, receive, send)


def _refusal(rate: Rate) -> ApiError:
    wait = rate.reset_in_seconds
    return ApiError(
        429,
        "RATE_LIMIT_EXCEEDED",
        f"The plan allows {rate.limit} requests a minute. Try again in {wait} seconds.",
        headers={"Retry-After": str(wait)},
    )
