"""When a file is complete: real files, a clock that goes when the test says so."""

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from flexorchd.ledger.files import FoundBy
from flexorchd.pipeline.settle import SettleStage
from flexorchd.pipeline.stage import Bells
from flexorchd.rules.stability import INCOMPLETE
from tests.watch.inbox import Inbox, as_nobody, folder_of_nobody


class Settling:
    """An inbox whose files settle step by step."""

    def __init__(self, base: Path, settle: float = 2.0) -> None:
        self.inbox = Inbox(base, ["*"])
        self.clock = self.inbox.clock
        self.clock.time = 4_000_000_000.0
        self.settle = settle
        self.bells = Bells()
        self.in_place = True
        self.stage = self._stage()

    def _stage(self) -> SettleStage:
        return SettleStage(
            self.inbox.ledger,
            lambda: {self.inbox.id: self.settle},
            self.clock,
            self.bells,
            lambda watch_id: self.in_place and watch_id == self.inbox.id,
        )

    def find(self) -> None:
        self.inbox.scan(found_by=FoundBy.EVENT)

    def begin_when_changed(self, file: Path) -> None:
        """The file system's clock is not the test's: set the test's to the moment of the change."""
        self.clock.time = file.stat().st_ctime

    def restart(self) -> None:
        self.stage = self._stage()

    def after(self, seconds: float) -> str | None:
        """The state of the only file, looked at after so much time."""
        self.clock.advance(seconds)
        self.stage.step()
        return next(iter(self.inbox.states().values()), None)

    def rang(self, stage: str) -> bool:
        bell = self.bells.bell(stage)
        rang = bell.is_set()
        bell.clear()
        return rang

    def row(self) -> object:
        return self.inbox.ledger.database.read.execute(
            "SELECT f.*, v.state AS version_state, v.error_code FROM files AS f "
            "LEFT JOIN versions AS v ON v.id = f.version_id"
        ).fetchone()


@pytest.fixture
def settling(tmp_path: Path) -> Iterator[Settling]:
    made = Settling(tmp_path)
    yield made
    made.inbox.ledger.close()


def write(settling: Settling, name: str, content: bytes) -> Path:
    file = settling.inbox.root / name
    file.write_bytes(content)
    return file


def test_a_file_that_stays_the_same_is_settled_after_its_time(settling: Settling) -> None:
    write(settling, "a.txt", b"content")
    settling.find()
    assert settling.after(1.9) == "settling"
    assert settling.stage.step() == pytest.approx(0.1)
    assert not settling.rang("fingerprint")
    assert settling.after(0.1) == "settled"
    assert settling.rang("fingerprint")
    assert settling.stage.step() is None


def test_every_change_begins_the_time_anew(settling: Settling) -> None:
    file = write(settling, "a.txt", b"content")
    settling.find()
    for _ in range(3):
        with file.open("ab") as more:
            more.write(b"more")
        assert settling.after(2.0) == "settling"
    assert settling.after(1.9) == "settling"
    assert settling.after(0.1) == "settled"


@pytest.mark.parametrize("change", ["touched", "replaced", "mode"])
def test_no_change_is_too_small(settling: Settling, change: str) -> None:
    file = write(settling, "a.txt", b"content")
    os.utime(file, ns=(10**18, 10**18))
    settling.find()
    if change == "touched":
        os.utime(file, ns=(10**18, 10**18 + 1))
    elif change == "mode":
        file.chmod(0o600)
    else:
        other = write(settling, "b.txt", b"content")
        os.utime(other, ns=(10**18, 10**18))
        other.rename(file)
    assert settling.after(2.0) == "settling"
    assert settling.after(2.0) == "settled"


def test_without_a_settle_time_one_look_is_enough(settling: Settling) -> None:
    settling.settle = settling.inbox.settle = 0.0
    settling.inbox.configure(["*"])
    write(settling, "a.txt", b"content")
    settling.find()
    assert settling.after(0.0) == "settled"


def zip_bytes(path: Path) -> bytes:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>" * 2_000)
    return path.read_bytes()


@pytest.mark.parametrize("kind", ["pdf", "docx", "PDF"])
def test_a_file_without_its_ending_is_waited_for(
    settling: Settling, tmp_path: Path, kind: str
) -> None:
    if kind == "docx":
        whole = zip_bytes(tmp_path / "whole.zip")
    else:
        whole = b"%PDF-1.7\n" + b"x" * 5_000 + b"\n%%EOF\n"
    file = write(settling, f"a.{kind}", whole[:-30])
    settling.begin_when_changed(file)
    settling.find()
    assert settling.after(2.0) == "settling"
    file.write_bytes(whole)
    settling.find()
    assert settling.after(2.0) == "settled"
    assert settling.row()["reason"] is None


def test_a_file_that_never_gets_its_ending_is_sent_with_a_warning(settling: Settling) -> None:
    file = write(settling, "a.pdf", b"%PDF-1.7\nno end")
    settling.begin_when_changed(file)
    settling.find()
    assert settling.after(29.0) == "settling"
    assert settling.after(1.5) == "settled"
    assert settling.row()["reason"] == INCOMPLETE


