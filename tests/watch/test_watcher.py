"""A watched folder as people use it: whatever they do there is found, with events and without."""

import contextlib
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from flexorchd.clock import SystemClock
from flexorchd.ledger.ledger import Ledger
from flexorchd.ledger.watches import Mount, WatchRow
from flexorchd.pipeline.settle import SettleStage
from flexorchd.pipeline.stage import Bells, Runner
from flexorchd.rules.selection import DEFAULT_EXCLUDE, Selection
from flexorchd.watch import observation
from flexorchd.watch.hints import Hints
from flexorchd.watch.observer import Observer
from flexorchd.watch.watcher import Watched, Watcher, poll_pause
from tests.faults import need
from tests.watch.inbox import (
    as_nobody,
    folder_of_nobody,
    kernel_limit,
    mounted,
    needs_limits,
    needs_root,
    unmount,
    wait_until,
)


class Running:
    """A watcher and the settle stage behind it, each on its thread."""

    def __init__(self, base: Path, root: Path | None = None, **settings: object) -> None:
        self.root = root or base / "inbox"
        self.ledger = Ledger(base / "ledger.sqlite3")
        location = os.fsencode(self.root)
        self.id = self.ledger.watches.configure({"inbox": location})["inbox"]
        self.settle = float(settings.setdefault("settle", 0.05))  # type: ignore[arg-type]
        watched = Watched(
            self.id,
            "inbox",
            location,
            Selection(["*.txt"], DEFAULT_EXCLUDE),
            **settings,  # type: ignore[arg-type]
        )
        clock, bells = SystemClock(), Bells()
        self.first_scan_done = threading.Event()
        self.watcher = Watcher(
            watched,
            self.ledger,
            clock,
            wake=lambda: bells.ring("watch inbox"),
            ring=lambda: bells.ring("settle"),
            on_first_scan_done=self.first_scan_done.set,
        )
        settle = SettleStage(
            self.ledger,
            lambda: {self.id: self.settle},
            clock,
            bells,
            lambda _: self.watcher.in_place(),
        )
        self.failures: list[BaseException] = []
        self.runners = [
            Runner(stage, bells, clock, lambda _, error: self.failures.append(error))
            for stage in (self.watcher, settle)
        ]
        for runner in self.runners:
            runner.start()

    def stop(self) -> None:
        self.watcher.stop()
        for runner in self.runners:
            runner.stop()
        assert all(runner.join(10.0) for runner in self.runners)
        self.watcher.close()
        self.ledger.close()
        assert self.failures == []

    def states(self) -> dict[bytes, str]:
        rows = self.ledger.database.read.execute(
            "SELECT d.path AS folder, f.name, f.state, f.gone_at FROM files AS f "
            "JOIN directories AS d ON d.id = f.directory_id"
        )
        return {
            row["folder"] + b"/" + row["name"] if row["folder"] else row["name"]: (
                row["state"] if row["gone_at"] is None else "gone"
            )
            for row in rows
        }

    def reason(self, name: bytes) -> str | None:
        row = self.ledger.database.read.execute(
            "SELECT reason FROM files WHERE name = ?", (name,)
        ).fetchone()
        return row["reason"] if row else None

    def settles(self, *paths: str) -> None:
        wanted = {os.fsencode(path) for path in paths}
        wait_until(lambda: wanted <= {p for p, s in self.states().items() if s == "settled"})

    def loses(self, *paths: str) -> None:
        wait_until(lambda: all(self.states().get(os.fsencode(path)) == "gone" for path in paths))

    @property
    def row(self) -> WatchRow:
        row = self.ledger.watches.get("inbox")
        assert row is not None
        return row

    def holds(self, code: str) -> None:
        wait_until(lambda: self.row.hold_code == code)

    def goes_on(self) -> None:
        wait_until(lambda: self.row.hold_code is None)


