"""Disks that fill up, turn read-only or go away, and rights that are missing: the daemon holds, says so, resumes.

These need the rights to mount; where those are missing the tests are skipped, and say so.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.e2e.process import Place, wait_for
from tests.e2e.running import Running
from tests.faults import need
from tests.service import Service

Mount = Callable[..., Path]
NOBODY = pwd.getpwnam("nobody").pw_uid


def call(*command: str) -> int:
    return subprocess.run(command, capture_output=True, check=False).returncode


Start = Callable[..., Running]


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Mount]:
    """Mounts a small file system in memory at a path; taken away again at the end."""
    with ExitStack() as closing:

        def mount(path: Path, options: str = "size=4m") -> Path:
            path.mkdir(parents=True, exist_ok=True)
            if os.getuid() != 0 or call("mount", "-t", "tmpfs", "-o", options, "tmpfs", str(path)):
                need.missing("this needs the right to mount")
            closing.callback(unmount, path)
            return path

        yield mount


def unmount(path: Path) -> None:
    """With all that was mounted over it."""
    while call("umount", "-l", str(path)) == 0:
        pass


def remount(path: Path, options: str) -> None:
    if call("mount", "-o", f"remount,{options}", str(path)):
        # Something holds a file open for writing; a second mount of it can be read-only all the same.
        assert call("mount", "--bind", str(path), str(path)) == 0
        assert call("mount", "-o", f"remount,bind,{options}", str(path)) == 0


def fill(folder: Path) -> Path:
    """Use up all room there is."""
    ballast = folder / "ballast"
    file = os.open(ballast, os.O_WRONLY | os.O_CREAT)
    for size in (65_536, 512, 1):
        with suppress(OSError):
            while True:
                os.write(file, b"-" * size)
    os.close(file)
    return ballast


# -- the output -----------------------------------------------------------------------------------------


def test_a_full_output_is_waited_for(
    running: Start, mount: Mount, tmp_path: Path, service: Service
) -> None:
    mount(tmp_path / "place/out")
    one = running()
    ballast = fill(one.place.output)
    for n in range(3):
        one.promise.drop(f"{n}.txt", f"document {n}")
    one.says("DISK_FULL")
    assert one.place.results() == {}
    ballast.unlink()
    one.delivered("0.txt", "1.txt", "2.txt")
    wait_for(lambda: not one.troubles())
    assert max(service.workspace.paid.values()) == 1
    assert one.place.temporaries() == []


def test_an_output_out_of_inodes_is_waited_for(
    running: Start, mount: Mount, tmp_path: Path
) -> None:
    mount(tmp_path / "place/out", "size=4m,nr_inodes=12")
    one = running()
    extra = [one.place.output / f"inode{n}" for n in range(20)]
    for path in extra:
        try:
            path.touch()
        except OSError:
            break
    one.promise.drop("a.txt", "one")
    one.says("DISK_FULL")
    for path in extra:
        path.unlink(missing_ok=True)
    one.delivered("a.txt")


def test_a_read_only_output_is_waited_for(running: Start, mount: Mount, tmp_path: Path) -> None:
    output = mount(tmp_path / "place/out")
    one = running()
    remount(output, "ro")
    one.promise.drop("a.txt", "one")
    one.says("READ_ONLY")
    remount(output, "rw")
    one.delivered("a.txt")


def test_an_output_that_is_unmounted_is_not_written_to(
    running: Start, mount: Mount, tmp_path: Path
) -> None:
    output = mount(tmp_path / "place/out")
    one = running()
    marker = (output / ".flexorchd.json").read_bytes()
    assert call("umount", "-l", str(output)) == 0
    one.promise.drop("a.txt", "one")
    one.says("OUTPUT_MISSING")
    assert list(output.iterdir()) == [], "nothing is written below a missing mount"
    mount(output)
    (output / ".flexorchd.json").write_bytes(marker)
    one.delivered("a.txt")


# -- the source -----------------------------------------------------------------------------------------


def test_a_watch_that_is_unmounted_is_not_empty(
    running: Start, mount: Mount, tmp_path: Path, service: Service
) -> None:
    inbox = mount(tmp_path / "place/in")
    one = running()
    one.promise.drop("a.txt", "one")
    one.delivered("a.txt")
    assert call("umount", "-l", str(inbox)) == 0
    one.says("MOUNT_MISSING", "FOLDER_MISSING", "MOUNT_LOST")
    assert one.place.status()["states"]["vanished"] == 0
    mount(inbox)
    one.promise.drop("a.txt", "one")
    one.promise.drop("b.txt", "two")
    one.delivered("a.txt", "b.txt")
    wait_for(lambda: not one.troubles())
    assert service.workspace.payments(b"one") == 1


def test_a_source_that_cannot_be_moved_from_a_read_only_disk(
    running: Start, mount: Mount, tmp_path: Path
) -> None:
    inbox = mount(tmp_path / "place/in")
    one = running(watches=[{"name": "in", "after": "delete"}])
    one.promise.drop("a.txt", "one")
    one.delivered("a.txt")
    wait_for(lambda: not one.place.source("a.txt").exists())
    (inbox / "b.txt").write_text("two")
    remount(inbox, "ro")
    one.delivered("b.txt")
    time.sleep(0.3)
    assert one.place.source("b.txt").exists()
    remount(inbox, "rw")
    wait_for(lambda: not one.place.source("b.txt").exists())


def test_a_full_archive_keeps_the_source(running: Start, mount: Mount, tmp_path: Path) -> None:
    archive = mount(tmp_path / "archive", "size=1m")
    ballast = fill(archive)
    watch = {"name": "in", "after": "archive", "archive_dir": archive}
    one = running(watches=[watch])
    content = one.place.drop("a.txt", b"- " * 100_000)
    wait_for(lambda: one.place.result("a.txt"))
    time.sleep(0.3)
    kept = [path.read_bytes() for path in (one.place.home / "in").iterdir()]
    assert kept == [content]
    ballast.unlink()
    wait_for(lambda: (archive / "in/a.txt").exists())
    assert (archive / "in/a.txt").read_bytes() == content
    wait_for(lambda: [path.name for path in (archive / "in").iterdir()] == ["a.txt"])
    assert list((one.place.home / "in").iterdir()) == []


# -- the state ------------------------------------------------------------------------------------------


def test_a_full_state_directory_is_waited_for_and_nothing_is_paid_twice(
    running: Start, mount: Mount, tmp_path: Path, service: Service
) -> None:
    service.workspace.knows_repeats = False
    state = mount(tmp_path / "place/state", "size=3m,mode=0700")
    one = running()
    one.promise.drop("a.txt", "one")
    one.delivered("a.txt")
    ballast = fill(state)
    for n in range(30):
        one.promise.drop(f"{n}.txt", f"document {n}")
    one.says("STATE_FULL")
    ballast.unlink()
    one.delivered(*(f"{n}.txt" for n in range(30)))
    one.is_well()
    one.holds()
    assert len(one.told_loudly()) <= 12


def test_room_is_kept_for_what_the_ledger_has_to_write(
    running: Start, mount: Mount, tmp_path: Path, service: Service
) -> None:
    """Nothing new is taken in before the disk is full, and all that is known comes to its end."""
    service.workspace.job_seconds = 2.0
    state = mount(tmp_path / "place/state", "size=8m,mode=0700")
    one = running()
    one.promise.drop("known.txt", "known")
    wait_for(lambda: service.count("documents.upload"))
    ballast = fill(state)
    with ballast.open("r+b") as file:
        file.truncate(ballast.stat().st_size - 600_000)
    one.says("STATE_FULL")
    one.promise.drop("new.txt", "new")
    one.delivered("known.txt")
    assert one.place.result("new.txt") is None
    assert [line["code"] for line in one.told_loudly()] == ["STATE_FULL"]
    ballast.unlink()
    one.delivered("new.txt")
    one.is_well()
    one.holds()


def test_a_read_only_state_directory_is_waited_for(
    running: Start, mount: Mount, tmp_path: Path, service: Service
) -> None:
    service.workspace.knows_repeats = False
    state = mount(tmp_path / "place/state", "size=8m,mode=0700")
    one = running()
    one.promise.drop("a.txt", "one")
    one.delivered("a.txt")
    remount(state, "ro")
    one.promise.drop("b.txt", "two")
    one.says("STATE_READ_ONLY")
    remount(state, "rw")
    one.delivered("b.txt")
    one.is_well()
    one.holds()


def test_a_state_directory_out_of_inodes_is_waited_for(
    running: Start, mount: Mount, tmp_path: Path
) -> None:
    state = mount(tmp_path / "place/state", "size=8m,nr_inodes=40,mode=0700")
    one = running()
    extra = [state / f"inode{n}" for n in range(60)]
    with suppress(OSError):
        for path in extra:
            path.touch()
    one.says("STATE_FULL")
    one.promise.drop("a.txt", "one")
    for path in extra:
        path.unlink(missing_ok=True)
    one.delivered("a.txt")
    one.is_well()
    one.holds()


# -- rights ---------------------------------------------------------------------------------------------


@pytest.fixture
def unprivileged(tmp_path_factory: pytest.TempPathFactory, service: Service) -> Iterator[Place]:
    """A place that belongs to a user without rights."""
    if os.getuid() != 0 or shutil.which("setpriv") is None:
        need.missing("rights can only be taken away by root, with setpriv")
    home = Path("/tmp") / f"flexorchd-test-{os.getpid()}-{time.monotonic_ns()}"
    home.mkdir(mode=0o755)
    place = Place(home, service, None)
    for path in (home, *home.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    yield place
    shutil.rmtree(home)


def as_nobody(place: Place) -> subprocess.Popen[bytes]:
    command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    command += [sys.executable, "-m", "flexorchd", "run", "-c", str(place.file)]
    environment = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **place.env}
    if call(*command[:4], sys.executable, "-c", "import flexorchd"):
        need.missing("a user without rights cannot read this checkout")
    with place.log.open("ab") as log:
        return subprocess.Popen(command, cwd=place.home, env=environment, stderr=log)


def test_a_file_that_may_not_be_read_waits_until_it_may(unprivileged: Place) -> None:
    place = unprivileged
    secret = place.home / "in/secret.txt"
    secret.write_text("secret")
    secret.chmod(0o000)
    place.drop("open.txt", "open")
    daemon = as_nobody(place)
    try:
        wait_for(lambda: place.result("open.txt"))
        assert place.result("secret.txt") is None
        assert place.failures() == {}
        os.chown(secret, NOBODY, NOBODY)
        secret.chmod(0o400)
        wait_for(lambda: place.result("secret.txt"), seconds=40)
    finally:
        daemon.terminate()
        assert daemon.wait(timeout=15) == 0


@pytest.mark.soak
def test_an_output_that_may_not_be_written_waits_until_it_may(unprivileged: Place) -> None:
    place = unprivileged
    daemon = as_nobody(place)
    try:
        wait_for(lambda: (place.output / ".flexorchd.json").exists())
        os.chown(place.output, 0, 0)
        place.output.chmod(0o555)
        place.drop("a.txt", "one")
        wait_for(lambda: any(event.get("code") == "PERMISSION_DENIED" for event in place.events()))
        assert place.results() == {}
        os.chown(place.output, NOBODY, NOBODY)
        place.output.chmod(0o755)
        wait_for(lambda: place.result("a.txt"), seconds=40)
    finally:
        daemon.terminate()
        assert daemon.wait(timeout=15) == 0
