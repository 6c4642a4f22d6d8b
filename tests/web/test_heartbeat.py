import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from flexorchd.monitoring.health import StageHealth
from flexorchd.monitoring.heartbeat import (
    EVERY_SECONDS,
    PATIENCE_SECONDS,
    HeartbeatStage,
    Look,
    Pulse,
    felt,
)
from tests.web.conftest import Clock, Health
from tests.web.filled import NOW, Book, open_book

looks = st.builds(
    Look,
    at=st.floats(0, 1e6),
    well=st.booleans(),
    open=st.integers(0, 3),
    ended=st.integers(0, 3),
)


@given(st.lists(looks))
def test_a_daemon_that_is_not_well_is_never_told_alive(seen: list[Look]) -> None:
    pulse = Pulse()
    for look in sorted(seen, key=lambda look: look.at):
        pulse, goes_on = felt(pulse, look)
        assert goes_on <= look.well


@given(st.lists(looks))
def test_idle_and_working_daemons_that_are_well_are_told_alive(seen: list[Look]) -> None:
    pulse = Pulse()
    for look in sorted(seen, key=lambda look: look.at):
        pulse, goes_on = felt(pulse, look)
        if look.well and (not look.open or look.ended):
            assert goes_on


def test_work_without_an_end_is_told_after_a_while() -> None:
    pulse, goes_on = felt(Pulse(), Look(100.0, True, 5, 0))
    assert goes_on
    pulse, goes_on = felt(pulse, Look(99.0 + PATIENCE_SECONDS, True, 5, 0))
    assert goes_on
    pulse, goes_on = felt(pulse, Look(101.0 + PATIENCE_SECONDS, True, 5, 0))
    assert not goes_on
    pulse, goes_on = felt(pulse, Look(102.0 + PATIENCE_SECONDS, True, 0, 0))
    assert goes_on
    assert felt(pulse, Look(103.0 + PATIENCE_SECONDS, True, 1, 0))[1]


@dataclass
class Listener:
    """Somebody who listens for pings."""

    url: str
    heard: list[str] = field(default_factory=list)
    status: int = 200


@pytest.fixture
def listener() -> Iterator[Listener]:
    told = Listener("")

    class Ears(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.heard.append(self.path)
            self.send_response(told.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ears)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}/ping/secret-id"
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    one = open_book(tmp_path)
    yield one
    one.ledger.close()


def stage(book: Book, url: str, clock: Clock, health: Health) -> HeartbeatStage:
    return HeartbeatStage(url, book.ledger, health, clock)


def test_one_ping_a_minute(book: Book, listener: Listener) -> None:
    clock = Clock()
    beat = stage(book, listener.url, clock, Health())
    for _ in range(130):
        beat.step()
        clock.at += 1
    assert listener.heard == ["/ping/secret-id"] * 3


def test_the_stage_says_when_it_is_due_again(book: Book, listener: Listener) -> None:
    clock = Clock()
    beat = stage(book, listener.url, clock, Health())
    assert beat.step() == EVERY_SECONDS
    clock.at += 20
    assert beat.step() == EVERY_SECONDS - 20


def test_no_ping_while_a_stage_hangs(book: Book, listener: Listener) -> None:
    clock, health = Clock(), Health()
    health.told = [StageHealth("upload", True, 999.0)]
    beat = stage(book, listener.url, clock, health)
    with structlog.testing.capture_logs() as logs:
        for _ in range(3):
            beat.step()
            clock.at += EVERY_SECONDS
        assert listener.heard == []
        health.told = []
        beat.step()
    assert len(listener.heard) == 1
    assert [one["event"] for one in logs] == ["heartbeat.withheld", "heartbeat.resumed"]


def test_no_ping_while_open_work_comes_to_no_end(book: Book) -> None:
    clock, heard = Clock(), list[str]()
    beat = HeartbeatStage("http://localhost/", book.ledger, Health(), clock, heard.append)
    book.sent("scans", b"stuck.pdf", NOW)
    for _ in range(40):
        beat.step()
        clock.at += EVERY_SECONDS
    assert len(heard) == PATIENCE_SECONDS / EVERY_SECONDS
    book.delivered("scans", b"done.pdf", clock.at)
    beat.step()
    assert len(heard) == PATIENCE_SECONDS / EVERY_SECONDS + 1


def test_what_waits_for_a_person_does_not_silence_it(book: Book) -> None:
    clock, heard = Clock(), list[str]()
    beat = HeartbeatStage("http://localhost/", book.ledger, Health(), clock, heard.append)
    book.queued("scans", b"held.pdf", NOW)
    book.ledger.watches.hold(book.watches["scans"], "MAX_BACKLOG", "too many", NOW)
    for _ in range(40):
        beat.step()
        clock.at += EVERY_SECONDS
    assert len(heard) == 40


def test_failures_are_said_once_and_without_the_address(book: Book, listener: Listener) -> None:
    clock = Clock()
    listener.status = 500
    beat = stage(book, listener.url, clock, Health())
    with structlog.testing.capture_logs() as logs:
        for _ in range(3):
            beat.step()
            clock.at += EVERY_SECONDS
        listener.status = 200
        beat.step()
    assert [one["event"] for one in logs] == ["heartbeat.unanswered", "heartbeat.answered"]
    assert "secret-id" not in repr(logs)
    assert logs[0]["reason"] == "HTTP 500"


def test_nobody_there_is_no_failure_of_the_stage(book: Book) -> None:
    beat = stage(book, "http://127.0.0.1:9/ping", Clock(), Health())
    with structlog.testing.capture_logs() as logs:
        assert beat.step() == EVERY_SECONDS
    assert [one["event"] for one in logs] == ["heartbeat.unanswered"]
