"""A rescan of unchanged files beside a bare `scandir` and `stat` of the same tree, in one run.

`python -m benchmarks.rescan [--folders 1000] [--files 100] [--repeat 5] [--million]`

Every repetition runs each candidate once, in turn; times are CPU seconds, since the tree is in the page
cache and a scan waits for nothing. The rescan is timed only after it has been shown to find exactly what
changed, and it must find nothing in the unchanged tree.
"""

from __future__ import annotations

import argparse
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
from pathlib import Path

from flexorchd.clock import SystemClock
from flexorchd.ledger.files import FoundBy
from flexorchd.ledger.ledger import Ledger
from flexorchd.rules.selection import DEFAULT_EXCLUDE, Selection
from flexorchd.watch.findings import Door
from flexorchd.watch.footing import Footing
from flexorchd.watch.scanner import Scanner

MOST_TIMES_BARE = 1.6
MOST_MEGABYTES = 25.0


def make_tree(root: Path, folders: int, files: int) -> None:
    """Small files, evenly spread."""
    for folder in range(folders):
        place = root / f"folder-{folder:05}"
        place.mkdir(parents=True)
        for number in range(files):
            (place / f"document-{number:05}.pdf").write_bytes(b"%d" % number)


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


def verify(base: Path, folders: int, files: int) -> None:
    """A scan finds exactly what changed, and then nothing."""
    tree = base / "tree"
    with scanning(base) as (ledger, scanner):
        scanner.scan(b"", FoundBy.FIRST_SCAN)
        assert _count(ledger, "state = 'settling'") == folders * files, "not all were found"
        follow_all(ledger)
        (tree / "folder-00000" / "new.pdf").write_bytes(b"new")
        (tree / "folder-00001" / "document-00000.pdf").write_bytes(b"changed")
        (tree / "folder-00002" / "document-00000.pdf").unlink()
        report = scanner.scan(b"", FoundBy.SCAN)
        assert _count(ledger, "state = 'settling'") == 2, "new and changed are not what was found"
        assert report.gone == 1, "gone is not what was found"
        follow_all(ledger)


def _count(ledger: Ledger, where: str) -> int:
    return int(
        ledger.database.read.execute(f"SELECT count(*) FROM files WHERE {where}").fetchone()[0]
    )


def bare(root: bytes) -> int:
    """List and `stat` everything, and keep nothing."""
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
    report = scanner.scan(b"", FoundBy.RESCAN)
    assert (report.unannounced, report.gone, report.unreadable) == (0, 0, {}), (
        "it was not unchanged"
    )


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU time of this process and of the children that it waits for."""
    before = _cpu()
    work()
    return _cpu() - before


def _cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def peak_megabytes(base: Path) -> float:
    """By how much a process grows that rescans, from just before the scan to its peak."""
    program = "import sys, pathlib, benchmarks.rescan as it; it.grow(pathlib.Path(sys.argv[1]))"
    command = [sys.executable, "-c", program, base]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout)


def grow(base: Path) -> None:
    """Print the growth in megabytes; run in a process of its own."""
    with scanning(base) as (_, scanner):
        before = _memory("VmRSS")
        rescan(scanner)
        print((_memory("VmHWM") - before) / 1024)


def _memory(key: str) -> int:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if key in line)
    return int(line.split()[1])


def candidates(base: Path, scanner: Scanner) -> dict[str, Callable[[], object]]:
    """What is measured; programs that are not installed are left out."""
    tree = base / "tree"
    found: dict[str, Callable[[], object]] = {
        "scandir + stat": lambda: bare(os.fsencode(tree)),
        "flexorchd": lambda: rescan(scanner),
        "find -printf": lambda: subprocess.run(
            ["find", tree, "-printf", "%s %T@\\n"], stdout=subprocess.DEVNULL, check=True
        ),
    }
    if shutil.which("rclone"):
        copy = ["rclone", "copy", "--config", "/dev/null", tree, base / "copy"]
        subprocess.run(copy, check=True)
        found["rclone copy"] = lambda: subprocess.run(copy, check=True)
    return found


def main() -> None:
    """Print the table; exit 1 where a goal is missed."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--folders", type=int, default=1_000)
    arguments.add_argument("--files", type=int, default=100, help="in each folder")
    arguments.add_argument("--repeat", type=int, default=5)
    arguments.add_argument("--million", action="store_true", help="ten times as many folders")
    chosen = arguments.parse_args()
    folders = chosen.folders * 10 if chosen.million else chosen.folders
    with tempfile.TemporaryDirectory(prefix="flexorchd-benchmark-") as name:
        base = Path(name)
        make_tree(base / "tree", folders, chosen.files)
        verify(base, folders, chosen.files)
        with scanning(base) as (_, scanner):
            works = candidates(base, scanner)
            times: dict[str, list[float]] = {label: [] for label in works}
            for _ in range(chosen.repeat):
                for label, work in works.items():
                    times[label].append(cpu_seconds(work))
        grown = peak_megabytes(base)
    ratios = {
        label: statistics.median(
            mine / theirs for mine, theirs in zip(taken, times["scandir + stat"], strict=True)
        )
        for label, taken in times.items()
    }
    print(
        f"{folders * chosen.files} unchanged files in {folders} folders, medians of {chosen.repeat}"
    )
    for label, taken in times.items():
        print(
            f"  {label:<15} {statistics.median(taken):7.3f} CPU s   {ratios[label]:5.2f} times bare"
        )
    print(f"  a rescan takes {grown:.1f} MB more memory at its peak")
    if ratios["flexorchd"] > MOST_TIMES_BARE or grown > MOST_MEGABYTES:
        sys.exit(f"missed: at most {MOST_TIMES_BARE} times bare and {MOST_MEGABYTES:.0f} MB")


if __name__ == "__main__":
    main()
