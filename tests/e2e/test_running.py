"""A running daemon: files as people bring them, and the commands that ask it to act."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest

from tests.e2e.conftest import Build
from tests.e2e.process import ROOT, Place, wait_for
from tests.service import Service

SETTLE = 0.3


@pytest.fixture
def running(build: Build) -> Iterator[Place]:
    place = build(
        watches=[{"name": "in", "settle": SETTLE}],
        exports=[{"name": "monthly"}],
        limits={"max_backlog": 50},
    )
    with place.spawn("run") as daemon:
        wait_for(lambda: (place.output / ".flexorchd.json").exists())
        wait_for(lambda: any(event["event"] == "daemon.started" for event in place.events()))
        yield place
        assert daemon.end(signal.SIGTERM)[0] == 0


def test_files_as_people_bring_them(running: Place, service: Service) -> None:
    """Copied slowly, moved in, renamed, overwritten, a folder moved in, and one that is taken away again."""
    inbox, aside = running.home / "in", running.home / "aside"
    (aside / "folder/deep").mkdir(parents=True)
    (aside / "moved.txt").write_text("moved in")
    (aside / "folder/a.txt").write_text("in a folder")
    (aside / "folder/deep/b.txt").write_text("deep in a folder")

    with (inbox / "slow.txt").open("w") as slow:
        for part in range(8):
            slow.write(f"part {part} ")
            slow.flush()
            time.sleep(SETTLE / 3)
    (aside / "moved.txt").rename(inbox / "moved.txt")
    (aside / "folder").rename(inbox / "folder")
    (inbox / "before.txt").write_text("renamed while it settles")
    (inbox / "before.txt").rename(inbox / "after.txt")
    (inbox / "twice.txt").write_text("first")
    (inbox / "twice.txt").write_text("second, and longer")
    (inbox / "gone.txt").write_text("taken away while it settles")
    (inbox / "gone.txt").unlink()

    expected = {
        "slow.txt": "".join(f"part {part} " for part in range(8)),
        "moved.txt": "moved in",
        "folder/a.txt": "in a folder",
        "folder/deep/b.txt": "deep in a folder",
        "after.txt": "renamed while it settles",
        "twice.txt": "second, and longer",
    }
    wait_for(lambda: set(running.results()) == set(expected))
    for path, text in expected.items():
        assert running.results()[path]["document"]["records"][0]["text"] == text
    assert len(service.workspace.documents) == len(expected), "nothing half-written was sent"


def test_a_file_is_delivered_soon_after_it_is_complete(running: Place, service: Service) -> None:
    began = time.monotonic()
    running.drop("a.txt", "one")
    wait_for(lambda: running.result("a.txt"))
    assert time.monotonic() - began < SETTLE + 5


def test_overwritten_after_delivery_and_renamed_after_delivery(running: Place) -> None:
    running.drop("a.txt", "one")
    wait_for(lambda: running.result("a.txt"))
    running.drop("a.txt", "two")
    wait_for(lambda: "two" in str(running.result("a.txt")))
    running.source("a.txt").rename(running.source("b.txt"))
    wait_for(lambda: running.result("b.txt"))
    assert set(running.results()) == {"a.txt", "b.txt"}


def test_a_folder_that_is_deleted_and_made_again(running: Place) -> None:
    shutil.rmtree(running.home / "in")
    time.sleep(0.1)
    (running.home / "in").mkdir()
    running.drop("a.txt", "one")
    wait_for(lambda: running.result("a.txt"), seconds=20)


def test_what_is_no_file_is_left_alone(running: Place, service: Service) -> None:
    inbox = running.home / "in"
    os.mkfifo(inbox / "pipe.txt")
    (inbox / "link.txt").symlink_to("/etc/hostname")
    (inbox / "loop").symlink_to(inbox, target_is_directory=True)
    os.mknod(inbox / "device.txt", 0o600 | 0o020000, os.makedev(1, 3))
    running.drop("real.txt", "real")
    wait_for(lambda: running.result("real.txt"))
    assert set(running.results()) == {"real.txt"}
    assert len(service.workspace.documents) == 1


def test_commands_ask_and_the_daemon_acts(running: Place, service: Service) -> None:
    running.drop("a.txt", "fate: failed OCR_NOT_INSTALLED")
    running.drop("b.txt", "two")
    wait_for(lambda: running.failure("a.txt") and running.result("b.txt"))
    status = running.status()
    assert status["running"]
    assert status["states"]["failed"] == 1
    service.workspace.documents[0].content = service.workspace.documents[1].content = b"readable"
    code, _ = running.command("retry", "--failed")
    assert code == 0
    wait_for(lambda: running.result("a.txt"))
    code, said = running.command("export", "monthly")
    assert code == 0
    assert "2 records" in said
    assert len(running.datasets("monthly")) == 1


def test_a_backlog_is_held_until_it_is_approved(running: Place, service: Service) -> None:
    for n in range(51):
        running.drop(f"{n}.txt", f"document {n}")
    wait_for(lambda: running.status()["states"]["held"] == 51)
    assert service.count("documents.upload") == 0
    assert running.command("approve", "in")[0] == 0
    wait_for(lambda: len(running.results()) == 51)


@pytest.mark.parametrize("listen", ["0.0.0.0:0", "127.0.0.1:0"])
def test_the_link_that_status_prints_can_be_opened(build: Build, listen: str) -> None:
    place = build(web={"listen": listen})
    with place.spawn("run"):
        wait_for(lambda: any(event["event"] == "daemon.started" for event in place.events()))
        link = place.status()["page"]
        assert httpx.get(link, follow_redirects=True).status_code == 200


def test_a_line_of_the_log_is_one_write(place: Place) -> None:
    """Daemon and engine share a journal; half lines would mix."""
    place.drop("a.txt", "one")
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with near, far:
        command = [sys.executable, "-m", "flexorchd", "run", "--once", "-c", str(place.file)]
        environment = os.environ | place.env | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        subprocess.run(command, env=environment, stderr=far, check=True, timeout=60)
        near.setblocking(False)
        writes = []
        with suppress(BlockingIOError):
            while True:
                writes.append(near.recv(65536).decode())
    events = [write for write in writes if "{" in write]
    assert any("file.delivered" in write for write in events)
    assert all(write.endswith("}\n") for write in events)
