"""A burst of files into a watched folder, and what watching very many folders costs.

`python -m benchmarks.watching [--files 20000] [--folders 10000] [--idle 5]`

Another process drops the files, once by moving them in and once by writing them; each must be in the
ledger. The folders are watched by an observer alone, and then left in peace.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flexorchd.clock import SystemClock
from flexorchd.ledger.ledger import Ledger
from flexorchd.pipeline.stage import Bells, Runner
from flexorchd.rules.selection import DEFAULT_EXCLUDE, Selection
from flexorchd.watch.watcher import Watched, Watcher

MOST_IDLE_PERCENT = 0.1
MOST_START_SECONDS = 2.0
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


def burst(base: Path, files: int, program: str) -> str:
    """Drop files; verify that each is known by its name."""
    (base / "inbox").mkdir(parents=True)
    (base / "made").mkdir()
    names = {f"document-{number:06}.txt" for number in range(files)}
    for name in names:
        (base / "made" / name).touch()
    with watching(base) as (watcher, ledger):
        watcher.scanned_once.wait(10)
        count = "SELECT count(*) FROM files"
        began, cpu = time.perf_counter(), time.process_time()
        command = [sys.executable, "-c", program, base / "made", base / "inbox"]
        subprocess.run(command, check=True)
        dropped = time.perf_counter() - began
        wait_for(lambda: ledger.database.read.execute(count).fetchone()[0] >= files)
        known, cpu = time.perf_counter() - began, time.process_time() - cpu
        rows = ledger.database.read.execute("SELECT name FROM files")
        assert {os.fsdecode(row["name"]) for row in rows} == names, "files were lost"
        row = ledger.watches.get("inbox")
        assert row is not None
        return (
            f"{files} dropped in {dropped:5.2f} s, all known after {known:5.2f} s, "
            f"{cpu / files * 1e6:4.0f} µs of CPU a file, {watcher.overflows} overflows, "
            f"{row.found_by_scan} found by a scan"
        )


def idle(base: Path, folders: int, seconds: float) -> tuple[float, float]:
    """Seconds until so many folders are watched, and the CPU in percent that doing nothing takes."""
    for number in range(folders):
        (base / "inbox" / f"{number // 100:04}" / f"{number:06}").mkdir(parents=True)
    began = time.perf_counter()
    with watching(base) as (watcher, _):
        watcher.scanned_once.wait(60)
        started = time.perf_counter() - began
        wait_for(lambda: watcher.mode == "events")
        time.sleep(1.0)
        cpu = time.process_time()
        time.sleep(seconds)
        cpu = time.process_time() - cpu
    return started, 100.0 * cpu / seconds


def main() -> None:
    """Print the table; exit 1 where a goal is missed."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--files", type=int, default=20_000)
    arguments.add_argument("--folders", type=int, default=10_000)
    arguments.add_argument("--idle", type=float, default=5.0, help="seconds to do nothing")
    chosen = arguments.parse_args()
    for label, program in (("moved in", MOVE), ("written", WRITE)):
        with tempfile.TemporaryDirectory(prefix="flexorchd-benchmark-") as base:
            print(f"  {label:<9} {burst(Path(base), chosen.files, program)}")
    with tempfile.TemporaryDirectory(prefix="flexorchd-benchmark-") as base:
        started, percent = idle(Path(base), chosen.folders, chosen.idle)
    print(
        f"  {chosen.folders} folders: watched and scanned after {started:.2f} s, then {percent:.2f} % CPU"
    )
    if started > MOST_START_SECONDS or percent > MOST_IDLE_PERCENT:
        sys.exit(f"missed: at most {MOST_START_SECONDS} s and {MOST_IDLE_PERCENT} % CPU")


if __name__ == "__main__":
    main()