@contextlib.contextmanager
def running(base: Path, root: Path | None = None, **settings: object) -> Iterator[Running]:
    made = Running(base, root, **settings)
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture(autouse=True)
def _short_rhythm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flexorchd.watch.watcher.CHECK_SECONDS", 0.1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def test_what_people_do_in_a_folder(tmp_path: Path, root: Path) -> None:
    outside = tmp_path / "outside"
    (outside / "batch" / "deeper").mkdir(parents=True)
    (outside / "batch" / "deeper" / "5.txt").write_text("5")
    (outside / "2.txt").write_text("2")
    (root / "0.txt").write_text("was here before")
    (root / "overwritten.txt").write_text("before")
    with running(tmp_path) as inbox:
        inbox.settles("0.txt", "overwritten.txt")
        (root / "1.txt").write_text("copied in")
        (outside / "2.txt").rename(root / "2.txt")
        (outside / "batch").rename(root / "batch")
        (root / "3.part").write_text("renamed when complete")
        (root / "3.part").rename(root / "3.txt")
        os.link(root / "1.txt", root / "4.txt")
        inbox.settles("1.txt", "2.txt", "batch/deeper/5.txt", "3.txt", "4.txt")
        (root / "overwritten.txt").write_text("after, and longer")
        wait_until(lambda: inbox.states()[b"overwritten.txt"] == "settling")
        inbox.settles("overwritten.txt")
        (root / "2.txt").unlink()
        (root / "batch").rename(root / "moved")
        inbox.loses("2.txt", "batch/deeper/5.txt")
        inbox.settles("moved/deeper/5.txt")
        shutil.rmtree(root / "moved")
        inbox.loses("moved/deeper/5.txt")
        assert inbox.row.found_by_scan == 0
        assert inbox.watcher.scans == 1
        assert (inbox.row.mode, inbox.row.mode_reason) == ("events", "")


def test_a_slow_writer_is_waited_for(tmp_path: Path, root: Path) -> None:
    with running(tmp_path, settle=0.3) as inbox:
        inbox.first_scan_done.wait(5)
        with (root / "slow.txt").open("w") as file:
            for _ in range(8):
                file.write("a piece")
                file.flush()
                time.sleep(0.1)
                assert inbox.states().get(b"slow.txt") in (None, "settling")
            ended = time.monotonic()
        inbox.settles("slow.txt")
        assert 0.15 < time.monotonic() - ended < 1.0


def test_the_settle_time_is_nearly_all_that_it_takes(tmp_path: Path, root: Path) -> None:
    delays = []
    with running(tmp_path, settle=0.1) as inbox:
        inbox.first_scan_done.wait(5)
        for number in range(11):
            (root / f"{number}.txt").write_text("x")
            begun = time.monotonic()
            inbox.settles(f"{number}.txt")
            delays.append(time.monotonic() - begun)
    assert sorted(delays)[5] < 0.1 + 0.1


def test_a_file_that_goes_while_it_settles_is_gone(tmp_path: Path, root: Path) -> None:
    with running(tmp_path, settle=0.3) as inbox:
        inbox.first_scan_done.wait(5)
        (root / "a.txt").write_text("x")
        wait_until(lambda: inbox.states().get(b"a.txt") == "settling")
        (root / "a.txt").unlink()
        inbox.loses("a.txt")


def test_none_of_a_burst_is_lost(tmp_path: Path, root: Path) -> None:
    with running(tmp_path) as inbox:
        inbox.first_scan_done.wait(5)
        program = "import sys\nfor n in range(3000): open(f'{sys.argv[1]}/{n}.txt', 'w').close()"
        subprocess.run(["python3", "-c", program, root], check=True)
        wait_until(lambda: len(inbox.states()) == 3_000)


