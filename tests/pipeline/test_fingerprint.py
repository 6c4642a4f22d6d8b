"""The hash of a settled file: of what settled and of nothing else, once, and of any size."""

import hashlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from flexorchd.ledger.accounts import SettingsRow
from flexorchd.ledger.files import FoundBy
from flexorchd.pipeline import fingerprint
from flexorchd.pipeline.fingerprint import FingerprintStage
from flexorchd.pipeline.stage import Bells
from flexorchd.rules.plan import Plan
from tests.watch.inbox import Inbox, as_nobody, folder_of_nobody, wait_until


class Hashing:
    """An inbox whose files are complete as soon as they are found."""

    def __init__(self, base: Path) -> None:
        self.inbox = Inbox(base, ["*"])
        self.ledger = self.inbox.ledger
        self.bells = Bells()
        now = self.inbox.clock.now()
        self.account_id = self.ledger.accounts.add("embedded", "engine:", "store", "here", now)
        self.settings_id = self.ledger.accounts.settings_id(
            SettingsRow("und", True, "redact", "auto")
        )
        self.stage = FingerprintStage(
            self.ledger,
            lambda: {self.inbox.id: self.settings_id},
            lambda: self.account_id,
            lambda: Plan(frozenset({"txt"})),
            self.inbox.clock,
            self.bells,
        )

    def write(self, name: str, content: bytes) -> Path:
        file = self.inbox.root / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
        return file

    def settle_all(self) -> None:
        self.inbox.scan(found_by=FoundBy.EVENT)
        rows = self.ledger.database.read.execute("SELECT id FROM files WHERE state = 'settling'")
        self.ledger.files.mark_settled([(row["id"], None) for row in rows], self.inbox.clock.now())

    def hashes(self) -> dict[bytes, bytes]:
        """The document's hash of each file, by the file's name."""
        rows = self.ledger.database.read.execute(
            "SELECT f.name, c.sha256 FROM files AS f JOIN versions AS v ON v.id = f.version_id "
            "JOIN documents AS c ON c.id = v.document_id WHERE f.state = 'followed'"
        )
        return {row["name"]: row["sha256"] for row in rows}

    def rang(self, stage: str) -> bool:
        bell = self.bells.bell(stage)
        rang = bell.is_set()
        bell.clear()
        return rang


@pytest.fixture
def hashing(tmp_path: Path) -> Iterator[Hashing]:
    made = Hashing(tmp_path)
    yield made
    made.stage.close()
    made.ledger.close()


def test_a_settled_file_gets_its_hash_and_its_document(hashing: Hashing) -> None:
    hashing.write("a.txt", b"content")
    hashing.settle_all()
    assert hashing.stage.step() is None
    assert hashing.hashes() == {b"a.txt": hashlib.sha256(b"content").digest()}
    assert hashing.rang("upload")
    assert hashing.rang("deliver")
    assert not hashing.rang("settle")


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=100), st.integers(0, 3), st.integers(-1, 1))
def test_the_hash_is_that_of_all_the_bytes(
    hashing: Hashing, piece: bytes, blocks: int, odd: int
) -> None:
    content = (piece * 9_000)[: max(0, blocks * fingerprint.BLOCK + odd)] + piece
    hashing.write("a.bin", content)
    hashing.settle_all()
    hashing.stage.step()
    assert hashing.hashes()[b"a.bin"] == hashlib.sha256(content).digest()


