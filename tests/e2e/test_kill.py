"""SIGKILL at any moment under load, and power that goes: whatever was reached, the promise holds afterwards."""

from __future__ import annotations

import os
import random
import shutil
import signal
import struct
import time
from pathlib import Path

import pytest

from tests.e2e.conftest import Build
from tests.e2e.process import wait_for
from tests.e2e.promise import Promise
from tests.service import CutAnswer, LoseAnswer, Refuse, Service

QUICK, LONG = 15, 400


def battered(build: Build, service: Service, tmp_path: Path, kills: int, seed: int) -> int:
    """Files come all the time, the network loses answers, and the daemon is killed again and again."""
    chance = random.Random(seed)
    service.workspace.knows_repeats = False
    service.workspace.job_seconds = 0.05
    archive = tmp_path / "archive"
    watches = [
        {"name": "in"},
        {"name": "kept", "after": "archive", "archive_dir": archive},
        {"name": "gone", "after": "delete"},
    ]
    place = build(watches=watches, limits={"max_backlog": 0, "versions_per_day": 0})
    promise = Promise(place, {"kept": archive, "gone": None})
    assert place.forge
    killed = 0
    for kill in range(kills):
        if chance.random() < 0.3:
            fault = chance.choice(
                [LoseAnswer(), CutAnswer(100), Refuse(503), Refuse(504, processed=True)]
            )
            service.fault(chance.choice(["documents.upload", "jobs.list", "executions.get"]), fault)
        pid = place.forge.start(place.order("run"))
        until = time.monotonic() + chance.uniform(0.02, 0.5)
        n = 0
        while time.monotonic() < until:
            watch = chance.choice(["in", "kept", "gone"])
            promise.drop(f"{kill}/{n}.txt", f"{watch} {kill} {n}", watch)
            n += 1
            time.sleep(0.01)
        os.kill(pid, signal.SIGKILL)
        killed += place.forge.result() == -signal.SIGKILL
        promise.holds_now()
    service.recover()
    assert place.once() == 0, place.log.read_text()[-2000:]
    promise.holds()
    return killed


def test_killed_at_random_under_load(build: Build, service: Service, tmp_path: Path) -> None:
    assert battered(build, service, tmp_path, QUICK, seed=1) == QUICK


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", [2, 3, 4])
def test_killed_by_the_hundred_under_load(
    build: Build, service: Service, tmp_path: Path, seed: int
) -> None:
    assert battered(build, service, tmp_path, LONG, seed) == LONG


# -- power that goes ------------------------------------------------------------------------------------


def frames(wal: bytes) -> list[int]:
    """Where each frame of a write-ahead log ends."""
    (page,) = struct.unpack(">I", wal[8:12])
    return list(range(32, len(wal) + 1, 24 + page))


def power_cut(build: Build, service: Service, every: int) -> int:
    """The log is cut where the disk had got to; what was delivered until then lies in the output."""
    place = build()
    assert place.once() == 0
    promise = Promise(place)
    for n in range(3):
        promise.drop(f"{n}.txt", f"document {n}")
    promise.drop("copy.txt", "document 1")
    promise.drop("bad.txt", "fate: failed MALFORMED")
    assert place.forge
    pid = place.forge.start(place.order("run"))
    wait_for(lambda: len(place.results()) == 4 and place.failures())
    os.kill(pid, signal.SIGKILL)
    place.forge.result()
    state, kept = place.home / "state", place.home / "kept"
    wal = state / "ledger.sqlite3-wal"
    shutil.copytree(state, kept, ignore=shutil.ignore_patterns("*.sock"))
    shutil.copytree(place.output, place.home / "out kept")
    data = wal.read_bytes()
    cuts = sorted({0, 31, *frames(data), *(end - 100 for end in frames(data)[1:]), len(data)})
    for cut in cuts[::every]:
        for folder, copy in ((state, kept), (place.output, place.home / "out kept")):
            shutil.rmtree(folder)
            shutil.copytree(copy, folder)
        wal.write_bytes(data[:cut])
        (state / "ledger.sqlite3-shm").unlink(missing_ok=True)
        assert place.once() in (0, 1), f"cut at {cut} of {len(data)}"
        promise.holds()
    return len(cuts[::every])


def test_power_goes_at_some_frames_of_the_log(build: Build, service: Service) -> None:
    assert power_cut(build, service, every=9) > 5


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_power_goes_at_every_frame_of_the_log(build: Build, service: Service) -> None:
    assert power_cut(build, service, every=1) > 50
