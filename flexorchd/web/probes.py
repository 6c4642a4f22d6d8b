"""What machines ask: is it alive, is it ready, and its metrics."""

from __future__ import annotations

from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from flexorchd.monitoring.health import stuck
from flexorchd.monitoring.metrics import CONTENT_TYPE
from flexorchd.web.site import Site


def routes(site: Site) -> list[Route]:
    """``/healthz``, ``/readyz`` and ``/metrics``."""
    return [
        Route("/healthz", partial(healthz, site)),
        Route("/readyz", partial(readyz, site)),
        site.page("/metrics", metrics),
    ]


# These two do without a worker thread: they answer however busy the pages are.


async def healthz(site: Site, request: Request) -> Response:
    """200 while every stage runs and has stepped of late, else 503 with those that hang."""
    del request
    hanging = {stage.name: round(stage.idle, 1) for stage in stuck(site.pages.health.stages())}
    if hanging:
        return JSONResponse({"status": "stuck", "stages": hanging}, 503)
    return JSONResponse({"status": "ok"})


async def readyz(site: Site, request: Request) -> Response:
    """200 once documents can be taken in and sent, else 503 with what is missing."""
    del request
    missing = list(site.pages.health.missing())
    if missing:
        return JSONResponse({"status": "not ready", "missing": missing}, 503)
    return JSONResponse({"status": "ready"})


def metrics(site: Site, request: Request) -> Response:
    """The metrics in Prometheus' text form."""
    del request
    return Response(site.pages.metrics.text(), headers={"Content-Type": CONTENT_TYPE})
