"""Disks that fail in the middle of an operation, get slow, or go away: for sources and output."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.process import wait_for
from tests.e2e.running import Running
from tests.faults.disk import BrokenDisk, loop_device
from tests.service import Service

Start = Callable[..., Running]
Break = Callable[[str], BrokenDisk]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Break]:
    """Puts a disk that can fail where a folder of the place would be."""
    with ExitStack() as closing:

        def disk(name: str) -> BrokenDisk:
            point, backing = tmp_path / "place" / name, tmp_path / f"behind-{name}"
            # Nothing is read from memory: every read is the disk's.
            return closing.enter_context(BrokenDisk(point, backing, direct_io=True))

        yield disk


def deliveries(one: Running, count: int) -> None:
    wait_for(lambda: len(one.place.results()) == count, why=f"{count} results")


# -- the output -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "error", "code"),
    [
        ("fsync", "EIO", "DISK_ERROR"),
        ("write", "EIO", "DISK_ERROR"),
        ("rename", "EIO", "DISK_ERROR"),
        ("create", "EDQUOT", "DISK_FULL"),
        ("mkdir", "EACCES", "PERMISSION_DENIED"),
        ("fsyncdir", "ESTALE", "MOUNT_LOST"),
    ],
)
def test_an_output_that_fails_is_waited_for(
    disk: Break, running: Start, service: Service, operation: str, error: str, code: str
) -> None:
    output = disk("out")
    one = running()
    output.fails(operation, error=error)
    for n in range(3):
        one.promise.drop(f"{n}.txt", f"document {n}")
    one.says(code)
    assert output.met(operation)
    assert len(one.told("output.held")) == 1
    output.heal()
    deliveries(one, 3)
    one.is_well()
    one.holds()
    assert len(one.told_loudly()) == 1
    assert len(one.told("output.released")) == 1


def test_a_result_that_one_fsync_failed_is_written_anew(disk: Break, running: Start) -> None:
    """After a failed fsync the pages may be gone though a second one succeeds: the file is never trusted."""
    output = disk("out")
    one = running()
    output.fails("fsync", times=1, where=r"results/.*\.tmp$")
    one.promise.drop("a.txt", "one")
    one.delivered("a.txt")
    one.holds()
    assert output.met("fsync") == 1


def test_a_slow_output_delays_and_loses_nothing(disk: Break, running: Start) -> None:
    output = disk("out")
    one = running()
    output.is_slow("write", "fsync", seconds=0.05)
    for n in range(10):
        one.promise.drop(f"{n}.txt", f"document {n}")
    deliveries(one, 10)
    one.holds()
    assert one.told_loudly() == []


def test_an_output_whose_server_ends_is_waited_for(disk: Break, running: Start) -> None:
    output = disk("out")
    one = running()
    output.crash()
    one.promise.drop("a.txt", "one")
    one.says("OUTPUT_MISSING", "MOUNT_LOST")
    output.come_back()
    one.delivered("a.txt")
    one.is_well()
    one.holds()


def test_an_output_that_does_not_answer_holds_up_nothing_but_results(
    disk: Break, running: Start, service: Service
) -> None:
    output = disk("out")
    one = running()
    output.hangs("getattr", "open", "create", "write", "statfs")
    for n in range(3):
        one.promise.drop(f"{n}.txt", f"document {n}")
    wait_for(lambda: len(service.workspace.documents) == 3, why="the documents are sent")
    wait_for(lambda: "OUTPUT_SILENT" in {line.get("code") for line in one.told("output.held")})
    output.heal()
    deliveries(one, 3)
    one.is_well()
    one.holds()
    assert len(one.told_loudly()) == 1


# -- the source -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", ["getattr", "open", "read"])
def test_a_source_that_cannot_be_read_waits_and_holds_up_no_other(
    disk: Break, running: Start, operation: str
) -> None:
    inbox = disk("in")
    one = running(watches=[{"name": "in", "rescan": 1}])
    inbox.fails(operation, where=r"bad\.txt$")
    (inbox.backing / "bad.txt").write_text("unreadable for now")
    one.promise.drop("good.txt", "good")
    one.delivered("good.txt")
    wait_for(lambda: inbox.met(operation))
    assert one.place.failures() == {}
    assert one.place.result("bad.txt") is None
    assert len(one.told_loudly()) == 1
    inbox.heal()
    one.delivered("bad.txt")
    one.is_well()


def test_what_comes_without_an_event_is_found(disk: Break, running: Start) -> None:
    """Another machine writes to the share: nothing tells of it here."""
    inbox = disk("in")
    one = running()
    (inbox.backing / "folder").mkdir()
    (inbox.backing / "folder/a.txt").write_text("from elsewhere")
    one.delivered("folder/a.txt")
    (watch,) = one.status().watches
    assert watch.mode == "polling"
    assert "fuse.broken sends no events" in (watch.mode_reason or "")
    (inbox.backing / "folder/a.txt").write_text("changed elsewhere, and longer")
    wait_for(lambda: "changed" in str(one.place.result("folder/a.txt")))


def test_a_watch_whose_server_ends_is_not_empty(
    disk: Break, running: Start, service: Service
) -> None:
    inbox = disk("in")
    one = running()
    one.promise.drop("a.txt", "one")
    one.delivered("a.txt")
    inbox.crash()
    one.says("MOUNT_LOST")
    assert one.status().states["vanished"] == 0
    inbox.come_back()
    one.promise.drop("b.txt", "two")
    one.delivered("a.txt", "b.txt")
    one.is_well()
    one.holds()
    assert next(line["code"] for line in one.told("watch.held")) == "MOUNT_LOST"
    assert len(one.told_loudly()) <= 2, "lost, and absent while it is mounted anew"
    assert len(one.told("watch.released")) == 1


@pytest.mark.parametrize("operation", ["rename", "unlink"])
def test_a_source_that_cannot_be_moved_yet_stays_and_goes_later(
    disk: Break, running: Start, operation: str
) -> None:
    inbox = disk("in")
    one = running(watches=[{"name": "in", "after": "delete"}])
    inbox.fails(operation)
    one.promise.archive["in"] = None
    one.promise.drop("a.txt", "one")
    one.delivered("a.txt")
    one.tells("source.not_moved")
    one.promise.holds_now()
    inbox.heal()
    wait_for(lambda: list(inbox.backing.iterdir()) == [])
    one.holds()


def test_results_say_what_they_are_of_though_the_inode_changes(
    disk: Break, running: Start, service: Service
) -> None:
    """Some network mounts number their files anew with every mount."""
    inbox = disk("in")
    one = running()
    one.promise.drop("a.txt", "one")
    one.delivered("a.txt")
    (inbox.backing / "a.txt").rename(inbox.backing / "b.tmp")
    (inbox.backing / "a.txt").write_bytes((inbox.backing / "b.tmp").read_bytes())
    (inbox.backing / "b.tmp").unlink()
    one.place.drop("later.txt", "two")
    one.delivered("later.txt")
    assert service.workspace.payments(b"one") == 1
    assert json.loads((one.place.output / "results/in/a.txt.json").read_bytes())


# -- what does not answer at all ------------------------------------------------------------------------

TWO = ({"name": "in"}, {"name": "dead", "after": "delete"})
SILENT = "FOLDER_SILENT"


@pytest.fixture
def dead(disk: Break, running: Start) -> tuple[Running, BrokenDisk]:
    """Two watches, one of them on a disk that is about to hang."""
    inbox = disk("dead")
    one = running(watches=TWO)
    one.promise.archive["dead"] = None
    return one, inbox


@pytest.mark.parametrize(
    ("operation", "after"),
    [("getattr", 0), ("read", 0), ("read", 2), ("read", 4), ("rename", 0), ("unlink", 0)],
    ids=["while it is scanned", "settles", "is hashed", "is sent", "is moved", "is deleted"],
)
def test_a_folder_that_does_not_answer_holds_up_no_other(
    dead: tuple[Running, BrokenDisk], operation: str, after: int
) -> None:
    one, inbox = dead
    inbox.hangs(operation, where="^/$" if operation == "getattr" else "", after=after)
    content = "does not answer " * 10
    (inbox.backing / "stuck.txt").write_text(content)
    one.promise.dropped["dead", "stuck.txt"] = content.encode()
    wait_for(lambda: inbox.met(operation))
    for n in range(3):
        one.promise.drop(f"{n}.txt", f"document {n}")
    deliveries(one, 3)
    inbox.heal()
    wait_for(lambda: one.place.result("stuck.txt", "dead"))
    one.is_well()
    wait_for(lambda: not (inbox.backing / "stuck.txt").exists())
    one.holds()


def test_a_watch_whose_folder_does_not_answer_is_held_and_goes_on(
    dead: tuple[Running, BrokenDisk],
) -> None:
    one, inbox = dead
    inbox.hangs("getattr", "readdir")
    one.says(SILENT)
    (held,) = one.told("watch.held")
    assert held["code"] == SILENT
    assert one.told("watch.released") == []
    inbox.heal()
    one.is_well()
    assert len(one.told("watch.released")) == 1
    one.promise.drop("a.txt", "one", "dead")
    wait_for(lambda: one.place.result("a.txt", "dead"))


def test_a_start_does_not_wait_for_a_folder_that_does_not_answer(
    build: Callable[..., Any], disk: Break
) -> None:
    inbox = disk("dead")
    place = build(watches=TWO)
    place.drop("a.txt", "one", "dead")
    assert place.once() == 0
    inbox.hangs("getattr", "readdir", "read")
    one = Running(place)
    try:
        one.promise.drop("b.txt", "two")
        one.delivered("b.txt")
        one.says(SILENT)
        assert one.status().states["vanished"] == 0
        os.kill(one.pid, signal.SIGTERM)
        one.tells("daemon.stopped")
    finally:
        # The kernel lets no process end that FUSE owes an answer.
        inbox.heal()
        one.stop()


# -- the state ------------------------------------------------------------------------------------------


def test_a_state_directory_on_a_network_mount_is_refused(
    build: Callable[..., Any], disk: Break
) -> None:
    disk("state")
    place = build()
    assert place.once() == 2
    said = place.log.read_text()
    assert "is on a network mount (fuse.broken)" in said
    assert "Put it on a local disk" in said


@pytest.fixture
def local_disk(tmp_path: Path) -> Iterator[Break]:
    """As `disk`, but one that counts as this machine's own, as NTFS on a USB disk does."""
    with ExitStack() as closing:

        def local_disk(name: str) -> BrokenDisk:
            device = closing.enter_context(loop_device(tmp_path / f"device-{name}"))
            point, backing = tmp_path / "place" / name, tmp_path / f"behind-{name}"
            options = {"fsname": device, "subtype": None, "blkdev": True}
            return closing.enter_context(BrokenDisk(point, backing, **options))

        yield local_disk


