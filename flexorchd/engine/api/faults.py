"""Faults on purpose: what a client must live with, at rates that its author chooses."""

from __future__ import annotations

import asyncio
import random

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flexorchd.engine.api.envelope import ApiError
from flexorchd.engine.config import Chaos

_UNAVAILABLE = ApiError(503, "SERVICE_UNAVAILABLE", "A fault on purpose (chaos). Try again.")


class Faults:
    """ASGI middleware that breaks, delays or loses answers now and then."""

    def __init__(self, app: ASGIApp, chaos: Chaos) -> None:
        self._app = app
        self._chaos = chaos
        self._random = random.Random(chaos.seed)  # noqa: S311 - not for secrets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Roll the dice for this request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._happens(self._chaos.slow):
            await asyncio.sleep(self._chaos.slow_seconds)
        if self._happens(self._chaos.errors):
            await _UNAVAILABLE.response()(scope, receive, send)
        elif self._happens(self._chaos.lost):
            await self._lose(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _happens(self, rate: float) -> bool:
        return self._random.random() < rate

    async def _lose(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Do the work, then break the connection in the middle of the answer."""

        async def swallow(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send({**message, "headers": [(b"content-length", b"1048576")]})

        await self._app(scope, receive, swallow)
