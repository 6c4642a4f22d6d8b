"""From an HTTP reply to an answer or an error: pure, and the same for every call.

The envelope differs by dialect. L: ``{"status", "data", "error"}``; D: ``{"data"}`` or ``{"error"}``;
S knows none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

LONGEST_WAIT = 30 * 86400.0
"""Seconds; a service that asks for more is asked again after these."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, before anybody understood it.

    Attributes:
        call: the name of the operation.
        status, headers, body: as received; header names in lower case.
        at: when it was all there, on the monotonic clock.
        now: the same moment on this machine's clock, for services that tell no ``Date``.
        size: bytes of the body that went elsewhere, for a call with a sink.
    """

    call: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    at: float
    now: datetime
    size: int = 0

    @property
    def is_good(self) -> bool:
        """Whether the status says success."""
        return 200 <= self.status < 300

    @property
    def date(self) -> datetime | None:
        """The service's clock, where it told it."""
        return http_date(self.headers.get("date"))

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait, from a number or an HTTP date."""
        return seconds_to_wait(self.headers.get("retry-after"), self.date or self.now)


def http_date(value: str | None) -> datetime | None:
    """An HTTP date, aware; `None` where there is none."""
    try:
        moment = parsedate_to_datetime(value) if value else None
        return moment and (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def seconds_to_wait(value: object, now: datetime) -> float | None:
    """Seconds from now, at most 30 days, from a number or an HTTP date."""
    text = str(value).strip()
    if re.fullmatch(r"\d{1,15}(\.\d+)?", text, re.ASCII):
        return min(float(text), LONGEST_WAIT)
    until = http_date(text) if isinstance(value, str) else None
    return None if until is None else min(max((until - now).total_seconds(), 0.0), LONGEST_WAIT)


def exact(text: str) -> Decimal:
    """A fraction as it stands, of a magnitude that can be written out.

    Raises:
        ValueError: it cannot.
    """
    number = Decimal(text)
    if not number.is_finite() or abs(number.adjusted()) > 400:
        raise ValueError("a number beyond every measure")
    return number


_decoder = msgspec.json.Decoder(float_hook=exact)


def parse(body: bytes) -> Any:
    """JSON with exact fractions.

    Raises:
        ValueError: not JSON.
    """
    try:
        return _decoder.decode(body)
    except (ArithmeticError, RecursionError) as error:
        raise ValueError("not JSON that can be taken") from error


def unwrap(body: Any) -> tuple[Any, str]:
    """The payload, and the dialect of the envelope it came in."""
    if not isinstance(body, Mapping) or "data" not in body:
        return body, "S"
    if "error" in body and isinstance(body.get("status"), str):
        return body["data"], "L"
    if body.keys() <= {"data", "meta", "error"}:
        return body["data"], "D"
    return body, "S"
