"""Who may ask: the API key, the Host header, and no page of another site."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from flexorchd.engine.api.envelope import ApiError

OPEN_PATHS = frozenset({"/healthz", "/openapi.json"})


class Doorkeeper:
    """ASGI middleware that lets in only requests with the key, for a name that is ours.

    Args:
        app: what it guards.
        key: the API key.
        hosts: names that a Host header may have, without port; empty: any. A page that a
            browser resolves to this machine under a foreign name is refused by it.
    """

    def __init__(self, app: ASGIApp, key: str, hosts: Collection[str]) -> None:
        self._app = app
        self._key = key.encode()
        self._hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with the refusal."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope["path"], Headers(scope=scope))
        await (refusal.response() if refusal else self._app)(scope, receive, send)

    def _refusal(self, path: str, headers: Headers) -> ApiError | None:
        host = headers.get("host", "")
        if self._hosts and _name_of(f"//{host}") not in self._hosts:
            return ApiError(421, "UNKNOWN_HOST", "This engine does not serve that host name.")
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host:
            return ApiError(403, "CROSS_SITE", "Requests from pages of other sites are refused.")
        if path in OPEN_PATHS or self._knows(headers):
            return None
        return ApiError(
            401,
            "INVALID_API_KEY",
            "The API key is missing or wrong. Send the engine's key in the header X-API-KEY.",
        )

    def _knows(self, headers: Headers) -> bool:
        bearer = headers.get("authorization", "").removeprefix("Bearer ").strip()
        given = headers.get("x-api-key") or bearer
        return hmac.compare_digest(given.encode(), self._key)


def _name_of(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
