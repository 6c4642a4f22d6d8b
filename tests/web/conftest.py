import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from flexorchd.config.fields import Address
from flexorchd.insight.survey import Latest, Survey, survey
from flexorchd.monitoring.health import Budget, StageHealth
from flexorchd.monitoring.metrics import Metrics
from flexorchd.web.access import read_or_make_token
from flexorchd.web.app import create_app
from flexorchd.web.server import WebServer, bind
from flexorchd.web.site import Pages
from tests.web.filled import NOW, Book, a_days_work, copy_of, open_book

VERSION = "9.8.7"


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at - NOW + 1000.0


@dataclass
class Health:
    """Says what a test wants to be said."""

    told: list[StageHealth] = field(
        default_factory=lambda: [
            StageHealth(name, True, idle, 0, 120, 1, 2.5)
            for name, idle in (
                ("account", 12.0),
                ("settle", 0.4),
                ("upload", 1.2),
                ("watch scans", 2.0),
            )
        ]
    )
    lacking: list[str] = field(default_factory=list)
    engine: bool | None = None
    counted: dict[tuple[str, str], int] = field(
        default_factory=lambda: {
            ("documents.upload", "ok"): 41,
            ("jobs.list", "ok"): 230,
            ("jobs.list", "SERVICE_UNAVAILABLE"): 2,
        }
    )

    def stages(self) -> list[StageHealth]:
        return self.told

    def missing(self) -> list[str]:
        return self.lacking

    def engine_alive(self) -> bool | None:
        return self.engine

    def budget(self) -> Budget:
        return Budget(60, 47)

    def requests(self) -> dict[tuple[str, str], int]:
        return self.counted


@dataclass
class Served:
    """A status page that listens, and what it is made of."""

    url: str
    token: str
    book: Book
    clock: Clock
    health: Health
    knocks: list[int]
    ledger_answers: threading.Event

    def client(self, **options: object) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=10, trust_env=False, verify=False, **options)  # type: ignore[arg-type]

    def reader(self) -> httpx.Client:
        """A client that has opened the link."""
        with self.client() as client:
            assert client.get(f"/?token={self.token}").status_code == 303
            return self.client(cookies=client.cookies)


def serve(book: Book, hosts: tuple[str, ...]) -> Iterator[Served]:
    clock, health, knocks = Clock(), Health(), []
    answers = threading.Event()
    answers.set()

    def look() -> Survey:
        answers.wait(10)
        return survey(book.ledger, book.state_dir, clock.now(), VERSION)

    latest = Latest(look, clock)
    token = read_or_make_token(book.state_dir)
    pages = Pages(
        ledger=book.ledger,
        survey=latest,
        health=health,
        metrics=Metrics(latest.get, health, VERSION),
        clock=clock,
        knock=lambda: knocks.append(1),
        token=token,
        allowed_hosts=hosts,
        version=VERSION,
    )
    listener = bind(Address("127.0.0.1", 0), given=True)
    assert listener is not None
    server = WebServer(listener, create_app(pages))
    server.start()
    try:
        yield Served(server.address, token, book, clock, health, knocks, answers)
    finally:
        server.stop()
        latest.close()
        book.ledger.close()


HOSTS = ("localhost", "127.0.0.1", "[::1]")


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Served]:
    """A daemon that has seen nothing yet."""
    yield from serve(open_book(tmp_path), HOSTS)


@pytest.fixture(scope="session")
def day(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """A day's work, written once."""
    book = a_days_work(open_book(tmp_path_factory.mktemp("day")))
    book.ledger.close()
    return book


@pytest.fixture
def page(day: Book, tmp_path: Path) -> Iterator[Served]:
    """A daemon after a day's work."""
    yield from serve(copy_of(day, tmp_path), HOSTS)


@pytest.fixture(scope="session")
def read_only(day: Book, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The same, for tests that change nothing."""
    yield from serve(copy_of(day, tmp_path_factory.mktemp("web")), HOSTS)
