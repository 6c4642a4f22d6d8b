"""Signals that come before the daemon is there: while its configuration is read from a pipe that says nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.process import ROOT, Place, Spawned, wait_for

AS_PROCESS_1 = ("unshare", "--pid", "--fork", "--kill-child")
CAN_BE_PROCESS_1 = subprocess.run([*AS_PROCESS_1, "true"], capture_output=True).returncode == 0


@pytest.fixture
def waiting_for_its_configuration(place: Place) -> Path:
    text = place.file.read_text()
    place.file.unlink()
    os.mkfifo(place.file)
    (place.home / "text").write_text(text)
    return place.file


@contextmanager
def reader(pipe: Path) -> Iterator[int]:
    """The pipe's end to write to, once somebody reads."""

    def opened() -> int | None:
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            return None

    end = wait_for(opened)
    try:
        yield end
    finally:
        os.close(end)


def reads_from_a_pipe(pid: int) -> bool:
    """Python looks for signals between its steps: one that comes between a step and the wait in it waits too."""
    return "pipe_read" in Path(f"/proc/{pid}/wchan").read_text()


@pytest.mark.parametrize(
    ("argv", "number", "code"),
    [
        (["run"], signal.SIGTERM, 0),
        (["run"], signal.SIGINT, 0),
        (["run", "--once"], signal.SIGTERM, 1),
        (["config", "show"], signal.SIGTERM, 143),
    ],
    ids=["run", "run interrupted", "once", "another command"],
)
def test_it_ends_at_once(
    place: Place,
    waiting_for_its_configuration: Path,
    argv: list[str],
    number: signal.Signals,
    code: int,
) -> None:
    with place.spawn(*argv) as started, reader(waiting_for_its_configuration):
        wait_for(lambda: reads_from_a_pipe(started.process.pid))
        assert started.end(number, seconds=5)[0] == code
    assert "Traceback" not in place.log.read_text()


@pytest.mark.skipif(not CAN_BE_PROCESS_1, reason="needs the right to make a process name space")
def test_as_process_1_it_ends_at_once_as_well(
    place: Place, waiting_for_its_configuration: Path
) -> None:
    """From process 1 the kernel keeps what it has no handler for."""
    command = [*AS_PROCESS_1, sys.executable, "-m", "flexorchd", "run", "-c", str(place.file)]
    outside = subprocess.Popen(
        command, cwd=place.home, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE
    )
    with Spawned(outside), reader(waiting_for_its_configuration):
        first = Path(f"/proc/{outside.pid}/task/{outside.pid}/children").read_text().split()[0]
        wait_for(lambda: reads_from_a_pipe(int(first)))
        os.kill(int(first), signal.SIGTERM)
        assert outside.wait(timeout=5) == 0


def test_a_reload_that_comes_early_is_not_lost(
    place: Place, waiting_for_its_configuration: Path
) -> None:
    text = (place.home / "text").read_bytes()
    with place.spawn("run") as daemon:
        with reader(waiting_for_its_configuration) as pipe:
            daemon.send(signal.SIGHUP)
            os.write(pipe, text)
            place.file.rename(place.home / "pipe")
            place.file.write_bytes(text)
        wait_for(lambda: any(event["event"] == "reload.done" for event in place.events()))
        assert daemon.end()[0] == 0
