"""All resources joined into one ASGI application under ``/v1``."""

from __future__ import annotations

import errno
import logging
import sqlite3

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from flexorchd.engine.api import (
    connectors,
    datasets,
    documents,
    executions,
    feedback,
    jobs,
    search,
    usage,
    webhooks,
)
from flexorchd.engine.api.auth import Doorkeeper
from flexorchd.engine.api.envelope import ApiError, json_response
from flexorchd.engine.api.faults import Faults
from flexorchd.engine.api.openapi import describe
from flexorchd.engine.api.operation import Operation
from flexorchd.engine.api.throttle import Throttle
from flexorchd.engine.service import Engine

_log = logging.getLogger(__name__)

PREFIX = "/v1"
_NO_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)
_RESOURCES = (
    *(documents, jobs, executions, feedback, datasets, search),
    *(usage, webhooks, connectors),
)


def create_app(engine: Engine) -> Starlette:
    """The API of an engine, for any ASGI server."""
    operations: list[Operation] = [
        operation for resource in _RESOURCES for operation in resource.routes(engine)
    ]
    routes: list[BaseRoute] = [
        Mount(PREFIX, routes=operations),
        Route("/healthz", _health),
        Route("/openapi.json", lambda _request: json_response(describe(PREFIX, operations))),
    ]
    settings = engine.settings
    return Starlette(
        routes=routes,
        middleware=[
            Middleware(Faults, chaos=settings.chaos),
            Middleware(Doorkeeper, key=settings.key, hosts=settings.allowed_hosts),
            Middleware(Throttle, window=engine.window),
        ],
        exception_handlers={
            ApiError: _refused,
            HTTPException: _no_route,
            ClientDisconnect: _gone,
            OSError: _no_disk,
            sqlite3.OperationalError: _no_disk,
            Exception: _broken,
        },
    )


def _health(_request: Request) -> Response:
    return json_response({"status": "ok"})


def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)  # noqa: S101 - registered for this class
    return error.response()


def _no_route(_request: Request, error: Exception) -> Response:
    """No such path or method: without a service code, unlike an object that is not there."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    return json_response({"detail": error.detail}, error.status_code, error.headers)


def _gone(_request: Request, _error: Exception) -> Response:
    """The client left in the middle of its request; nobody reads this, and nothing was taken."""
    return Response(status_code=400)


def _no_disk(request: Request, error: Exception) -> Response:
    """Nothing was accepted; once there is room it will be."""
    _log.error("a request could not be served", exc_info=error)
    if getattr(error, "errno", None) not in _NO_DISK and not isinstance(error, sqlite3.Error):
        return _broken(request, error)
    return ApiError(
        507,
        "INSUFFICIENT_STORAGE",
        "The engine's disk is full or cannot be written. Make room, then send it again.",
    ).response()


def _broken(_request: Request, _error: Exception) -> Response:
    return ApiError(
        500, "INTERNAL_ERROR", "The engine made a mistake; its log says which. Try again."
    ).response()
