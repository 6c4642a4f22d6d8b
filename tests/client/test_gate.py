"""The gate sees every single request, and may stop it."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from flexorchd.client import Exchange, FlexOrchError, RateLimitError, ServiceError
from tests.client.conftest import client_of
from tests.client.double import Double


class Notes:
    """A gate that takes notes."""

    def __init__(self) -> None:
        self.entered: list[str] = []
        self.left: list[Exchange] = []

    def enter(self, operation: str) -> None:
        self.entered.append(operation)

    def leave(self, exchange: Exchange) -> None:
        self.left.append(exchange)


class ClosedError(Exception):
    """The gate is closed."""


class Closed(Notes):
    def enter(self, operation: str) -> None:
        raise ClosedError(operation)


def test_every_request_passes_the_gate(invoice: Path) -> None:
    notes = Notes()
    client = client_of(Double("L"), gate=notes)
    client.documents.upload(invoice).wait_until_done()
    assert notes.entered == ["documents.upload", "jobs.get", "jobs.get"]
    assert [exchange.operation for exchange in notes.left] == notes.entered
    first = notes.left[0]
    assert first.status == 202
    assert first.error is None
    assert first.bytes_sent > invoice.stat().st_size
    assert first.server_date
    assert first.server_date.tzinfo
    assert first.seconds >= 0


def test_every_try_passes_the_gate() -> None:
    notes, answers = Notes(), [503, 429, 200]

    def handler(request: httpx.Request) -> httpx.Response:
        body = {"plan": "pro", "usage": {"credits": {"used": 1}}}
        return httpx.Response(answers.pop(0), json=body, headers={"Retry-After": "3"})

    client = client_of(handler, gate=notes)
    assert client.usage.current().credits_limit is None
    assert [exchange.status for exchange in notes.left] == [503, 429, 200]
    assert [exchange.retry_after for exchange in notes.left] == [3, 3, 3]
    kinds = [type(exchange.error) for exchange in notes.left]
    assert kinds == [ServiceError, RateLimitError, type(None)]


def test_a_view_has_its_own_gate_and_the_same_connections() -> None:
    double, one, other = Double("L"), Notes(), Notes()
    client = client_of(double, gate=one)
    view = client.using(other)
    client.usage.current()
    view.usage.rate_limits()
    assert one.entered == ["usage.current"]
    assert other.entered == ["usage.rate_limits"]
    assert view.dialects == client.dialects


def test_what_the_gate_raises_reaches_the_caller_and_nothing_is_sent(invoice: Path) -> None:
    double, closed = Double("L"), Closed()
    client = client_of(double, gate=closed)
    for act in (client.usage.current, lambda: client.documents.upload(invoice)):
        with pytest.raises(ClosedError):
            act()
    assert double.requests == []
    assert closed.left == []


def test_a_lost_request_is_told_to_the_gate() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow")

    notes = Notes()
    with pytest.raises(FlexOrchError):
        client_of(handler, gate=notes, retry_for=0).usage.current()
    assert notes.left[0].status is None
    assert notes.left[0].error is not None
