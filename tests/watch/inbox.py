"""A folder on disk, a ledger beside it, and what the tests ask of both."""

import contextlib
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from flexorchd.ledger.files import FoundBy
from flexorchd.ledger.ledger import Ledger
from flexorchd.rules.selection import DEFAULT_EXCLUDE, Selection
from flexorchd.watch.findings import Door, Report
from flexorchd.watch.observer import LIMITS
from flexorchd.watch.scanner import Scanner
from tests.faults import need

NOBODY = 65534


class ManualClock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.time = 1_800_000_000.0
        self.passed = 0.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.passed

    def advance(self, seconds: float) -> None:
        self.time += seconds
        self.passed += seconds


@dataclass
class Ground:
    firm: bool = True
    spared: set[bytes] = field(default_factory=set)

    def is_firm(self) -> bool:
        return self.firm

    def spares(self, folder: bytes) -> bool:
        return folder in self.spared


class Inbox:
    """A watched folder with its ledger, looked at by a scanner when a test says so."""

    def __init__(self, base: Path, include: list[str] | None = None) -> None:
        self.root = base / "inbox"
        self.root.mkdir()
        self.ledger = Ledger(base / "ledger.sqlite3")
        self.id = self.ledger.watches.configure({"inbox": os.fsencode(self.root)})["inbox"]
        self.clock = ManualClock()
        self.ground = Ground()
        self.rings = 0
        self.settle = 2.0
        self.configure(include or ["*.txt"])

    def configure(
        self,
        include: list[str],
        *,
        exclude: tuple[str, ...] = DEFAULT_EXCLUDE,
        recursive: bool = True,
    ) -> None:
        door = Door(
            self.ledger.files,
            self.id,
            Selection(include, exclude),
            self.settle,
            self.clock,
            self.ground,
            self._ring,
        )
        self.scanner = Scanner(os.fsencode(self.root), door, recursive=recursive)

    def _ring(self) -> None:
        self.rings += 1

    def write(self, path: str | bytes, content: str = "content") -> Path:
        file = self.root / os.fsdecode(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
        return file

    def scan(self, below: bytes = b"", found_by: FoundBy = FoundBy.FIRST_SCAN) -> Report:
        return self.scanner.scan(below, found_by)

    def follow_all(self) -> None:
        """As if every file that is settling had been hashed."""
        with self.ledger.database.write() as db:
            db.execute(
                "UPDATE files SET state = 'followed', due_at = NULL WHERE state = 'settling'"
            )

    def states(self) -> dict[bytes, str]:
        """The state of every file that is there, by its path."""
        return {path: row["state"] for path, row in self._rows().items() if row["gone_at"] is None}

    def gone(self) -> set[bytes]:
        return {path for path, row in self._rows().items() if row["gone_at"] is not None}

    def reason(self, path: bytes) -> str | None:
        return self._rows()[path]["reason"]

    def _rows(self) -> dict[bytes, object]:
        rows = self.ledger.database.read.execute(
            "SELECT d.path AS directory, f.* FROM files AS f JOIN directories AS d "
            "ON d.id = f.directory_id WHERE d.watch_id = ?",
            (self.id,),
        )
        return {
            row["directory"] + b"/" + row["name"] if row["directory"] else row["name"]: row
            for row in rows
        }


def wait_until(condition: Callable[[], object], seconds: float = 15.0) -> None:
    """Wait for a condition; the test fails when it does not come true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


def needs_root() -> None:
    if os.geteuid() != 0:
        need.missing("this needs root")


def needs_limits() -> None:
    if not os.access(LIMITS / "max_queued_events", os.W_OK):
        need.missing("this needs to set the limits of inotify")


@contextlib.contextmanager
def kernel_limit(name: str, value: int) -> Iterator[None]:
    """A limit for what is opened within the block; it is the whole machine's, so for a moment only."""
    file = LIMITS / name
    before = file.read_text()
    file.write_text(str(value))
    try:
        yield
    finally:
        file.write_text(before)


@contextlib.contextmanager
def mounted(point: Path, *options: str, source: str = "tmpfs") -> Iterator[None]:
    """A mount for the length of the block; tmpfs unless options say otherwise."""
    needs_root()
    arguments = options or ("-t", "tmpfs", "-o", "size=4m")
    done = subprocess.run(["mount", *arguments, source, point], capture_output=True, check=False)
    if done.returncode:
        need.missing(f"this needs to mount: {done.stderr.decode().strip()}")
    try:
        yield
    finally:
        unmount(point)


def unmount(point: Path) -> None:
    subprocess.run(["umount", "-l", point], capture_output=True, check=False)


@contextlib.contextmanager
def folder_of_nobody() -> Iterator[Path]:
    """A folder that belongs to a user without rights, where root stands aside for it."""
    needs_root()
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="flexorchd-") as name:
        os.chown(name, NOBODY, NOBODY)
        yield Path(name)


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
