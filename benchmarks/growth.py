"""How cost grows: a picture for each dimension, into `docs/growth/`.

`python -m benchmarks.growth [--quick] [FOLDER]`

Files known: CPU seconds of a rescan in which nothing has changed. Files new: seconds from the first rename to
the last durable result. File size: the same for one file. Folders: seconds until all are watched and scanned.
Exports: seconds of `flexorchd export`, over the rows of the dataset.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import memory, rescan, rig, watching
from benchmarks.plot import plot
from flexorchd.ledger.files import FoundBy


@dataclass(frozen=True, slots=True)
class Dimension:
    """What grows, and what it costs.

    Attributes:
        name: of the picture's file.
        title, x_label, y_label: what the picture says.
        steps: the sizes.
        cost: of one size.
    """

    name: str
    title: str
    x_label: str
    y_label: str
    steps: Sequence[int]
    cost: Callable[[int], float]


def files_known(files: int) -> float:
    with rig.scratch() as base:
        rescan.make_tree(base / "tree", files // 100, 100)
        with rescan.scanning(base) as (ledger, scanner):
            scanner.scan(b"", FoundBy.FIRST_SCAN)
            rescan.follow_all(ledger)
            return min(rescan.cpu_seconds(lambda: rescan.rescan(scanner)) for _ in range(3))


def files_new(files: int) -> float:
    return _delivered(files, rig.SIZE)


def file_size(size: int) -> float:
    return _delivered(1, size)


def _delivered(files: int, size: int) -> float:
    with rig.scratch() as base, rig.service() as service:
        made = rig.make_files(base / "made", files, size)
        with rig.daemon(base, service.url) as daemon:
            began = time.perf_counter()
            rig.drop(made, daemon.inbox)
            rig.wait_until(lambda: daemon.delivered() >= files)
            seconds = time.perf_counter() - began
        rig.verify(daemon.results, files, service)
    return seconds


def folders(number: int) -> float:
    with rig.scratch() as base:
        return watching.idle(base, number, 0.1)[0]


def export(rows: int) -> float:
    files = min(rows, 200)
    with rig.scratch() as base, rig.service(0.0, "--records", str(rows // files)) as service:
        made = rig.make_files(base / "made", files, 1000)
        setting = rig.Setting(details=True, more=memory.EXPORT)
        with rig.daemon(base, service.url, setting) as daemon:
            rig.drop(made, daemon.inbox)
            rig.wait_until(lambda: daemon.delivered() >= files)
            command = [
                sys.executable,
                "-m",
                "flexorchd",
                "export",
                "all",
                "-c",
                str(base / "flexorchd.toml"),
            ]
            began = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            seconds = time.perf_counter() - began
        written = (base / "outbox/datasets/all/latest/all.jsonl").read_bytes().count(b"\n")
        assert written == rows, f"{written} rows of {rows} are in the dataset"
    return seconds


DIMENSIONS = (
    Dimension(
        "files-known",
        "Rescan of unchanged files",
        "files known",
        "CPU seconds",
        (1_000, 3_000, 10_000, 30_000, 100_000),
        files_known,
    ),
    Dimension(
        "files-new",
        "From the drop to the last result",
        "files new, 20 KB each",
        "seconds",
        (10, 100, 300, 1_000, 3_000, 10_000),
        files_new,
    ),
    Dimension(
        "file-size",
        "From the drop to the result of one file",
        "bytes",
        "seconds",
        (1_000, 100_000, 1_000_000, 10_000_000, 100_000_000),
        file_size,
    ),
    Dimension(
        "folders",
        "From the start until all is watched",
        "folders",
        "seconds",
        (100, 300, 1_000, 3_000, 10_000),
        folders,
    ),
    Dimension(
        "exports",
        "flexorchd export, jsonl, csv and markdown",
        "rows of the dataset",
        "seconds",
        (200, 2_000, 20_000, 200_000),
        export,
    ),
)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path, nargs="?", default=Path("docs/growth"))
    arguments.add_argument("--quick", action="store_true", help="without the largest sizes")
    chosen = arguments.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    for one in DIMENSIONS:
        steps = one.steps[:-1] if chosen.quick else one.steps
        points = [(float(step), one.cost(step)) for step in steps]
        picture = plot(one.title, one.x_label, one.y_label, points)
        (chosen.folder / f"{one.name}.svg").write_text(picture, encoding="utf-8")
        print(one.name, ", ".join(f"{step:g}: {cost:.3g}" for step, cost in points), flush=True)


if __name__ == "__main__":
    main()
