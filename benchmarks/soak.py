"""Files without end: whether memory, descriptors and threads stay flat, and every file has its one result.

`python -m benchmarks.soak [--files 100000 | --hours 24]`

Files come in waves, each in a folder of its own that is cleared away later; copies are among them. Exports
run by their schedule, the metrics are read, and now and then the service is away. By number, a wave follows
at once; by hours, at the pace of a busy office. What is flat is judged by the trend: the last quarter beside
the second. Exits with 1 if it is not.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import rig
from benchmarks.goals import Goal, at_most, shown, table

GROWTH_MB, GROWTH_DESCRIPTORS, GROWTH_THREADS = 10.0, 4, 1
COPY_EVERY = 20
"""One file in so many is a copy of another of its wave."""
AWAY_EVERY, AWAY_SECONDS = 50, 3.0
"""The service refuses everything for so long, every so many waves."""
KEPT_WAVES = 3
PATIENCE = 600.0
EXPORT = '\n[[export]]\nname = "all"\nschedule = "*/5 * * * *"\nformats = ["jsonl"]\n'


@dataclass(frozen=True, slots=True)
class Pace:
    """How many waves of how many files, and the seconds from one to the next."""

    waves: int
    files: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Sample:
    """What the daemon held after a wave."""

    megabytes: float
    descriptors: int
    threads: int


@dataclass(frozen=True, slots=True)
class Run:
    """What was sampled after each wave, and what was dropped in all."""

    samples: list[Sample]
    documents: int
    seconds: float


def sample(daemon: rig.Daemon) -> Sample:
    process = Path(f"/proc/{daemon.pid}")
    descriptors = sum(1 for _ in (process / "fd").iterdir())
    return Sample(daemon.memory(), descriptors, sum(1 for _ in (process / "task").iterdir()))


def growth(values: Sequence[float]) -> float:
    """By how much the last quarter lies above the second, which comes after the warming up."""
    quarter = max(1, len(values) // 4)
    return statistics.median(values[-quarter:]) - statistics.median(values[quarter : 2 * quarter])


def drop_wave(base: Path, inbox: Path, name: str, files: int) -> int:
    """Put a wave into the inbox at once; how many different documents are in it."""
    folder = base / "made" / name
    made = rig.make_files(folder, files, 1000, name)
    copies = made[COPY_EVERY - 1 :: COPY_EVERY]
    for copy in copies:
        shutil.copyfile(made[0], copy)
    folder.rename(inbox / name)
    return files - len(copies)


def run(pace: Pace, base: Path, service: rig.Service, daemon: rig.Daemon, page: str) -> Run:
    """All waves; what was sampled after each."""
    began, documents, samples = time.monotonic(), 0, []
    for number in range(pace.waves):
        if number % AWAY_EVERY == AWAY_EVERY - 1:
            service.go_away(AWAY_SECONDS)
        documents += drop_wave(base, daemon.inbox, f"wave-{number:06}", pace.files)
        results = daemon.results / f"wave-{number:06}"
        rig.wait_until(lambda results=results: rig.count(results) >= pace.files, PATIENCE)
        urllib.request.urlopen(f"http://{page}/metrics").read()
        samples.append(sample(daemon))
        tell(number, pace, samples[-1], began)
        shutil.rmtree(daemon.inbox / f"wave-{number - KEPT_WAVES:06}", ignore_errors=True)
        time.sleep(max(0.0, began + (number + 1) * pace.seconds - time.monotonic()))
    return Run(samples, documents, time.monotonic() - began)


def tell(number: int, pace: Pace, seen: Sample, began: float) -> None:
    if number % max(1, pace.waves // 40) == 0:
        print(
            f"{time.monotonic() - began:8.0f} s {(number + 1) * pace.files:9} files"
            f" {seen.megabytes:7.1f} MB {seen.descriptors:4} descriptors {seen.threads:3} threads",
            file=sys.stderr,
            flush=True,
        )


def verify(pace: Pace, base: Path, service: rig.Service, daemon: rig.Daemon, ran: Run) -> None:
    """Every file has its own whole result, and every document was sent once."""
    paths = {
        json.loads(file.read_bytes())["file"]["path"] for file in daemon.results.rglob("*.json")
    }
    assert len(paths) == pace.waves * pace.files, f"{len(paths)} results"
    sent = service.counts()["jobs"]
    assert sent == ran.documents, f"{sent} jobs for {ran.documents} documents"
    for command in (["verify"], ["ledger", "check"]):
        subprocess.run(
            [sys.executable, "-m", "flexorchd", *command, "-c", base / "flexorchd.toml"],
            check=True,
            stdout=subprocess.DEVNULL,
        )


def measure(pace: Pace) -> Iterator[Goal]:
    """The goals of this run."""
    page = f"127.0.0.1:{rig.free_port()}"
    with rig.scratch() as base, rig.service() as service:
        setting = rig.Setting(details=True, listen=page, more=EXPORT)
        with rig.daemon(base, service.url, setting) as daemon:
            ran = run(pace, base, service, daemon, page)
            verify(pace, base, service, daemon, ran)
        ledger = (base / "state/ledger.sqlite3").stat().st_size
    samples, files = ran.samples, pace.waves * pace.files
    yield shown("Files", f"{files} in {ran.seconds:.0f} s, each with its result")
    yield shown("  documents sent", f"{ran.documents}, each once")
    yield shown("  memory at the end: MB", f"{samples[-1].megabytes:.1f}")
    yield shown("  the ledger: bytes a file", f"{ledger / files:.0f}")
    grown = growth([one.megabytes for one in samples])
    yield at_most("Memory, last quarter beside the second: MB", grown, GROWTH_MB, "{:.1f}")
    grown = growth([one.descriptors for one in samples])
    yield at_most("Descriptors", grown, GROWTH_DESCRIPTORS, "{:.0f}")
    yield at_most("Threads", growth([one.threads for one in samples]), GROWTH_THREADS, "{:.0f}")


def main() -> int:
    """Run it; 0 if all is flat."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--files", type=int, default=100_000)
    arguments.add_argument("--hours", type=float, default=None)
    chosen = arguments.parse_args()
    pace = (
        Pace(max(4, chosen.files // 500), 500, 0.0)
        if chosen.hours is None
        else Pace(max(4, int(chosen.hours * 180)), 100, 20.0)
    )
    goals = list(measure(pace))
    print(table(goals))
    return 1 if any(goal.met is False for goal in goals) else 0


if __name__ == "__main__":
    sys.exit(main())
