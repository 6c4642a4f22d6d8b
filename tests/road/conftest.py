"""The whole road in one process, stepped by hand: see `tests.house`."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import structlog

from tests.faults import need
from tests.house import House, TestClock
from tests.service import Service

Build = Callable[..., House]


@pytest.fixture(autouse=True)
def events() -> Iterator[list[Any]]:
    """What was logged, instead of printing it."""
    with structlog.testing.capture_logs() as captured:
        yield captured


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def service(request: pytest.FixtureRequest, clock: TestClock) -> Iterator[Service]:
    """A service of dialect L; parametrize it with keywords for another."""
    options: dict[str, Any] = getattr(request, "param", {})
    with Service(**{"clock": clock.now, **options}) as running:
        # Not unlimited, so that jobs are asked for at the pace of a paid plan.
        running.plan.limit = 100_000
        yield running


@pytest.fixture
def build(tmp_path: Path, service: Service, clock: TestClock) -> Iterator[Build]:
    """Builds a house from tables of the configuration."""
    with ExitStack() as closing:

        def build(**tables: Any) -> House:
            return closing.enter_context(House(tmp_path, service, clock, **tables))

        yield build


@pytest.fixture
def house(build: Build) -> House:
    """A house with one watch, ``in``."""
    return build()


@pytest.fixture
def other_device(tmp_path: Path) -> Iterator[Path]:
    """A folder on another file system than the watches."""
    for place in (Path("/dev/shm"), Path.cwd()):
        if place.is_dir() and place.stat().st_dev != tmp_path.stat().st_dev:
            break
    else:
        need.missing("there is no second file system here to archive to")
    folder = Path(tempfile.mkdtemp(dir=place))
    yield folder
    shutil.rmtree(folder)
