"""A rescan of unchanged files beside a bare `scandir` and `stat` of the same tree, in one run.

`python -m benchmarks.rescan [--quick] [--no-million]`

Every repetition runs each candidate once, in turn. Times are CPU seconds, since the tree is in the page
cache and a scan waits for nothing; beside `rclone copy`, which uses several cores, it is seconds by the
clock. A scan is timed only after it has been shown to find exactly what changed, and it must find nothing in
the unchanged tree. The trees lie in memory where there is room, so that no disk is measured.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import verify
from benchmarks.goals import Figures, Finding, at_most, report, skipped
from flexorchd.clock import SystemClock
from flexorchd.ledger.files import FoundBy
from flexorchd.ledger.ledger import Ledger
from flexorchd.rules.selection import DEFAULT_EXCLUDE, Selection
from flexorchd.watch.findings import Door
from flexorchd.watch.footing import Footing
from flexorchd.watch.scanner import Scanner

TIMES_BARE, MEGABYTES, LINEAR = 1.6, 25.0, 1.1
FILES_A_FOLDER = 100
MEMORY = Path("/dev/shm")
BYTES_A_FILE = 3000
"""What a file takes in memory, its name and its row in the ledger included."""

BARE, OURS, RCLONE = "scandir + stat", "flexorchd", "rclone copy"


def make_tree(root: Path, folders: int, files: int) -> None:
    """Files of a few bytes, evenly spread."""
    for folder in range(folders):
        place = root / f"folder-{folder:05}"
        place.mkdir(parents=True)
        for number in range(files):
            made = os.open(place / f"document-{number:05}.pdf", os.O_CREAT | os.O_WRONLY, 0o600)
            os.ftruncate(made, number + 1)
            os.close(made)


@contextmanager
def scanning(base: Path) -> Iterator[tuple[Ledger, Scanner]]:
    """A scanner of the tree, as the daemon makes one."""
    root, clock = os.fsencode(base / "tree"), SystemClock()
    ledger = Ledger(base / "ledger.sqlite3")
    try:
        watch_id = ledger.watches.configure({"tree": root})["tree"]
        footing = Footing(watch_id, "tree", root, ledger, clock)
        selection = Selection(["*.pdf"], DEFAULT_EXCLUDE)
        door = Door(ledger.files, watch_id, selection, 2.0, clock, footing, lambda: None)
        yield ledger, Scanner(root, door, recursive=True)
    finally:
        ledger.close()


def follow_all(ledger: Ledger) -> None:
    """As if every file had gone the whole road."""
    with ledger.database.write() as db:
        db.execute("UPDATE files SET state = 'followed', due_at = NULL WHERE state = 'settling'")


def finds_what_changed(base: Path, files: int) -> None:
    """A first scan finds all, another exactly what changed since; both leave the ledger up to date."""
    tree = base / "tree"
    with scanning(base) as (ledger, scanner):
        scanner.scan(b"", FoundBy.FIRST_SCAN)
        verify.equal("files found by the first scan", _settling(ledger), files)
        follow_all(ledger)
        (tree / "folder-00000" / "new.pdf").write_bytes(b"new")
        (tree / "folder-00001" / "document-00000.pdf").write_bytes(b"changed")
        (tree / "folder-00002" / "document-00000.pdf").unlink()
        told = scanner.scan(b"", FoundBy.SCAN)
        verify.equal("files found that are new or changed", _settling(ledger), 2)
        verify.equal("files found to be gone", told.gone, 1)
        follow_all(ledger)


def _settling(ledger: Ledger) -> int:
    count = "SELECT count(*) FROM files WHERE state = 'settling'"
    return int(ledger.database.read.execute(count).fetchone()[0])


def bare(root: bytes) -> int:
    """List and `stat` everything, and keep nothing; how many files there are."""
    count, pending = 0, [root]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    pending.append(entry.path)
                else:
                    entry.stat(follow_symlinks=False)
                    count += 1
    return count


def rescan(scanner: Scanner) -> None:
    """What the daemon does every `watch.rescan` seconds."""
    told = scanner.scan(b"", FoundBy.RESCAN)
    verify.equal(
        "changes in an unchanged tree", (told.unannounced, told.gone, told.unreadable), (0, 0, {})
    )


def found_nothing(ledger: Ledger) -> None:
    """Since all was up to date, no file was taken for new or changed."""
    verify.equal("files found in an unchanged tree", _settling(ledger), 0)


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of the processor and by the clock."""

    cpu: float
    wall: float


def cost(work: Callable[[], object]) -> Cost:
    """Of this process and of the children that it waits for."""
    cpu, wall = _cpu(), time.perf_counter()
    work()
    return Cost(_cpu() - cpu, time.perf_counter() - wall)


def _cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def peak_megabytes(base: Path) -> float:
    """By how much a process grows that rescans, from just before the scan to its peak."""
    program = "import sys, pathlib, benchmarks.rescan as it; it.grow(pathlib.Path(sys.argv[1]))"
    command = [sys.executable, "-c", program, str(base)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout)


