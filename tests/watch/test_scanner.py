"""A scan tells the ledger what is new, changed, gone and back, and nothing of what stayed as it was."""

import os
import socket
import stat
from pathlib import Path

import pytest

from flexorchd.ledger.files import FoundBy
from tests.watch.inbox import Inbox, as_nobody, folder_of_nobody

NAMES = [
    b"plain.txt",
    b"new\nline.txt",
    b"tab\there.txt",
    b"not utf-8 \xff\xfe.txt",
    b"-leading dash.txt",
    b" spaces .txt",
    "composed \u00e9.txt".encode(),
    "decomposed e\u0301.txt".encode(),
    b"x" * 251 + b".txt",
    b"back\\slash.txt",
    b"%s*?[].txt",
]


def writes(inbox: Inbox) -> int:
    return inbox.ledger.database.read.execute("PRAGMA data_version").fetchone()[0]


def test_all_documents_of_a_tree_begin_to_settle(inbox: Inbox) -> None:
    for path in ("a.txt", "sub/b.txt", "sub/deeper/c.txt"):
        inbox.write(path)
    inbox.scan()
    assert inbox.states() == dict.fromkeys(
        (b"a.txt", b"sub/b.txt", b"sub/deeper/c.txt"), "settling"
    )
    assert inbox.rings


def test_a_name_is_any_bytes(inbox: Inbox) -> None:
    for name in NAMES:
        inbox.write(name)
        inbox.write(b"folder " + name[:200] + b"/" + name)
    inbox.scan()
    expected = set(NAMES) | {b"folder " + name[:200] + b"/" + name for name in NAMES}
    assert inbox.states().keys() == expected
    for name in NAMES:
        (inbox.root / os.fsdecode(name)).unlink()
    inbox.scan()
    assert inbox.gone() == set(NAMES)


def test_nothing_is_written_for_what_is_unchanged(inbox: Inbox) -> None:
    for number in range(20):
        inbox.write(f"{number % 3}/{number}.txt")
    inbox.write("picture.raw")
    os.symlink("nowhere", inbox.root / "link")
    inbox.scan()
    inbox.follow_all()
    before = writes(inbox)
    report = inbox.scan(found_by=FoundBy.RESCAN)
    assert writes(inbox) == before
    assert (report.unannounced, report.gone, report.unreadable) == (0, 0, {})


@pytest.mark.parametrize("change", ["content", "mode", "replaced", "touched"])
def test_a_changed_file_settles_again(inbox: Inbox, change: str) -> None:
    file = inbox.write("a.txt", "before")
    os.utime(file, ns=(10**18, 10**18))
    inbox.scan()
    inbox.follow_all()
    if change == "content":
        file.write_text("after")
    elif change == "mode":
        file.chmod(0o600)
    elif change == "touched":
        os.utime(file, ns=(10**18 + 1, 10**18 + 1))
    else:
        other = inbox.write("b.txt", "aftera")
        os.utime(other, ns=(10**18, 10**18))
        other.rename(file)
    inbox.scan()
    assert inbox.states() == {b"a.txt": "settling"}


def test_what_is_removed_is_gone_with_its_folder(inbox: Inbox) -> None:
    for path in ("keep.txt", "a.txt", "sub/b.txt", "sub/deeper/c.txt", "sub-2/d.txt"):
        inbox.write(path)
    inbox.scan()
    (inbox.root / "a.txt").unlink()
    for path in ("sub/b.txt", "sub/deeper/c.txt"):
        (inbox.root / path).unlink()
    (inbox.root / "sub/deeper").rmdir()
    (inbox.root / "sub").rmdir()
    assert inbox.scan().gone == 3
    assert inbox.gone() == {b"a.txt", b"sub/b.txt", b"sub/deeper/c.txt"}
    assert inbox.states().keys() == {b"keep.txt", b"sub-2/d.txt"}


def test_a_scan_below_a_folder_leaves_the_rest_alone(inbox: Inbox) -> None:
    for path in ("a.txt", "sub/b.txt", "sub/deeper/c.txt", "sub-2/d.txt"):
        inbox.write(path)
    inbox.scan()
    for path in ("a.txt", "sub/deeper/c.txt", "sub-2/d.txt"):
        (inbox.root / path).unlink()
    inbox.write("sub/new.txt")
    inbox.scan(b"sub")
    assert inbox.gone() == {b"sub/deeper/c.txt"}
    assert b"sub/new.txt" in inbox.states()


def test_what_comes_back_unchanged_is_not_settled_again(inbox: Inbox, tmp_path: Path) -> None:
    inbox.write("sub/a.txt")
    inbox.scan()
    inbox.follow_all()
    (inbox.root / "sub").rename(tmp_path / "elsewhere")
    inbox.scan()
    assert inbox.gone() == {b"sub/a.txt"}
    (tmp_path / "elsewhere").rename(inbox.root / "sub")
    inbox.scan()
    assert inbox.states() == {b"sub/a.txt": "followed"}


