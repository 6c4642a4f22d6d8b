"""The daemon's memory: at rest, and its peak over file size, queue length and export size.

`python -m benchmarks.memory [--quick]`

Each peak is a process's own high-water mark, beside that of a daemon which did the same in small.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks import rig, verify
from benchmarks.goals import Figures, Finding, Goal, at_most, report

IDLE_MB, FLAT_MB = 80.0, 15.0
MEGABYTE = 1024 * 1024

EXPORT = '\n[[export]]\nname = "all"\nschedule = "0 0 1 1 *"\nformats = ["jsonl", "csv", "md"]\n'


NOT_OURS = ("numpy", "tornado")
"""What libraries import if it is there; only extras bring it, and an installation without them has none."""


def idle(seconds: float) -> tuple[float, float]:
    """Megabytes, and percent of a CPU, of a daemon that has nothing to do; its status page is open."""
    setting = rig.Setting(listen=f"127.0.0.1:{rig.free_port()}", without=NOT_OURS)
    with (
        rig.scratch() as base,
        rig.service() as service,
        rig.daemon(base, service.url, setting) as daemon,
    ):
        time.sleep(2.0)
        before = daemon.cpu()
        time.sleep(seconds)
        return daemon.memory(), 100 * (daemon.cpu() - before) / seconds


def peak(files: int, size: int = 1000) -> float:
    """The most megabytes of a daemon that takes so many files of so many bytes to their results."""
    with rig.scratch() as base, rig.service() as service:
        made = rig.make_files(base / "made", files, size)
        with rig.daemon(base, service.url) as daemon:
            rig.drop(made, daemon.inbox)
            rig.wait_until(lambda: daemon.delivered() >= files)
            most = daemon.memory("VmHWM")
        rig.verify_delivered(daemon, service)
    return most


def export_peak(files: int, records: int) -> float:
    """The most megabytes of a daemon that delivers and exports so many records of so many files each."""
    with rig.scratch() as base, rig.service(0.0, "--records", str(records)) as service:
        made = rig.make_files(base / "made", files, 1000)
        setting = rig.Setting(details=True, more=EXPORT)
        with rig.daemon(base, service.url, setting) as daemon:
            rig.drop(made, daemon.inbox)
            rig.wait_until(lambda: daemon.delivered() >= files)
            export(base)
            most = daemon.memory("VmHWM")
        rig.verify_delivered(daemon, service)
        verify_export(base / "outbox/datasets/all/latest/all.jsonl", files, records)
    return most


def export(base: Path) -> None:
    """Have the running daemon make the export, and wait for it."""
    command = [
        sys.executable,
        "-m",
        "flexorchd",
        "export",
        "all",
        "-c",
        str(base / "flexorchd.toml"),
    ]
    subprocess.run(command, check=True, capture_output=True)


def verify_export(path: Path, files: int, records: int) -> None:
    """Each record of each document is a row."""
    rows = map(json.loads, path.read_bytes().splitlines())
    wanted = itertools.product(range(1, files + 1), range(records))
    verify.each_once("rows", ((row["document"], row["line"]) for row in rows), wanted)


def flat(over: str, peaks: Mapping[str, float]) -> Goal:
    """That the largest takes no more than the smallest."""
    first, *_, last = peaks
    what = f"Memory: more for {last} {over} than for {first}, MB"
    return at_most(what, peaks[last] - peaks[first], FLAT_MB, "{:.1f}")


def measure(*, quick: bool) -> Iterator[Finding]:
    """The goals of this benchmark."""
    megabytes, percent = idle(5.0 if quick else 15.0)
    yield at_most("Memory: at rest, without the engine, MB", megabytes, IDLE_MB, "{:.0f}")
    sizes = (1_000, MEGABYTE, (20 if quick else 100) * MEGABYTE)
    queues = (500, 2_000) if quick else (1_000, 10_000, 30_000)
    records = (1, 100) if quick else (1, 100, 1_000)
    peaks = {
        "a file": {_bytes(size): peak(4, size) for size in sizes},
        "files dropped at once": {_number(files): peak(files) for files in queues},
        "rows of an export": {_number(200 * each): export_peak(200, each) for each in records},
    }
    for over, found in peaks.items():
        yield flat(over, found)
    rows = [
        [over, size, f"{mb:.0f}"] for over, found in peaks.items() for size, mb in found.items()
    ]
    rows.append(["at rest", "", f"{megabytes:.0f}"])
    yield Figures("Memory of the daemon at its peak", ["over", "", "MB"], rows)
    yield Figures("CPU at rest", ["", "%"], [["the daemon with its status page", f"{percent:.2f}"]])


def _bytes(size: int) -> str:
    return f"{size // MEGABYTE} MB" if size >= MEGABYTE else f"{size // 1000} KB"


def _number(number: int) -> str:
    return f"{number:,}".replace(",", " ")


if __name__ == "__main__":
    report(measure(quick="--quick" in sys.argv))
