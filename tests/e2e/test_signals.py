"""Signals: an orderly stop within ten seconds whatever is under way, and nothing lost by it."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from tests.e2e.conftest import Build
from tests.e2e.process import Place, Spawned, wait_for
from tests.e2e.promise import Promise
from tests.service import BlackHole, Drip, Fault, LoseAnswer, Service

ALLOWED = 10.0


def started(place: Place) -> bool:
    return any(event["event"] == "daemon.started" for event in place.events())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_daemon_stops_at_once(place: Place, number: signal.Signals) -> None:
    with place.spawn("run") as daemon:
        wait_for(lambda: started(place))
        code, seconds = daemon.end(number)
    assert code == 0
    assert seconds < 3


@pytest.mark.parametrize(
    ("operation", "fault"),
    [
        ("executions.get", BlackHole()),
        pytest.param("documents.upload", BlackHole(processed=True), marks=pytest.mark.soak),
        pytest.param("documents.upload", Drip(0.5), marks=pytest.mark.soak),
        pytest.param("jobs.list", BlackHole(), marks=pytest.mark.soak),
        pytest.param("usage.current", BlackHole(), marks=pytest.mark.soak),
    ],
    ids=["details", "upload", "upload drips", "poll", "usage"],
)
def test_a_request_that_hangs_holds_up_no_stop(
    build: Build, service: Service, operation: str, fault: Fault
) -> None:
    place = build(api={"timeout": 30})
    service.fault(operation, fault, times=99)
    promise = Promise(place)
    for n in range(3):
        promise.drop(f"{n}.txt", f"document {n}")
    with place.spawn("run") as daemon:
        wait_for(lambda: service.count(operation))
        time.sleep(0.1)
        code, seconds = daemon.end()
    assert code == 0
    assert seconds < ALLOWED
    service.recover()
    assert place.once() == 0
    promise.holds()


def test_a_stop_does_not_wait_for_a_request_limit(build: Build, service: Service) -> None:
    service.plan.limit, service.plan.window = 4, 60.0
    place = build()
    for n in range(5):
        place.drop(f"{n}.txt", f"document {n}")
    with place.spawn("run") as daemon:
        wait_for(lambda: service.count("documents.upload"))
        time.sleep(0.3)
        code, seconds = daemon.end()
    assert code == 0
    assert seconds < ALLOWED


def test_only_one_daemon_works_with_a_state_directory(place: Place) -> None:
    with place.spawn("run") as daemon:
        wait_for(lambda: started(place))
        assert place.once() == 2
        assert daemon.process.poll() is None
        assert daemon.end()[0] == 0


def test_a_daemon_that_was_killed_is_no_obstacle_to_the_next(
    place: Place, service: Service
) -> None:
    service.fault("documents.upload", LoseAnswer())
    promise = Promise(place)
    promise.drop("a.txt", "one")
    with place.spawn("run") as daemon:
        wait_for(lambda: service.count("documents.upload"))
        assert daemon.end(signal.SIGKILL)[0] == -signal.SIGKILL
    assert place.once() == 0
    promise.holds()


def test_stopped_in_the_middle_a_single_pass_ends_with_1(place: Place, service: Service) -> None:
    service.workspace.job_seconds = 60.0
    place.drop("a.txt", "one")
    with place.spawn("run", "--once") as once:
        wait_for(lambda: service.count("documents.upload"))
        code, seconds = once.end()
    assert code == 1
    assert seconds < ALLOWED


def children(pid: int) -> set[int]:
    """The processes below one, all the way down."""
    found: set[int] = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
            if parent == pid:
                found |= {int(entry.name)} | children(int(entry.name))
    return found


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def embedded(tmp_path: Path) -> Place:
    return Place(tmp_path / "place", None, None)


def with_an_engine(place: Place, daemon: Spawned) -> set[int]:
    wait_for(lambda: started(place))
    return {pid for pid in children(daemon.process.pid) if alive(pid)}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_engine_ends_with_its_daemon(tmp_path: Path, number: signal.Signals) -> None:
    place = embedded(tmp_path)
    place.drop("a.txt", "Invoice 17 of 2026, to jane@example.com")
    with place.spawn("run") as daemon:
        engines = with_an_engine(place, daemon)
        assert engines
        wait_for(lambda: place.result("a.txt"))
        daemon.end(number)
        wait_for(lambda: not any(alive(pid) for pid in engines), seconds=5)


def test_an_engine_that_dies_is_started_again_and_nothing_is_lost(tmp_path: Path) -> None:
    place = embedded(tmp_path)
    with place.spawn("run") as daemon:
        for pid in with_an_engine(place, daemon):
            os.kill(pid, signal.SIGKILL)
        place.drop("a.txt", "Invoice 17 of 2026, to jane@example.com")
        result = wait_for(lambda: place.result("a.txt"))
        assert daemon.end()[0] == 0
    assert "jane@example.com" not in str(result)


def in_a_terminal(place: Place) -> tuple[subprocess.Popen[bytes], int]:
    """A daemon whose only terminal we hold the other end of."""
    ours, theirs = pty.openpty()

    def take() -> None:
        os.setsid()
        fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)

    daemon = subprocess.Popen(
        [sys.executable, "-m", "flexorchd", "run", "-c", place.file],
        env=os.environ | place.env,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        preexec_fn=take,
    )
    os.close(theirs)
    return daemon, ours


def test_a_terminal_that_is_closed_ends_what_ran_in_it(place: Place) -> None:
    daemon, terminal = in_a_terminal(place)
    said = b""
    while b"daemon.started" not in said:
        said += os.read(terminal, 4096)
    assert b"Ctrl-C ends it" in said
    os.kill(daemon.pid, signal.SIGHUP)  # a terminal that is there: read the configuration again
    while b"reload.done" not in said:
        said += os.read(terminal, 4096)
    os.close(terminal)
    assert daemon.wait(timeout=ALLOWED) == 0
