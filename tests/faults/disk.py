"""Disks that fail as they are told to: a FUSE mount over a folder of this machine."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Self

from tests.faults import need

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0
FOREVER = 1_000_000_000


class BrokenDisk:
    """A folder mounted at a point; a context manager.

    Args:
        point: where; it is made.
        backing: what lies behind it; changes made there send no event through the mount.
        options: of the mount.
    """

    def __init__(self, point: Path, backing: Path, **options: Any) -> None:
        _needs_fuse()
        self.point = point
        self.backing = backing
        self._options = {
            "fsname": "broken",
            "subtype": "broken",
            "use_ino": True,
            "allow_other": True,
            "max_threads": 50,
        } | options
        self._options = {key: value for key, value in self._options.items() if value is not None}
        self._rules_file = backing.with_name(f"{backing.name}.rules")
        self._rules: list[dict[str, Any]] = []
        self._numbers = count()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.backing.mkdir(parents=True, exist_ok=True)
        self.point.mkdir(parents=True, exist_ok=True)
        self._write()
        self.mount()
        return self

    def __exit__(self, *_: object) -> None:
        self.heal()
        self.unmount()

    def mount(self) -> None:
        """Put it there."""
        command = [sys.executable, "-m", "tests.faults.passthrough", str(self.backing)]
        command += [str(self.point), str(self._rules_file), json.dumps(self._options)]
        self._process = subprocess.Popen(command, cwd=ROOT)
        _wait(lambda: os.path.ismount(self.point))

    def unmount(self) -> None:
        """Take it away, whoever uses it."""
        subprocess.run(["umount", "-l", str(self.point)], capture_output=True, check=False)
        self._end()

    def crash(self) -> None:
        """What is behind it ends: from here on its endpoint is not connected."""
        assert self._process
        self._process.kill()
        self._end()
        _wait(lambda: not _answers(self.point))

    def come_back(self) -> None:
        """Mount it anew after a crash."""
        self.unmount()
        self.mount()

    def _end(self) -> None:
        if self._process:
            try:
                self._process.wait(timeout=1)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None

    # What goes wrong.

    def fails(
        self, *operations: str, error: str = "EIO", where: str = "", times: int = FOREVER
    ) -> None:
        """These operations, on paths that match, end with an error."""
        self._rule(operations, where, times, errno=error)

    def is_slow(self, *operations: str, seconds: float, where: str = "") -> None:
        """These operations take so much longer."""
        self._rule(operations, where, FOREVER, delay=seconds)

    def hangs(self, *operations: str, where: str = "", after: int = 0) -> None:
        """These operations, `after` so many, do not end until it is healed: a hard mount without its server."""
        self._rule(operations, where, FOREVER, hang=True, after=after)

    def heal(self) -> None:
        """Nothing goes wrong any more."""
        self._rules = []
        self._write()

    def met(self, operation: str = "") -> int:
        """How often something went wrong (with one operation)."""
        return sum(n for name, n in self._met().items() if name == operation or not operation)

    def _met(self) -> Counter[str]:
        file = self._rules_file.with_suffix(".met")
        lines = file.read_text().splitlines() if file.exists() else []
        return Counter(json.loads(line)["operation"] for line in lines)

    def _rule(self, operations: tuple[str, ...], where: str, times: int, **what: Any) -> None:
        rule = {"id": next(self._numbers), "operations": operations, "where": where}
        self._rules.append(rule | {"times": times, "after": 0} | what)
        self._write()

    def _write(self) -> None:
        temporary = self._rules_file.with_suffix(".new")
        temporary.write_text("".join(json.dumps(rule) + "\n" for rule in self._rules))
        temporary.rename(self._rules_file)


@contextmanager
def loop_device(image: Path) -> Iterator[str]:
    """A block device of this machine, for what wants to be mounted from one."""
    need.root()
    with image.open("wb") as file:
        file.truncate(1 << 20)
    done = subprocess.run(
        ["losetup", "--find", "--show", str(image)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        need.missing(f"there are no loop devices here: {done.stderr.strip()}")
    device = done.stdout.strip()
    try:
        yield device
    finally:
        subprocess.run(["losetup", "--detach", device], check=True)


def _needs_fuse() -> None:
    if not os.access("/dev/fuse", os.R_OK | os.W_OK) or shutil.which("fusermount3") is None:
        need.missing("there is no FUSE here (/dev/fuse, fusermount3)")
    if importlib.util.find_spec("mfusepy") is None:
        need.missing("mfusepy is not installed (extra dev)")


def _answers(point: Path) -> bool:
    try:
        point.stat()
    except OSError:
        return False
    return True


def _wait(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, "the mount does not come"
        time.sleep(0.01)