@pytest.mark.parametrize(
    ("operations", "error"),
    [(["fsync"], "EIO"), (["write"], "EIO"), (["write", "create"], "ENOSPC"), (["write"], "EROFS")],
    ids=["failing fsync", "failing writes", "full", "read-only"],
)
def test_a_state_directory_that_fails_is_waited_for_and_nothing_is_paid_twice(
    local_disk: Break, running: Start, service: Service, operations: list[str], error: str
) -> None:
    service.workspace.knows_repeats = False
    state = local_disk("state")
    one = running()
    one.promise.drop("a.txt", "one")
    one.delivered("a.txt")
    state.fails(*operations, error=error)
    for n in range(10):
        one.promise.drop(f"{n}.txt", f"document {n}")
    one.tells("stage.failed")
    state.heal()
    deliveries(one, 11)
    one.is_well()
    one.holds()
    assert state.met(operations[0])
    assert len(one.told_loudly()) <= 15
    assert one.told("stage.recovered")


def test_a_slow_state_directory_delays_and_loses_nothing(local_disk: Break, running: Start) -> None:
    state = local_disk("state")
    one = running()
    state.is_slow("fsync", seconds=0.03)
    for n in range(20):
        one.promise.drop(f"{n}.txt", f"document {n}")
    deliveries(one, 20)
    one.holds()
    assert one.told_loudly() == []
