"""The plan's request limit, as ASGI middleware."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from flexorchd.engine.api.auth import OPEN_PATHS
from flexorchd.engine.api.envelope import ApiError
from flexorchd.engine.rate import Rate, Window

_FREE_PATHS = OPEN_PATHS | {"/v1/usage/rate-limits"}


class Throttle:
    """ASGI middleware that refuses with 429 and ``Retry-After`` when the window is full."""

    def __init__(self, app: ASGIApp, window: Window) -> None:
        self._app = app
        self._window = window

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it; asking for the limits themselves is free."""
        free = scope["type"] != "http" or scope["path"] in _FREE_PATHS
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