def test_an_unchanged_file_is_never_hashed_again(
    hashing: Hashing, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashing.write("a.txt", b"content")
    hashing.settle_all()
    hashing.stage.step()
    monkeypatch.setattr(fingerprint, "_sha256", lambda *_: pytest.fail("hashed again"))
    for _ in range(2):
        hashing.settle_all()
        assert hashing.stage.step() is None


@pytest.mark.parametrize("change", ["content", "removed", "replaced", "link", "folder", "fifo"])
def test_what_is_not_what_settled_settles_again(
    hashing: Hashing, tmp_path: Path, change: str
) -> None:
    file = hashing.write("a.txt", b"content")
    hashing.settle_all()
    file.unlink()
    if change in ("content", "replaced"):
        file.write_bytes(b"content" if change == "replaced" else b"other")
    elif change == "link":
        (tmp_path / "secret").write_bytes(b"content")
        os.symlink(tmp_path / "secret", file)
    elif change == "folder":
        file.mkdir()
    elif change == "fifo":
        os.mkfifo(file)
    hashing.stage.step()
    assert hashing.hashes() == {}
    assert hashing.inbox.states() == {b"a.txt": "settling"}
    assert hashing.rang("settle")


def test_a_folder_swapped_for_a_link_is_not_followed(hashing: Hashing, tmp_path: Path) -> None:
    hashing.write("sub/a.txt", b"content")
    hashing.settle_all()
    (hashing.inbox.root / "sub").rename(tmp_path / "elsewhere")
    os.symlink(tmp_path / "elsewhere", hashing.inbox.root / "sub")
    hashing.stage.step()
    assert hashing.hashes() == {}


@pytest.mark.parametrize("change", ["grown", "truncated", "moved over", "touched"])
def test_a_change_while_it_is_read_is_noticed(
    hashing: Hashing, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    file = hashing.write("a.bin", b"x" * (2 * fingerprint.BLOCK))
    other = hashing.inbox.root.parent / "other"
    other.write_bytes(b"y" * (2 * fingerprint.BLOCK))
    hashing.settle_all()
    readv = os.readv
    changed = False

    def readv_and_change(descriptor: int, buffers: list[memoryview]) -> int:
        nonlocal changed
        count = readv(descriptor, buffers)
        if not changed:
            changed = True
            if change == "grown":
                with file.open("ab") as more:
                    more.write(b"more")
            elif change == "truncated":
                os.truncate(file, fingerprint.BLOCK + 1)
            elif change == "touched":
                os.utime(file)
            else:
                other.rename(file)
        return count

    monkeypatch.setattr(os, "readv", readv_and_change)
    hashing.stage.step()
    assert changed
    assert hashing.hashes() == {}
    assert hashing.inbox.states() == {b"a.bin": "settling"}


def test_large_files_do_not_hold_up_small_ones(
    hashing: Hashing, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        with hashing.write(f"large {number}", b"").open("wb") as file:
            file.truncate(fingerprint.LARGE + number)
    hashing.write("small", b"content")
    hashing.settle_all()
    go_on = threading.Event()
    sha256 = fingerprint._sha256
    reading = []

    def slow(file: object, *arguments: object) -> bytes:
        if file.size >= fingerprint.LARGE:  # type: ignore[attr-defined]
            reading.append(file)
            go_on.wait(10)
        return sha256(file, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(fingerprint, "_sha256", slow)
    assert hashing.stage.step() is None
    assert hashing.hashes().keys() == {b"small"}
    wait_until(lambda: len(reading) == fingerprint.READERS)
    go_on.set()

    def step() -> bool:
        hashing.stage.step()
        return len(hashing.hashes()) == 5

    wait_until(step)
    zeros = hashlib.sha256(bytes(fingerprint.LARGE)).digest()
    assert hashing.hashes()[b"large 0"] == zeros
    assert hashing.bells.bell("fingerprint").is_set()


def test_the_end_of_the_stage_is_the_end_of_reading(hashing: Hashing) -> None:
    with hashing.write("sparse", b"").open("wb") as file:
        file.truncate(1 << 42)
    hashing.settle_all()
    assert hashing.stage.step() is None
    reader = next(t for t in threading.enumerate() if t.name.startswith("fingerprint of"))
    begun = time.monotonic()
    hashing.stage.close()
    reader.join(5)
    assert not reader.is_alive()
    assert time.monotonic() - begun < 2
    assert hashing.inbox.states() == {b"sparse": "settled"}


def test_a_file_that_cannot_be_read_waits_longer_and_longer() -> None:
    with folder_of_nobody() as base, as_nobody(), capture_logs() as logs:
        hashing = Hashing(base)
        hashing.write("a.txt", b"content").chmod(0)
        hashing.settle_all()
        hashing.stage.step()
        row = hashing.ledger.database.read.execute("SELECT * FROM files").fetchone()
        assert (row["state"], row["attempt"]) == ("settling", 1)
        assert row["due_at"] == pytest.approx(hashing.inbox.clock.now() + 5.0)
        assert row["reason"] == "PERMISSION_DENIED: Permission denied"
        hashing.ledger.close()
    assert [entry["event"] for entry in logs] == ["file.unreadable"]


def test_many_files_in_few_steps(hashing: Hashing) -> None:
    for number in range(1_100):
        hashing.write(f"{number}", b"%d" % number)
    hashing.settle_all()
    steps = 1
    while hashing.stage.step() == 0.0:
        steps += 1
    assert steps == 3
    assert hashing.hashes() == {
        b"%d" % number: hashlib.sha256(b"%d" % number).digest() for number in range(1_100)
    }
