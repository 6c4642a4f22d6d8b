"""How answers and errors look on the wire: the service's envelope, with exact numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from flexorchd.formats import exact


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer: ``{"status", "data", "error": null, "meta"?}``.

    Attributes:
        data: anything `exact.dumps` can write.
        status: the HTTP status; 202 says ``accepted``, 204 sends no body.
    """

    data: Any = None
    status: int = 200
    meta: Mapping[str, Any] | None = None

    def response(self) -> Response:
        """The HTTP response."""
        if self.status == 204:
            return Response(status_code=self.status)
        body: dict[str, Any] = {
            "status": "accepted" if self.status == 202 else "success",
            "data": self.data,
            "error": None,
        }
        if self.meta is not None:
            body["meta"] = self.meta
        return json_response(body, self.status)


class ApiError(Exception):
    """A refusal that the client is told about: ``{"status": "error", "error": {code, message}}``.

    Args:
        status: the HTTP status.
        code: the service's name for it.
        message: a sentence for people, which says what to do.
        extra: further keys of ``error``, such as ``min_plan``.
        headers: such as ``Retry-After``.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})

    def response(self) -> Response:
        """The HTTP response."""
        body = {
            "status": "error",
            "data": None,
            "error": {"code": self.code, "message": self.message} | self.extra,
        }
        return json_response(body, self.status, self.headers)


def json_response(
    body: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Any JSON, with amounts as exact numbers."""
    return Response(exact.dumps(body), status, headers, media_type="application/json")


def listing(items: Sequence[Any], total: int, page: int, page_size: int) -> Answer:
    """One page of a list."""
    return Answer({"items": items, "total": total, "page": page, "page_size": page_size})


def not_found(what: str, number: int | str) -> ApiError:
    """404: there is no such thing (any more)."""
    return ApiError(
        404, "NOT_FOUND", f"There is no {what} {number}; see the list for those there are."
    )


def invalid(message: str, status: int = 422) -> ApiError:
    """422 (or 400): the request cannot be understood."""
    return ApiError(status, "VALIDATION_ERROR", message)
