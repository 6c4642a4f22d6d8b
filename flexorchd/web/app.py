"""All pages joined into one ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from flexorchd.web import actions, datasets, failures, files, overview, probes, quality
from flexorchd.web.guard import HEADERS, Guard
from flexorchd.web.site import Pages, Site

log = structlog.get_logger()

STATIC = Path(__file__).with_name("static")

_MESSAGES = {
    403: "That form was not sent by this page. Reload it and try again.",
    404: "There is nothing at this address. A file that the ledger has let go of has no page any more.",
    405: "This address is for a button.",
    422: "Something was left out. Go back and try again.",
}


def create_app(pages: Pages) -> Starlette:
    """The status page, the metrics and the health checks of a daemon.

    Args:
        pages: what they read from, and how they ask.
    """
    site = Site(pages)
    resources = (overview, files, failures, quality, datasets, actions, probes)

    @asynccontextmanager
    async def running(app: Starlette) -> AsyncIterator[None]:
        del app
        pages.survey.prepare()
        yield
        site.threads.close()

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
        text = _MESSAGES.get(error.status_code, "That did not work.")
        title = HTTPStatus(error.status_code).phrase
        return site.views.message(request, error.status_code, title, text, error.headers)

    async def broken(request: Request, error: Exception) -> Response:
        log.error("web.failed", path=request.scope["path"], exc_info=error)
        text = "The page could not be made; the log says why. Documents are processed all the same."
        # This answer is made outside of the guard.
        return site.views.message(None, 500, "Something went wrong", text, HEADERS)

    return Starlette(
        routes=[
            *(route for resource in resources for route in resource.routes(site)),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[Middleware(Guard, door=site.door, hosts=pages.allowed_hosts, views=site.views)],
        exception_handlers={HTTPException: refused, Exception: broken},
        lifespan=running,
    )
