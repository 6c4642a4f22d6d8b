"""The daemon's memory: at rest, and its peak over file size, queue length and export size.

`python -m benchmarks.memory [--quick]`

Each peak is a process's own high-water mark, beside that of a daemon which did the same in small.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks import rig
from benchmarks.goals import Goal, at_most, report, shown

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
        rig.verify(daemon.results, files, service)
    return most


def export_peak(files: int, records: int) -> float:
    """The most megabytes of a daemon that delivers and exports so many records of so many files each."""
    with rig.scratch() as base, rig.service(0.0, "--records", str(records)) as service:
        made = rig.make_files(base / "made", files, 1000)
        setting = rig.Setting(details=True, more=EXPORT)
        with rig.daemon(base, service.url, setting) as daemon:
            rig.drop(made, daemon.inbox)
            rig.wait_until(lambda: daemon.delivered() >= files)
            command = [sys.executable, "-m", "flexorchd", "export", "all"]
            subprocess.run(
                [*command, "-c", base / "flexorchd.toml"], check=True, capture_output=True
            )
            most = daemon.memory("VmHWM")
        rows = (base / "outbox/datasets/all/latest/all.jsonl").read_bytes().count(b"\n")
        assert rows == files * records, f"{rows} rows of {files * records} are in the dataset"
    return most


def measure(*, quick: bool) -> Iterator[Goal]:
    """The goals of this benchmark."""
    megabytes, percent = idle(5.0 if quick else 15.0)
    yield at_most("Memory at rest, without the engine: MB", megabytes, IDLE_MB, "{:.0f}")
    yield shown("  CPU at rest: %", f"{percent:.2f}")
    size = 20 if quick else 100
    grown = peak(4, size * MEGABYTE) - peak(4)
    yield at_most(f"  more for files of {size} MB than of 1 KB: MB", grown, FLAT_MB, "{:.1f}")
    queue = 2_000 if quick else 10_000
    grown = peak(queue) - peak(1_000)
    yield at_most(f"  more for a queue of {queue} than of 1000: MB", grown, FLAT_MB, "{:.1f}")
    records = 100 if quick else 1_000
    grown = export_peak(200, records) - export_peak(200, 1)
    yield at_most(
        f"  more for an export of {200 * records} rows than of 200: MB", grown, FLAT_MB, "{:.1f}"
    )


if __name__ == "__main__":
    report(measure(quick="--quick" in sys.argv))
