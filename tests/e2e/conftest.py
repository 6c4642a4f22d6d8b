"""flexorchd as real processes, with real files, signals and sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.process import Forge, Place
from tests.e2e.running import Running
from tests.service import Service

Build = Callable[..., Place]


@pytest.fixture(scope="session")
def forge() -> Iterator[Forge]:
    """The warm process; it is started before any thread of a service."""
    forge = Forge()
    yield forge
    forge.close()


@pytest.fixture
def service(request: pytest.FixtureRequest) -> Iterator[Service]:
    options: dict[str, Any] = getattr(request, "param", {})
    with Service(**options) as running:
        yield running


@pytest.fixture
def build(tmp_path: Path, service: Service, forge: Forge) -> Build:
    """Makes a place with these tables of the configuration."""

    def build(**tables: Any) -> Place:
        return Place(tmp_path / "place", service, forge, **tables)

    return build


@pytest.fixture
def place(build: Build) -> Place:
    """A place with one watch, ``in``."""
    return build()


@pytest.fixture
def running(build: Build) -> Iterator[Callable[..., Running]]:
    """Starts a daemon in such a place; it must stop in good order at the end."""
    started: list[Running] = []

    def start(env: Mapping[str, str] | None = None, **tables: Any) -> Running:
        place = build(**tables)
        place.env |= dict(env or {})
        started.append(Running(place))
        return started[-1]

    yield start
    for one in started:
        one.stop()
