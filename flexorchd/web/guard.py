"""Stands before every page: hosts, token, origin, and the headers that keep a browser in bounds."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import quote, urlencode

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flexorchd.web.access import COOKIE_SECONDS, Door
from flexorchd.web.origin import is_allowed_host, is_same_origin
from flexorchd.web.views import Views

OPEN = frozenset({"/healthz", "/readyz", "/metrics"})
"""Served to anybody, under any name: they tell numbers only."""
PUBLIC = "/static/"
READING = frozenset({"GET", "HEAD"})

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: that would take the origin away from our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class Guard:
    """ASGI middleware.

    Args:
        app: what is guarded.
        door: knows the token.
        hosts: names that pages are served under.
        views: renders refusals.
    """

    def __init__(self, app: ASGIApp, door: Door, hosts: Collection[str], views: Views) -> None:
        self._app = app
        self._door = door
        self._hosts = hosts
        self._views = views

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, or refuse; see `_refusal`."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_headers(MutableHeaders(scope=message), scope["path"])
            await send(message)

        answer = self._refusal(Request(scope)) or self._app
        await answer(scope, receive, send_with_headers)

    def _refusal(self, request: Request) -> Response | None:
        """The answer to a request that is not let through."""
        if request.scope["path"] in OPEN:
            return None
        if not is_allowed_host(request.headers.get("host"), self._hosts):
            return self._views.refused(421, "host")
        if request.scope["path"].startswith(PUBLIC):
            return None
        if (token := request.query_params.get("token")) is not None:
            return self._enter(request, token)
        if self._door.has_bearer(request.headers.get("authorization")):
            return None if _may_write(request, default=True) else self._views.refused(403, "origin")
        if not self._door.has_cookie(request.cookies):
            return self._views.refused(401, "token", {"WWW-Authenticate": "Bearer"})
        return None if _may_write(request, default=False) else self._views.refused(403, "origin")

    def _enter(self, request: Request, token: str) -> Response:
        """Take the link's token in exchange for a cookie, and it out of the address."""
        if request.method not in READING or not self._door.opens_with(token):
            return self._views.refused(401, "token", {"WWW-Authenticate": "Bearer"})
        target = _without_token(request)
        if request.headers.get("sec-fetch-site") == "cross-site":
            # A strict cookie is not sent along a way that began on another site: begin a new one here.
            response: Response = self._views.page("enter", request, target=target)
        else:
            response = RedirectResponse(target, 303)
        response.set_cookie(
            self._door.cookie_name,
            self._door.cookie,
            max_age=COOKIE_SECONDS,
            httponly=True,
            samesite="strict",
            secure=request.scope["scheme"] == "https",
        )
        return response


def _may_write(request: Request, *, default: bool) -> bool:
    """Whether a request only reads, or was sent by a page of ours.

    Args:
        request: to look at.
        default: for a request that does not say where it comes from, as none of a browser's does.
    """
    headers = request.headers
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if request.method in READING:
        return True
    if origin is None and site is None:
        return default
    return is_same_origin(headers.get("host"), origin, site)


def _without_token(request: Request) -> str:
    # One slash at the start: two would name another host.
    path = "/" + quote(request.scope["path"].lstrip("/"))
    query = [(k, v) for k, v in request.query_params.multi_items() if k != "token"]
    return path + ("?" + urlencode(query) if query else "")


def _add_headers(headers: MutableHeaders, path: str) -> None:
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if not path.startswith(PUBLIC):
        headers.setdefault("Cache-Control", "no-store")
