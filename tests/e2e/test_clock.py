"""A machine whose clock is set while a daemon runs on it: real processes under libfaketime."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from glob import glob
from pathlib import Path

import pytest

from tests.e2e.conftest import Build
from tests.e2e.process import Place, wait_for
from tests.e2e.running import Running
from tests.faults import need
from tests.service import Refuse, Service

DAY = 86_400
Set = Callable[[int], None]


@pytest.fixture
def set_clock(build: Build, tmp_path: Path) -> Iterator[tuple[Running, Set]]:
    """A daemon, and what sets its wall clock by so many seconds; the other clock goes on."""
    library = next(iter(glob("/usr/lib/*/faketime/libfaketime.so.1")), None)
    if library is None:
        need.missing("libfaketime is not installed (Debian: faketime)")
    offset = tmp_path / "offset"
    offset.write_text("+0")
    place: Place = build(watches=[{"name": "in", "settle": 0.2}])
    faked = {
        "LD_PRELOAD": library,
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
    }

    def set_clock(seconds: int) -> None:
        aside = tmp_path / "next"
        aside.write_text(f"{seconds:+d}")
        os.replace(aside, offset)

    with place.spawn("run", env=faked) as daemon:
        yield Running(place, daemon.process.pid), set_clock
        assert daemon.end()[0] == 0


@pytest.mark.soak
@pytest.mark.parametrize("seconds", [30 * DAY, -30 * DAY], ids=["ahead", "back"])
def test_files_go_on_whatever_the_clock_says(
    set_clock: tuple[Running, Set], service: Service, seconds: int
) -> None:
    """As NTP does it after a boot, a person by mistake, or a machine that slept."""
    one, set_ = set_clock
    one.promise.drop("before.txt", "before")
    one.delivered("before.txt")
    service.fault("jobs.list", Refuse(503), times=1)
    one.promise.drop("meanwhile.txt", "meanwhile")
    set_(seconds)
    one.promise.drop("after.txt", "after")
    wait_for(lambda: len(one.place.results()) == 3, seconds=40)
    one.holds()
    assert service.workspace.payments(b"meanwhile") == 1
    assert one.told_loudly() == one.told("clock.set") + one.told("service.unreachable")