def test_lost_events_are_made_up_for_by_a_scan(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = iter([4])

    def with_a_tiny_queue(*arguments: object, **options: object) -> Observer:
        for most_queued in limits:
            with kernel_limit("max_queued_events", most_queued):
                return Observer(*arguments, **options)  # type: ignore[arg-type]
        return Observer(*arguments, **options)  # type: ignore[arg-type]

    needs_limits()
    monkeypatch.setattr(observation, "Observer", with_a_tiny_queue)
    with running(tmp_path) as inbox:
        wait_until(lambda: inbox.row.mode == "events")
        made = 0
        while not inbox.watcher.overflows:
            (root / f"{made}.txt").write_text("x")
            made += 1
            assert made < 50_000
        wait_until(lambda: len(inbox.states()) == made)
        (root / "later.txt").write_text("x")
        inbox.settles("later.txt")
        assert inbox.row.found_by_scan > 0
        assert inbox.watcher.restarts == 0


def test_a_dead_observer_is_replaced_and_its_time_made_up_for(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell = Hints.name
    failures = iter([RuntimeError("as if something had gone wrong")])

    def failing_once(self: Hints, folder: bytes, name: bytes) -> None:
        for error in failures:
            raise error
        tell(self, folder, name)

    monkeypatch.setattr(Hints, "name", failing_once)
    with running(tmp_path) as inbox, capture_logs() as logs:
        inbox.first_scan_done.wait(5)
        (root / "a.txt").write_text("x")
        inbox.settles("a.txt")
        (root / "b.txt").write_text("x")
        inbox.settles("b.txt")
        assert inbox.watcher.restarts == 1
    assert "watch.observer_failed" in {entry["event"] for entry in logs}


def test_polling_finds_what_comes_and_goes(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flexorchd.watch.watcher.POLL_SECONDS", 0.05)
    (root / "0.txt").write_text("x")
    with running(tmp_path, polling="always") as inbox:
        inbox.settles("0.txt")
        assert (inbox.row.mode, inbox.row.mode_reason) == (
            "polling",
            "set so with polling = always",
        )
        (root / "sub").mkdir()
        (root / "sub" / "1.txt").write_text("x")
        (root / "0.txt").unlink()
        inbox.settles("sub/1.txt")
        inbox.loses("0.txt")
        assert inbox.row.found_by_scan == 1


@pytest.mark.parametrize(
    ("scan_seconds", "rescan", "expected"),
    [(0.0, 300.0, 2.0), (1.0, 300.0, 20.0), (60.0, 300.0, 300.0)],
)
def test_polling_takes_a_small_part_of_the_time(
    scan_seconds: float, rescan: float, expected: float
) -> None:
    assert poll_pause(scan_seconds, rescan) == expected


def test_a_rescan_catches_what_no_event_told_of(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Hints, "name", lambda *_: None)
    monkeypatch.setattr("flexorchd.watch.findings.RECENT", 0.0)
    with running(tmp_path, rescan=0.2) as inbox:
        inbox.first_scan_done.wait(5)
        for number in range(5):
            (root / f"{number}.txt").write_text("x")
            inbox.settles(f"{number}.txt")
        assert inbox.row.found_by_scan == 5
        wait_until(lambda: inbox.row.mode == "polling")
        assert inbox.row.mode_reason is not None
        assert "no event had told of" in inbox.row.mode_reason


def test_a_folder_that_is_removed_and_made_again(tmp_path: Path, root: Path) -> None:
    (root / "a.txt").write_text("x")
    with running(tmp_path) as inbox:
        inbox.settles("a.txt")
        root.rename(tmp_path / "away")
        inbox.holds("FOLDER_MISSING")
        assert inbox.row.hold_message is not None
        assert str(root) in inbox.row.hold_message
        assert inbox.states() == {b"a.txt": "settled"}
        root.mkdir()
        (root / "b.txt").write_text("x")
        inbox.goes_on()
        inbox.settles("b.txt")
        inbox.loses("a.txt")
        (root / "c.txt").write_text("x")
        inbox.settles("c.txt")


def test_a_folder_replaced_by_another_is_observed_anew(tmp_path: Path, root: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "there.txt").write_text("x")
    with running(tmp_path) as inbox:
        inbox.first_scan_done.wait(5)
        root.rename(tmp_path / "away")
        (tmp_path / "other").rename(root)
        inbox.settles("there.txt")
        (root / "new.txt").write_text("x")
        inbox.settles("new.txt")


def test_a_mount_that_goes_and_comes_back(tmp_path: Path, root: Path) -> None:
    image = tmp_path / "behind"
    image.mkdir()
    (image / "a.txt").write_text("x")
    (image / "sub").mkdir()
    with mounted(root, "--bind", source=str(image)):
        with running(tmp_path) as inbox:
            inbox.settles("a.txt")
            (root / "late.txt").write_text("x")
            wait_until(lambda: b"late.txt" in inbox.states())
            unmount(root)
            inbox.holds("MOUNT_MISSING")
            assert "gone" not in inbox.states().values()
            (image / "sub" / "meanwhile.txt").write_text("x")
            subprocess.run(["mount", "--bind", image, root], check=True)
            inbox.goes_on()
            inbox.settles("a.txt", "late.txt", "sub/meanwhile.txt")
            (image / "event.txt").write_text("x")
            inbox.settles("event.txt")
        unmount(root)
        with running(tmp_path) as inbox:
            inbox.holds("MOUNT_MISSING")
            assert not inbox.watcher.scanned_once.is_set()
            assert "gone" not in inbox.states().values()
            assert inbox.watcher.held is not None
            assert str(root) in inbox.watcher.held.message


def test_another_mount_in_the_same_place_is_not_taken_for_it(tmp_path: Path, root: Path) -> None:
    with mounted(root, source="the right one"):
        (root / "a.txt").write_text("x")
        with running(tmp_path) as inbox:
            inbox.settles("a.txt")
            unmount(root)
            subprocess.run(["mount", "-t", "tmpfs", "the wrong one", root], check=True)
            inbox.holds("MOUNT_MISSING")
            wait_until(lambda: "the wrong one" in (inbox.row.hold_message or ""))
            assert inbox.states() == {b"a.txt": "settled"}


def test_another_mount_in_the_same_place_is_taken_for_it_once_approved(
    tmp_path: Path, root: Path
) -> None:
    with mounted(root, source="the old one"):
        (root / "a.txt").write_text("x")
        with running(tmp_path) as inbox:
            inbox.settles("a.txt")
            unmount(root)
            subprocess.run(["mount", "-t", "tmpfs", "the new one", root], check=True)
            (root / "b.txt").write_text("x")
            wait_until(lambda: "the new one" in (inbox.row.hold_message or ""))
            inbox.ledger.watches.accept_place(inbox.row.id)
            inbox.settles("b.txt")
            wait_until(lambda: inbox.states()[b"a.txt"] == "gone")
            assert inbox.row.mount == Mount(os.fsencode(root), "tmpfs", "the new one")
            assert inbox.row.hold_code is None


@contextlib.contextmanager
def loop_device(image: Path) -> Iterator[str]:
    """An image of a disk as a device whose name no other has had."""
    needs_root()
    if not image.exists():
        with image.open("wb") as file:
            file.truncate(8 << 20)
        subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True)
    done = subprocess.run(
        ["losetup", "--find", "--show", image], capture_output=True, text=True, check=False
    )
    if done.returncode:
        need.missing(f"this needs loop devices: {done.stderr.strip()}")
    device = done.stdout.strip()
    try:
        yield device
    finally:
        subprocess.run(["losetup", "--detach", device], check=True)


def test_a_disk_that_comes_back_under_another_name_is_recognised(
    tmp_path: Path, root: Path
) -> None:
    disk, other = tmp_path / "disk", tmp_path / "other disk"
    with loop_device(disk) as first, loop_device(other) as wrong:
        with mounted(root, "-t", "ext4", source=first), running(tmp_path) as inbox:
            (root / "a.txt").write_text("x")
            inbox.settles("a.txt")
        with mounted(root, "-t", "ext4", source=wrong), running(tmp_path) as inbox:
            inbox.holds("MOUNT_MISSING")
        with (
            loop_device(disk) as again,
            mounted(root, "-t", "ext4", source=again),
            running(tmp_path) as inbox,
        ):
            assert again != first
            inbox.first_scan_done.wait(5)
            inbox.goes_on()
            assert inbox.states()[b"a.txt"] == "settled"
            assert inbox.row.mount == Mount(os.fsencode(root), "ext4", again)


def test_a_watch_that_is_given_another_folder_forgets_its_mount(tmp_path: Path, root: Path) -> None:
    with mounted(root), running(tmp_path) as inbox:
        inbox.first_scan_done.wait(5)
        assert inbox.row.mount is not None
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a.txt").write_text("x")
    with running(tmp_path, elsewhere) as inbox:
        inbox.settles("a.txt")
        assert (inbox.row.hold_code, inbox.row.mount) == (None, None)


def test_what_was_on_a_mount_below_is_not_gone_with_it(tmp_path: Path, root: Path) -> None:
    (root / "share").mkdir()
    (root / "a.txt").write_text("x")
    with mounted(root / "share"):
        (root / "share" / "b.txt").write_text("x")
        with running(tmp_path) as inbox:
            inbox.settles("a.txt", "share/b.txt")
            unmount(root / "share")
            wait_until(lambda: "share was on a mount" in (inbox.row.mode_reason or ""))
            (root / "a.txt").unlink()
            (root / "share" / "new.txt").write_text("x")
            inbox.loses("a.txt")
            inbox.settles("share/new.txt")
            assert inbox.states()[b"share/b.txt"] == "settled"
        with running(tmp_path) as inbox:
            inbox.first_scan_done.wait(5)
            assert inbox.states()[b"share/b.txt"] == "settled"


def test_the_mount_is_remembered_by_point_type_and_source(tmp_path: Path, root: Path) -> None:
    with mounted(root, source="some source"), running(tmp_path) as inbox:
        inbox.first_scan_done.wait(5)
        assert inbox.row.mount == Mount(os.fsencode(root), "tmpfs", "some source")


def test_rights_that_are_granted_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flexorchd.rules.retry.SHORTEST_PAUSE", 0.1)
    with folder_of_nobody() as base, as_nobody():
        root = base / "inbox"
        (root / "shut" / "deeper").mkdir(parents=True)
        (root / "shut" / "deeper" / "a.txt").write_text("x")
        (root / "b.txt").write_text("x")
        (root / "b.txt").chmod(0)
        (root / "shut").chmod(0)
        with capture_logs() as logs, running(base) as inbox:
            wait_until(lambda: "shut cannot be read" in (inbox.row.mode_reason or ""))
            wait_until(lambda: inbox.reason(b"b.txt") == "PERMISSION_DENIED: Permission denied")
            (root / "shut").chmod(0o700)
            (root / "b.txt").chmod(0o600)
            inbox.settles("shut/deeper/a.txt", "b.txt")
            wait_until(lambda: inbox.row.mode_reason == "")
            (root / "shut" / "deeper" / "c.txt").write_text("x")
            inbox.settles("shut/deeper/c.txt")
    events = [entry["event"] for entry in logs]
    assert events.count("watch.folder_unreadable") == 1
    assert events.count("file.unreadable") == 1


def test_a_folder_that_may_not_be_read_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    with folder_of_nobody() as base, as_nobody():
        root = base / "inbox"
        root.mkdir(mode=0)
        with running(base) as inbox:
            inbox.holds("PERMISSION_DENIED")
            root.chmod(0o700)
            (root / "a.txt").write_text("x")
            inbox.goes_on()
            inbox.settles("a.txt")


def test_a_single_run_scans_once_and_observes_nothing(tmp_path: Path, root: Path) -> None:
    (root / "a.txt").write_text("x")
    threads = threading.active_count()
    with running(tmp_path, once=True) as inbox:
        inbox.settles("a.txt")
        assert inbox.watcher.scanned_once.is_set()
        assert threading.active_count() == threads + 2
        (root / "b.txt").write_text("x")
        assert inbox.watcher.step() is None
        assert b"b.txt" not in inbox.states()


def test_nothing_is_left_running_after_the_end(tmp_path: Path, root: Path) -> None:
    threads = set(threading.enumerate())
    descriptors = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        with running(tmp_path) as inbox:
            inbox.first_scan_done.wait(5)
    assert set(threading.enumerate()) == threads
    assert len(os.listdir("/proc/self/fd")) <= descriptors


def test_a_second_run_finds_nothing_new(tmp_path: Path, root: Path) -> None:
    (root / "a.txt").write_text("x")
    with running(tmp_path) as inbox:
        inbox.settles("a.txt")
    with running(tmp_path) as inbox:
        inbox.first_scan_done.wait(5)
        assert inbox.states() == {b"a.txt": "settled"}
        assert (inbox.row.found_by_event, inbox.row.found_by_scan) == (0, 0)