def grow(base: Path) -> None:
    """Print the growth in megabytes; run in a process of its own."""
    with scanning(base) as (_, scanner):
        before = _kilobytes("VmRSS")
        rescan(scanner)
        print((_kilobytes("VmHWM") - before) / 1024)


def _kilobytes(key: str, file: str = "/proc/self/status") -> int:
    line = next(line for line in Path(file).read_text().splitlines() if key in line)
    return int(line.split()[1])


def candidates(base: Path, scanner: Scanner, *, peers: bool) -> dict[str, Callable[[], object]]:
    """What is measured; programs that are not installed are left out."""
    tree = base / "tree"
    found: dict[str, Callable[[], object]] = {
        BARE: lambda: bare(os.fsencode(tree)),
        OURS: lambda: rescan(scanner),
    }
    if peers:
        find = ["find", str(tree), "-printf", "%s %T@\\n"]
        found["find -printf"] = lambda: subprocess.run(find, stdout=subprocess.DEVNULL, check=True)
    if peers and shutil.which("rclone"):
        copy = ["rclone", "copy", "--config", "/dev/null", str(tree), str(base / "copy")]
        subprocess.run(copy, check=True)
        verify.equal(
            "files that rclone copied", bare(os.fsencode(base / "copy")), bare(os.fsencode(tree))
        )
        found[RCLONE] = lambda: subprocess.run(copy, check=True)
    return found


@dataclass(frozen=True, slots=True)
class Measured:
    """What the candidates cost over one tree, repetition by repetition, and our growth in megabytes."""

    files: int
    costs: dict[str, list[Cost]]
    grown: float

    def cpu(self, label: str) -> float:
        return statistics.median(cost.cpu for cost in self.costs[label])

    def wall(self, label: str) -> float:
        return statistics.median(cost.wall for cost in self.costs[label])

    @property
    def times_bare(self) -> float:
        pairs = zip(self.costs[OURS], self.costs[BARE], strict=True)
        return statistics.median(ours.cpu / bare.cpu for ours, bare in pairs)

    def rows(self) -> Iterator[list[str]]:
        for label in self.costs:
            cpu, wall = self.cpu(label), self.wall(label)
            yield [f"{self.files:,}".replace(",", " "), label, f"{cpu:.3f}", f"{wall:.3f}"]


def measure_tree(files: int, repeat: int, *, peers: bool) -> Measured:
    """A tree of so many files, verified and then scanned again and again."""
    with tempfile.TemporaryDirectory(prefix="flexorchd-benchmark-", dir=_place(files)) as name:
        base = Path(name)
        make_tree(base / "tree", files // FILES_A_FOLDER, FILES_A_FOLDER)
        finds_what_changed(base, files)
        with scanning(base) as (ledger, scanner):
            works = candidates(base, scanner, peers=peers)
            costs: dict[str, list[Cost]] = {label: [] for label in works}
            for _ in range(repeat):
                for label, work in works.items():
                    costs[label].append(cost(work))
            found_nothing(ledger)
        return Measured(files, costs, peak_megabytes(base))


def _place(files: int) -> Path | None:
    """Where a tree goes: into memory, if it fits in a half of what is free."""
    if not MEMORY.is_dir():
        return None
    system = os.statvfs(MEMORY)
    available = _kilobytes("MemAvailable", "/proc/meminfo") * 1024
    fits = min(system.f_bavail * system.f_frsize, available) > 2 * files * BYTES_A_FILE
    return MEMORY if fits and system.f_favail > 2 * files else None


def measure(*, quick: bool, million: bool) -> Iterator[Finding]:
    """The goals of this benchmark."""
    tree = measure_tree(10_000 if quick else 100_000, 5, peers=True)
    what = f"Scan: {tree.files} unchanged files, times scandir and stat"
    yield at_most(what, tree.times_bare, TIMES_BARE)
    what = "Scan: … times rclone copy's rescan, by the clock"
    if RCLONE in tree.costs:
        yield at_most(what, tree.wall(OURS) / tree.wall(RCLONE), 1.0)
    else:
        yield skipped(what, "≤ 1.00", "rclone is not installed (Debian: apt install rclone)")
    yield at_most("Scan: … more memory, MB", tree.grown, MEGABYTES, "{:.1f}")
    rows = list(tree.rows())
    if million:
        large = measure_tree(1_000_000, 3, peers=False)
        rows += large.rows()
        yield at_most("Scan: a million files, times scandir and stat", large.times_bare, TIMES_BARE)
        linear = (large.cpu(OURS) / large.files) / (tree.cpu(OURS) / tree.files)
        what = f"Scan: … CPU a file, times that of {tree.files} (bare: {_bare_growth(tree, large):.2f})"
        yield at_most(what, linear, LINEAR)
        yield at_most("Scan: … more memory, MB", large.grown, MEGABYTES, "{:.1f}")
    yield Figures("Rescan of unchanged files", ["files", "by", "CPU s", "s by the clock"], rows)


def _bare_growth(tree: Measured, large: Measured) -> float:
    return (large.cpu(BARE) / large.files) / (tree.cpu(BARE) / tree.files)


if __name__ == "__main__":
    report(
        measure(
            quick="--quick" in sys.argv, million=not {"--quick", "--no-million"} & set(sys.argv)
        )
    )
