"""The kernel's events as hints: real inotify, real limits."""

import contextlib
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from flexorchd.watch.hints import Hints
from flexorchd.watch.observer import LIMITS, Observer
from tests.watch.inbox import as_nobody, folder_of_nobody, kernel_limit, needs_limits, wait_until


class Telling(Hints):
    """Hints that remember all they were told."""

    def __init__(self) -> None:
        super().__init__(lambda: None)
        self.names: set[bytes] = set()
        self.trees: list[bytes] = []

    def name(self, folder: bytes, name: bytes) -> None:
        super().name(folder, name)
        self.names.add(folder + b"/" + name)

    def tree(self, folder: bytes) -> None:
        super().tree(folder)
        self.trees.append(folder)


class Observed:
    def __init__(
        self, root: Path, *, recursive: bool = True, most_queued: int | None = None
    ) -> None:
        self.hints = Telling()
        limit = kernel_limit("max_queued_events", most_queued) if most_queued else nullcontext()
        with limit:
            self.observer = Observer(
                os.fsencode(root),
                self.hints,
                recursive=recursive,
                skips=lambda path: path == b"skipped",
            )
        self.observer.start()

    def sees(self, path: str) -> None:
        wait_until(lambda: os.fsencode(path) in self.hints.names)

    def sees_tree(self, path: str) -> None:
        wait_until(lambda: os.fsencode(path) in self.hints.trees)


@contextlib.contextmanager
def observed(root: Path, **options: object) -> Iterator[Observed]:
    made = Observed(root, **options)  # type: ignore[arg-type]
    try:
        yield made
    finally:
        made.observer.stop()
        assert not made.observer.alive


def test_whatever_happens_to_a_file_is_told(tmp_path: Path) -> None:
    root, outside = tmp_path / "in", tmp_path / "out"
    (root / "sub").mkdir(parents=True)
    outside.mkdir()
    (root / "removed").touch()
    (root / "linked").touch()
    (outside / "moved in").touch()
    with observed(root) as seen:
        (root / "sub" / "written").write_text("x")
        (outside / "moved in").rename(root / "moved in")
        os.link(root / "linked", root / "hard link")
        (root / "sub" / "written").rename(root / "renamed")
        (root / "removed").unlink()
        with (root / "linked").open("a") as file:
            file.write("more")
        (root / b"\xff\n".decode("utf-8", "surrogateescape")).touch()
        for path in ("/moved in", "/hard link", "sub/written", "/renamed", "/removed", "/linked"):
            seen.sees(path)
        wait_until(lambda: b"/\xff\n" in seen.hints.names)
        assert seen.hints.trees == []


def test_reading_and_listing_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "read").write_text("x")
    with observed(tmp_path) as seen:
        for _ in range(50):
            (tmp_path / "sub" / "read").read_text()
            os.listdir(tmp_path / "sub")
        (tmp_path / "sentinel").touch()
        seen.sees("/sentinel")
        assert seen.hints.names == {b"/sentinel"}


def test_temporary_files_of_ours_tell_nothing(tmp_path: Path) -> None:
    with observed(tmp_path) as seen:
        (tmp_path / ".flexorchd-0123456789abcdef.tmp").touch()
        (tmp_path / "sentinel").touch()
        seen.sees("/sentinel")
        assert seen.hints.names == {b"/sentinel"}


def test_folders_that_come_are_watched_with_all_in_them(tmp_path: Path) -> None:
    root, outside = tmp_path / "in", tmp_path / "out"
    root.mkdir()
    (outside / "a" / "b").mkdir(parents=True)
    with observed(root) as seen:
        os.makedirs(root / "made" / "deep" / "deeper")
        (outside / "a").rename(root / "moved")
        seen.sees_tree("made")
        seen.sees_tree("moved")
        (root / "made" / "deep" / "deeper" / "file").touch()
        (root / "moved" / "b" / "file").touch()
        seen.sees("made/deep/deeper/file")
        seen.sees("moved/b/file")


def test_a_renamed_folder_goes_by_its_new_name(tmp_path: Path) -> None:
    (tmp_path / "old" / "deep").mkdir(parents=True)
    (tmp_path / "old-other").mkdir()
    with observed(tmp_path) as seen:
        (tmp_path / "old").rename(tmp_path / "new")
        seen.sees_tree("old")
        seen.sees_tree("new")
        (tmp_path / "new" / "deep" / "file").touch()
        (tmp_path / "old-other" / "file").touch()
        seen.sees("new/deep/file")
        seen.sees("old-other/file")
        assert b"old/deep/file" not in seen.hints.names


def test_a_folder_that_was_moved_away_tells_nothing_more(tmp_path: Path) -> None:
    root = tmp_path / "in"
    (root / "sub").mkdir(parents=True)
    with observed(root) as seen:
        (root / "sub").rename(tmp_path / "away")
        seen.sees_tree("sub")
        (tmp_path / "away" / "file").touch()
        (root / "sentinel").touch()
        seen.sees("/sentinel")
        assert seen.hints.names == {b"/sentinel"}
        assert seen.observer.folders == 1


def test_folders_that_go_are_forgotten(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / "sub" / str(number)).mkdir(parents=True)
    with observed(tmp_path) as seen:
        assert seen.observer.folders == 22
        shutil.rmtree(tmp_path / "sub")
        wait_until(lambda: seen.observer.folders == 1)
        (tmp_path / "sub").mkdir()
        wait_until(lambda: seen.observer.folders == 2)
        (tmp_path / "sub" / "file").touch()
        seen.sees("sub/file")


