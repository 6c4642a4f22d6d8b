"""A route whose handler is a plain typed function.

Its signature is both the validation of the request and the OpenAPI description of it.
"""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from flexorchd.engine.api.envelope import Answer, ApiError, invalid, not_found

Handler = Callable[..., "Answer | Response | Awaitable[Answer | Response]"]

_LARGEST_BODY = 1024 * 1024
_ID = re.compile(r"[1-9][0-9]{0,17}")


class Operation(Route):
    """One method on one path.

    The handler's parameters are told apart by name: those of the path are ids (an impossible id
    is 404, as it names nothing), ``query`` and ``body`` are `msgspec.Struct` classes, ``request``
    is the raw request. A plain function runs in a thread, a coroutine in the event loop.

    Args:
        method: ``GET``, ``POST`` or ``DELETE``.
        path: such as ``/jobs/{job_id}``.
        handler: answers; raises `ApiError` to refuse. Its docstring describes the operation.
        data: the type of the answer's ``data``, for the description.
        status: the status of a good answer.
        media_type: of the answer, where it is not the JSON envelope.
        consumes: media type to JSON schema of the bodies that a raw request may have.
    """

    def __init__(
        self,
        method: str,
        path: str,
        handler: Handler,
        *,
        data: Any = Any,
        status: int = 200,
        media_type: str = "application/json",
        consumes: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self.method = method
        self.handler = handler
        self.data = data
        self.status = status
        self.media_type = media_type
        self.consumes = consumes
        hints = typing.get_type_hints(handler)
        self.ids = [name for name in re.findall(r"{(\w+)}", path) if hints.get(name) is int]
        self.query: Any = hints.get("query")
        self.body: Any = hints.get("body")
        self._takes_request = "request" in hints
        super().__init__(path, self._serve, methods=[method], name=handler.__name__)

    async def _serve(self, request: Request) -> Response:
        arguments: dict[str, Any] = {
            name: identifier(name, request.path_params[name])
            if name in self.ids
            else request.path_params[name]
            for name in self.param_convertors
        }
        if self.query is not None:
            arguments["query"] = _converted(dict(request.query_params), self.query, lax=True)
        if self.body is not None:
            arguments["body"] = _converted(await _json_of(request), self.body, lax=False)
        if self._takes_request:
            arguments["request"] = request
        if inspect.iscoroutinefunction(self.handler):
            answer = await self.handler(**arguments)
        else:
            answer = await run_in_threadpool(self.handler, **arguments)
        return answer.response() if isinstance(answer, Answer) else answer


def identifier(name: str, text: str) -> int:
    """An id as a number.

    Raises:
        ApiError: 404, an impossible id: it names nothing.
    """
    if not _ID.fullmatch(text):
        raise not_found(name.removesuffix("_id").replace("_", " "), text[:40])
    return int(text)


async def _json_of(request: Request) -> Any:
    """The JSON body, ``{}`` for none: clients leave an empty one out."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > _LARGEST_BODY:
            raise ApiError(413, "VALIDATION_ERROR", "The request's JSON is larger than 1 MB.")
        chunks.append(chunk)
    text = b"".join(chunks)
    if not text.strip():
        return {}
    try:
        value = msgspec.json.decode(text)
    except ValueError as error:
        raise invalid("The request's body is not JSON.", 400) from error
    return {} if value is None else value


def _converted(value: Any, kind: Any, *, lax: bool) -> Any:
    try:
        return msgspec.convert(value, type=kind, strict=not lax)
    except ValueError as error:
        raise invalid(str(error).replace("$.", "").replace("`", "'") + ".") from error