def test_a_file_that_turns_into_a_folder_and_back(inbox: Inbox) -> None:
    file = inbox.write("a.txt")
    inbox.scan()
    file.unlink()
    inbox.write("a.txt/b.txt")
    inbox.scan()
    assert (inbox.gone(), inbox.states()) == ({b"a.txt"}, {b"a.txt/b.txt": "settling"})
    (file / "b.txt").unlink()
    file.rmdir()
    inbox.write("a.txt")
    inbox.scan()
    assert (inbox.gone(), inbox.states()) == ({b"a.txt/b.txt"}, {b"a.txt": "settling"})


def test_links_are_not_followed(inbox: Inbox, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("secret")
    inbox.write("sub/a.txt")
    os.symlink(outside, inbox.root / "folder")
    os.symlink(outside / "secret.txt", inbox.root / "file.txt")
    os.symlink("..", inbox.root / "sub" / "loop")
    os.symlink(inbox.root, inbox.root / "root")
    inbox.scan()
    states = inbox.states()
    assert states.pop(b"sub/a.txt") == "settling"
    assert states == dict.fromkeys((b"folder", b"file.txt", b"sub/loop", b"root"), "ignored")
    assert inbox.reason(b"file.txt") == "not a file: symbolic link"


def test_a_folder_swapped_for_a_link_is_gone(inbox: Inbox, tmp_path: Path) -> None:
    inbox.write("sub/deeper/a.txt")
    inbox.scan()
    (inbox.root / "sub").rename(tmp_path / "outside")
    os.symlink(tmp_path / "outside", inbox.root / "sub")
    inbox.scan(b"sub/deeper")
    assert inbox.gone() == {b"sub/deeper/a.txt"}
    report = inbox.scanner.look({b"sub/deeper": {b"a.txt"}})
    assert report.trees == [b"sub/deeper"]
    assert inbox.states() == {}


def test_hard_links_are_two_files(inbox: Inbox) -> None:
    file = inbox.write("a.txt")
    os.link(file, inbox.root / "b.txt")
    inbox.scan()
    assert inbox.states() == {b"a.txt": "settling", b"b.txt": "settling"}


def test_special_files_are_ignored_and_say_so(inbox: Inbox) -> None:
    os.mkfifo(inbox.root / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.fsencode(inbox.root / "socket.txt"))
    if os.geteuid() == 0:
        os.mknod(inbox.root / "device.txt", stat.S_IFCHR | 0o600, os.makedev(1, 3))
    inbox.scan()
    assert set(inbox.states().values()) == {"ignored"}
    assert inbox.reason(b"pipe.txt") == "not a file: FIFO"
    assert inbox.reason(b"socket.txt") == "not a file: socket"


def test_temporary_files_of_ours_leave_no_trace(inbox: Inbox) -> None:
    inbox.write(".flexorchd-0123456789abcdef.tmp")
    inbox.configure(["*"], exclude=())
    inbox.scan()
    assert inbox.states() == {}


def test_an_excluded_folder_is_not_entered(inbox: Inbox) -> None:
    inbox.write(".git/a.txt")
    inbox.write("@eaDir/b.txt")
    inbox.write("c.txt")
    inbox.scan()
    assert inbox.states() == {b"c.txt": "settling"}


def test_changed_rules_decide_anew_about_what_is_not_sent(inbox: Inbox) -> None:
    for path in ("done.txt", "sub/done.txt"):
        inbox.write(path)
    inbox.scan()
    inbox.follow_all()
    for path in ("waiting.txt", "sub/waiting.txt", "other.csv"):
        inbox.write(path)
    inbox.scan()
    assert inbox.states()[b"other.csv"] == "ignored"

    inbox.configure(["*.csv"], exclude=("sub/",))
    inbox.scan()
    assert inbox.states() == {
        b"done.txt": "followed",
        b"sub/done.txt": "followed",
        b"waiting.txt": "ignored",
        b"sub/waiting.txt": "ignored",
        b"other.csv": "settling",
    }
    assert inbox.reason(b"sub/waiting.txt") == "exclude sub/"


def test_without_recursion_only_the_folder_itself_counts(inbox: Inbox) -> None:
    inbox.write("a.txt")
    inbox.write("sub/b.txt")
    inbox.scan()
    inbox.configure(["*.txt"], recursive=False)
    inbox.write("sub/c.txt")
    inbox.scan()
    assert inbox.states() == {b"a.txt": "settling", b"sub/b.txt": "ignored"}


def test_nothing_is_gone_while_the_folder_is_not_in_its_place(inbox: Inbox) -> None:
    inbox.write("a.txt")
    inbox.write("sub/b.txt")
    inbox.scan()
    (inbox.root / "a.txt").unlink()
    inbox.ground.firm = False
    assert inbox.scan().gone == 0
    assert inbox.scanner.look({b"": {b"a.txt"}}).gone == 0
    assert inbox.gone() == set()


def test_nothing_is_gone_from_where_an_absent_mount_was(inbox: Inbox) -> None:
    inbox.write("a.txt")
    inbox.write("sub/b.txt")
    inbox.scan()
    (inbox.root / "a.txt").unlink()
    (inbox.root / "sub/b.txt").unlink()
    inbox.ground.spared = {b"sub"}
    inbox.scan()
    assert inbox.gone() == {b"a.txt"}


def test_a_folder_without_rights_is_reported_and_its_files_are_not_gone() -> None:
    with folder_of_nobody() as base, as_nobody():
        inbox = Inbox(base)
        inbox.write("open/a.txt")
        inbox.write("shut/deeper/b.txt")
        inbox.scan()
        (inbox.root / "shut").chmod(0)
        report = inbox.scan()
        assert {path: type(error) for path, error in report.unreadable.items()} == {
            b"shut": PermissionError
        }
        assert inbox.gone() == set()
        (inbox.root / "shut").chmod(0o700)
        inbox.write("shut/c.txt")
        assert inbox.scan(b"shut").unreadable == {}
        assert b"shut/c.txt" in inbox.states()
        inbox.ledger.close()


def test_a_path_longer_than_the_kernel_takes_at_once(inbox: Inbox) -> None:
    name = "x" * 200
    descriptor = os.open(inbox.root, os.O_RDONLY)
    for _ in range(30):
        os.mkdir(name, dir_fd=descriptor)
        below = os.open(name, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = below
    os.close(os.open("a.txt", os.O_CREAT | os.O_WRONLY, dir_fd=descriptor))
    os.close(descriptor)
    inbox.scan()
    assert inbox.states() == {b"/".join([name.encode()] * 30) + b"/a.txt": "settling"}


def test_a_stop_ends_a_scan_between_two_folders(inbox: Inbox) -> None:
    class StopError(Exception):
        pass

    for number in range(5):
        inbox.write(f"{number}/a.txt")
    inbox.scan()
    inbox.follow_all()
    calls = 0

    def between() -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise StopError

    with pytest.raises(StopError):
        inbox.scanner.scan(b"", FoundBy.RESCAN, between=between)
    assert inbox.gone() == set()


def test_what_an_event_tells_in_the_middle_of_a_scan_stands(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files are away while their folder is listed, and back before the scan ends."""
    monkeypatch.setattr("flexorchd.watch.findings.LONGEST_DELAY", -1.0)
    for number in range(3):
        inbox.write(f"{number}/a.txt")
    inbox.scan()
    inbox.follow_all()
    for number in range(3):
        (inbox.root / str(number) / "a.txt").unlink()
    back = []

    def between() -> None:
        for path in inbox.gone():
            back.append(path)
            inbox.write(path, "it is back")
            inbox.scanner.look({path[:1]: {b"a.txt"}})

    inbox.scanner.scan(b"", FoundBy.RESCAN, between=between)
    assert len(back) == 2
    assert {inbox.states()[path] for path in back} == {"settling"}
    assert inbox.gone().isdisjoint(back)


def test_looking_at_names_that_events_told_of(inbox: Inbox) -> None:
    inbox.write("old.txt")
    inbox.write("sub/old.txt")
    inbox.scan()
    inbox.follow_all()
    inbox.write("new.txt")
    inbox.write("sub/old.txt", "changed")
    inbox.write("folder/inner.txt")
    (inbox.root / "old.txt").unlink()
    report = inbox.scanner.look(
        {
            b"": {b"new.txt", b"old.txt", b"folder", b"never.txt"},
            b"sub": {b"old.txt"},
            b"no": {b"x"},
        }
    )
    assert sorted(report.trees) == [b"folder", b"no"]
    assert inbox.states() == {b"new.txt": "settling", b"sub/old.txt": "settling"}
    assert inbox.gone() == {b"old.txt"}


def test_what_a_rescan_caught_is_counted_but_not_what_is_recent(inbox: Inbox) -> None:
    inbox.clock.time = 4_000_000_000.0
    inbox.write("first.txt")
    inbox.scan(found_by=FoundBy.FIRST_SCAN)
    inbox.write("told.txt")
    inbox.scanner.look({b"": {b"told.txt"}})
    inbox.write("missed.txt")
    assert inbox.scan(found_by=FoundBy.RESCAN).unannounced == 1
    inbox.clock.time = 1_000_000_000.0
    inbox.write("event on its way.txt")
    assert inbox.scan(found_by=FoundBy.RESCAN).unannounced == 0
    watch = inbox.ledger.watches.get("inbox")
    assert watch is not None
    assert (watch.found_by_event, watch.found_by_scan) == (2, 1)