def test_what_was_changed_long_ago_is_not_waited_for(settling: Settling) -> None:
    write(settling, "a.pdf", b"%PDF-1.7\nno end")
    settling.find()
    assert settling.after(2.0) == "settled"


def test_an_empty_file_fails_and_content_later_is_another_chance(settling: Settling) -> None:
    file = write(settling, "a.txt", b"")
    settling.begin_when_changed(file)
    settling.find()
    assert settling.after(25.0) == "settling"
    assert settling.after(6.0) == "followed"
    assert (settling.row()["version_state"], settling.row()["error_code"]) == (
        "ready",
        "EMPTY_FILE",
    )
    assert settling.rang("deliver")
    assert not settling.rang("fingerprint")
    file.write_bytes(b"content")
    settling.find()
    assert settling.after(2.0) == "settled"


def test_a_file_that_has_gone_is_gone_only_while_its_folder_is_in_place(settling: Settling) -> None:
    file = write(settling, "a.txt", b"content")
    settling.find()
    file.unlink()
    settling.in_place = False
    assert settling.after(2.0) == "settling"
    assert settling.inbox.gone() == set()
    assert settling.stage.step() == pytest.approx(2.0)
    settling.in_place = True
    settling.after(2.0)
    assert settling.inbox.gone() == {b"a.txt"}
    assert settling.stage.step() is None


def test_a_link_in_a_files_place_is_not_followed(settling: Settling, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.txt").write_bytes(b"content")
    (settling.inbox.root / "sub").mkdir()
    write(settling, "sub/a.txt", b"content")
    write(settling, "b.txt", b"content")
    settling.find()
    (settling.inbox.root / "sub").rename(tmp_path / "moved")
    os.symlink(tmp_path / "outside", settling.inbox.root / "sub")
    (settling.inbox.root / "b.txt").unlink()
    os.symlink(tmp_path / "outside" / "a.txt", settling.inbox.root / "b.txt")
    settling.after(2.0)
    assert settling.inbox.gone() == {b"sub/a.txt", b"b.txt"}


def test_a_held_watch_waits(settling: Settling) -> None:
    write(settling, "a.txt", b"content")
    settling.find()
    ledger = settling.inbox.ledger
    ledger.watches.hold(settling.inbox.id, "MOUNT_MISSING", "gone", settling.clock.now())
    assert settling.after(10.0) == "settling"
    assert settling.stage.step() is None
    ledger.watches.release(settling.inbox.id, "MOUNT_MISSING")
    assert settling.after(0.0) == "settled"


def test_what_the_watch_saw_meanwhile_is_not_written_over(
    settling: Settling, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(settling, "a.txt", b"content")
    settling.find()
    look_at = SettleStage._look_at

    def overtaken(stage: SettleStage, files: object) -> object:
        outcomes = look_at(stage, files)  # type: ignore[arg-type]
        file.write_bytes(b"other content")
        settling.find()
        return outcomes

    monkeypatch.setattr(SettleStage, "_look_at", overtaken)
    settling.clock.advance(2.0)
    settling.stage.step()
    assert settling.row()["state"] == "settling"
    assert settling.row()["size"] == len(b"other content")


@pytest.mark.parametrize("step", [-86_400.0, 3_600.0])
def test_a_clock_that_is_set_neither_hurries_nor_delays(settling: Settling, step: float) -> None:
    write(settling, "a.txt", b"content")
    settling.find()
    settling.stage.step()
    settling.clock.time += step
    assert settling.after(0.0) == "settling"
    assert settling.after(1.9) == "settling"
    assert settling.after(0.2) == "settled"


def test_a_clock_that_was_set_back_between_two_runs_delays_nothing(settling: Settling) -> None:
    write(settling, "a.txt", b"content")
    settling.find()
    settling.clock.time -= 86_400.0
    settling.restart()
    assert settling.after(0.0) == "settling"
    assert settling.after(2.0) == "settled"


def test_an_unreadable_file_is_tried_again_with_growing_pauses() -> None:
    with folder_of_nobody() as base, as_nobody(), capture_logs() as logs:
        settling = Settling(base)
        file = write(settling, "a.txt", b"content")
        file.chmod(0)
        settling.find()
        pauses = []
        for _ in range(4):
            assert settling.after(2.0 if not pauses else pauses[-1]) == "settling"
            pauses.append(settling.stage.step() or 0.0)
        assert pauses == pytest.approx([5.0, 10.0, 20.0, 40.0])
        assert settling.row()["reason"] == "PERMISSION_DENIED: Permission denied"
        file.chmod(0o600)
        settling.find()
        assert settling.after(2.0) == "settled"
        settling.inbox.ledger.close()
    assert [entry["event"] for entry in logs] == ["file.unreadable"]


def test_many_files_settle_in_few_transactions(settling: Settling) -> None:
    for number in range(1_200):
        write(settling, f"{number}.txt", b"content")
    settling.find()
    settling.clock.advance(2.0)
    steps = 0
    while settling.stage.step() == 0.0:
        steps += 1
    assert steps == 2
    assert set(settling.inbox.states().values()) == {"settled"}