def test_skipped_folders_and_links_are_not_watched(tmp_path: Path) -> None:
    root = tmp_path / "in"
    (root / "skipped").mkdir(parents=True)
    (tmp_path / "out").mkdir()
    os.symlink(tmp_path / "out", root / "link")
    with observed(root) as seen:
        (root / "skipped" / "file").touch()
        (tmp_path / "out" / "file").touch()
        (root / "sentinel").touch()
        seen.sees("/sentinel")
        assert seen.hints.names == {b"/sentinel"}


def test_without_recursion_only_the_folder_itself_tells(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    with observed(tmp_path, recursive=False) as seen:
        (tmp_path / "sub" / "file").touch()
        (tmp_path / "new").mkdir()
        (tmp_path / "sentinel").touch()
        seen.sees("/sentinel")
        assert (seen.hints.names, seen.hints.trees) == ({b"/sentinel"}, [])


@pytest.mark.parametrize("end", ["removed", "moved"])
def test_the_end_of_the_folder_itself_is_told(tmp_path: Path, end: str) -> None:
    root = tmp_path / "in"
    root.mkdir()
    with observed(root) as seen:
        if end == "removed":
            root.rmdir()
        else:
            root.rename(tmp_path / "away")
        seen.sees_tree("")


def test_an_observer_that_lost_events_says_so_and_ends(tmp_path: Path) -> None:
    needs_limits()
    seen = Observed(tmp_path, most_queued=4)
    with capture_logs() as logs:
        for number in range(20_000):
            (tmp_path / str(number)).touch()
            if not seen.observer.alive:
                break
        wait_until(lambda: not seen.observer.alive)
    seen.observer.stop()
    assert seen.observer.lost_events
    assert b"" in seen.hints.trees
    assert [entry["event"] for entry in logs] == ["watch.events_lost"]


def test_a_stop_in_the_middle_of_a_flood_of_folders(tmp_path: Path) -> None:
    with capture_logs() as logs, observed(tmp_path):
        for number in range(500):
            (tmp_path / str(number)).mkdir()
    assert logs == []


def test_a_burst_of_moves_is_told_in_time(tmp_path: Path) -> None:
    root, outside = tmp_path / "in", tmp_path / "out"
    root.mkdir()
    outside.mkdir()
    for number in range(3_000):
        (outside / str(number)).touch()
    with observed(root) as seen:
        for number in range(3_000):
            (outside / str(number)).rename(root / str(number))
        wait_until(lambda: len(seen.hints.names) == 3_000, 3.0)


def test_a_folder_without_rights_is_left_out_until_it_is_covered() -> None:
    with folder_of_nobody() as base, as_nobody():
        for name in ("open", "shut", "closed"):
            (base / name).mkdir()
        (base / "shut").chmod(0)
        (base / "closed").chmod(0)
        with capture_logs() as logs, observed(base) as seen:
            assert seen.observer.folders == 2
            assert {entry["folder"] for entry in logs} == {"shut", "closed"}
            (base / "shut").chmod(0o700)
            seen.observer.cover(b"shut")
            (base / "shut" / "file").touch()
            seen.sees("shut/file")
            (base / "closed").chmod(0o700)


def test_a_folder_that_may_not_be_read_is_refused() -> None:
    with folder_of_nobody() as base, as_nobody():
        (base / "shut").mkdir(mode=0)
        with pytest.raises(PermissionError):
            Observed(base / "shut")


LIMITED = """
import os, sys
from pathlib import Path
from flexorchd.watch.hints import Hints
from flexorchd.watch.observer import EventLimitError, Observer

Path("/proc/sys/user/max_inotify_{what}").write_text("{value}")
try:
    for _ in range(3):
        Observer(os.fsencode(sys.argv[1]), Hints(lambda: None), recursive=True, skips=lambda _: False).start()
except EventLimitError as error:
    print(error)
"""


@pytest.mark.parametrize(("what", "value"), [("watches", 10), ("instances", 1)])
def test_the_kernels_limits_are_named_with_the_remedy(
    tmp_path: Path, what: str, value: int
) -> None:
    for number in range(20):
        (tmp_path / str(number)).mkdir()
    program = textwrap.dedent(LIMITED.format(what=what, value=value))
    # A user namespace has limits of its own, which leave the rest of the machine alone.
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", sys.executable, "-c", program, tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"no user namespace with limits here: {done.stderr}")
    now = int((LIMITS / f"max_user_{what}").read_text())
    assert f"fs.inotify.max_user_{what} is {now}" in done.stdout
    assert f"sysctl -w fs.inotify.max_user_{what}={2 * now}" in done.stdout


def test_a_reader_that_fails_is_seen_to_have_ended(tmp_path: Path) -> None:
    class Failing(Telling):
        def name(self, folder: bytes, name: bytes) -> None:
            raise RuntimeError("as if something had gone wrong")

    observer = Observer(os.fsencode(tmp_path), Failing(), recursive=True, skips=lambda _: False)
    observer.start()
    with capture_logs() as logs:
        (tmp_path / "file").touch()
        wait_until(lambda: not observer.alive)
    observer.stop()
    assert [entry["event"] for entry in logs] == ["watch.observer_failed"]
