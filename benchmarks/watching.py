"""A burst of files into a watched folder, and what watching very many folders costs.

`python -m benchmarks.watching [--quick]`

Another process drops the files, once by moving them in and once by writing them; each must be in the ledger.
The folders are watched and then left in peace.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import rig, verify
from benchmarks.goals import Figures, Finding, Goal, at_most, report
from flexorchd.clock import SystemClock
from flexorchd.ledger.ledger import Ledger
from flexorchd.pipeline.stage import Bells, Runner
from flexorchd.rules.selection import DEFAULT_EXCLUDE, Selection
from flexorchd.watch.watcher import Watched, Watcher

IDLE_PERCENT, START_SECONDS = 0.1, 2.0
NEVER = 1e9

MOVE = """
import os, sys
for name in os.listdir(sys.argv[1]):
    os.rename(f"{sys.argv[1]}/{name}", f"{sys.argv[2]}/{name}")
"""
WRITE = """
import os, sys
for name in os.listdir(sys.argv[1]):
    with open(f"{sys.argv[2]}/{name}", "w") as file:
        file.write("content")
"""


@contextmanager
def watching(base: Path) -> Iterator[tuple[Watcher, Ledger]]:
    """A watcher of `base/inbox` at work, without rescans; and its ledger."""
    root, clock, bells = os.fsencode(base / "inbox"), SystemClock(), Bells()
    ledger = Ledger(base / "ledger.sqlite3")
    watched = Watched(
        ledger.watches.configure({"inbox": root})["inbox"],
        "inbox",
        root,
        Selection(["*"], DEFAULT_EXCLUDE),
        rescan=NEVER,
    )
    watcher = Watcher(
        watched, ledger, clock, wake=lambda: bells.ring("watch inbox"), ring=lambda: None
    )
    runner = Runner(watcher, bells, clock)
    runner.start()
    try:
        yield watcher, ledger
    finally:
        watcher.stop()
        runner.stop()
        runner.join(10.0)
        watcher.close()
        ledger.close()


def wait_for(condition: Callable[[], bool], seconds: float = 120.0) -> float:
    """Wait until it is so; how long that took."""
    began = time.perf_counter()
    while not condition():
        assert time.perf_counter() - began < seconds, "waited in vain"
        time.sleep(0.01)
    return time.perf_counter() - began


@dataclass(frozen=True, slots=True)
class Burst:
    """What a burst took: seconds to drop it and until all was known, CPU seconds, and how it was found."""

    files: int
    dropped: float
    known: float
    cpu: float
    overflows: int
    by_scan: int

    def row(self, how: str) -> list[str]:
        each = f"{self.cpu / self.files * 1e6:.0f}"
        return [
            how,
            f"{self.dropped:.2f}",
            f"{self.known:.2f}",
            each,
            f"{self.overflows}",
            f"{self.by_scan}",
        ]


def burst(base: Path, files: int, program: str) -> Burst:
    """Drop files; verify that each is known by its name."""
    (base / "inbox").mkdir(parents=True)
    (base / "made").mkdir()
    names = [f"document-{number:06}.txt" for number in range(files)]
    for name in names:
        (base / "made" / name).touch()
    with watching(base) as (watcher, ledger):
        watcher.scanned_once.wait(10)
        began, cpu = time.perf_counter(), time.process_time()
        command = [sys.executable, "-c", program, str(base / "made"), str(base / "inbox")]
        subprocess.run(command, check=True)
        dropped = time.perf_counter() - began
        wait_for(lambda: known(ledger) >= files)
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        rows = ledger.database.read.execute("SELECT name FROM files").fetchall()
        verify.each_once("files in the ledger", (os.fsdecode(row["name"]) for row in rows), names)
        row = ledger.watches.get("inbox")
        by_scan = row.found_by_scan if row else 0
        return Burst(files, dropped, seconds, cpu, watcher.overflows, by_scan)


def known(ledger: Ledger) -> int:
    return int(ledger.database.read.execute("SELECT count(*) FROM files").fetchone()[0])


def make_folders(inbox: Path, folders: int) -> list[Path]:
    """So many folders with none in them, a hundred in each of those above."""
    made = [inbox / f"{number // 100:04}" / f"{number:06}" for number in range(folders)]
    for folder in made:
        folder.mkdir(parents=True)
    return made


def idle(base: Path, folders: int, seconds: float) -> tuple[float, float]:
    """Seconds until so many folders are watched, and the CPU in percent that doing nothing takes.

    Afterwards a file in the last folder and one in the first must be seen by their events alone.
    """
    made = make_folders(base / "inbox", folders)
    began = time.perf_counter()
    with watching(base) as (watcher, ledger):
        watcher.scanned_once.wait(60)
        wait_for(lambda: watcher.mode == "events")
        started = time.perf_counter() - began
        time.sleep(1.0)
        cpu = time.process_time()
        time.sleep(seconds)
        cpu = time.process_time() - cpu
        for folder in (made[0], made[-1]):
            (folder / "document.txt").write_bytes(b"content")
        wait_for(lambda: known(ledger) == 2, 10.0)
    return started, 100.0 * cpu / seconds


def daemon_idle(folders: int, seconds: float) -> float:
    """The CPU in percent that a whole daemon takes which watches so many folders, and has nothing to do."""
    with rig.scratch() as base, rig.service() as service:
        made = make_folders(base / "inbox", folders)
        with rig.daemon(base, service.url) as daemon:
            time.sleep(3.0)
            cpu = daemon.cpu()
            time.sleep(seconds)
            cpu = daemon.cpu() - cpu
            (made[-1] / "document.txt").write_bytes(b"content")
            rig.wait_until(lambda: any(daemon.results.rglob("*.json")))
        rig.verify_delivered(daemon, service)
    return 100.0 * cpu / seconds


def measure(*, quick: bool) -> Iterator[Finding]:
    """The goals of this benchmark."""
    files, folders, seconds = (5_000, 2_000, 2.0) if quick else (20_000, 10_000, 10.0)
    bursts = {}
    for how, program in (("moved in", MOVE), ("written", WRITE)):
        with rig.scratch() as base:
            bursts[how] = burst(base, files, program)
    # A file that is lost ends the benchmark.
    yield Goal(
        f"Watch: lost of bursts of {files} files, moved in and written", "none", "none", True
    )
    with rig.scratch() as base:
        started, percent = idle(base, folders, seconds)
    yield at_most(
        f"Watch: {folders} folders, seconds until all are watched", started, START_SECONDS
    )
    yield at_most("Watch: … CPU at rest, %", percent, IDLE_PERCENT)
    columns = ["", "dropped in, s", "known after, s", "CPU µs a file", "overflows", "found by scan"]
    yield Figures(
        f"Bursts of {files} files", columns, [one.row(how) for how, one in bursts.items()]
    )
    whole = daemon_idle(folders, seconds)
    rows = [["the watcher", f"{percent:.3f}"], ["the whole daemon", f"{whole:.3f}"]]
    yield Figures(f"CPU at rest with {folders} folders", ["", "%"], rows)


if __name__ == "__main__":
    report(measure(quick="--quick" in sys.argv))
