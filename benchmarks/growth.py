"""How cost grows: a picture for each dimension, into `docs/growth/`.

`python -m benchmarks.growth [--into docs/growth]`

Files known: CPU seconds of a rescan in which nothing has changed. Files new: seconds from the first rename to
the last durable result. File size: the same for one file. Folders: seconds until all are watched and scanned.
Exports: seconds of `flexorchd export`, over the rows of the dataset. What is reported is by which power of
the size cost grows at the end of each line. With `--into` the largest sizes are measured too, which take
minutes, and the pictures are drawn.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import memory, record, rescan, rig, watching
from benchmarks.goals import Figures, Finding, at_most, report
from benchmarks.plot import Labels, Points, plot, slope

LINEAR = 1.15
"""The power of the size up to which growth counts as linear."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """What grows, and what it costs.

    Attributes:
        name: of the picture's file.
        labels: what the picture says.
        steps: the sizes.
        cost: of one size; it verifies what it did.
    """

    name: str
    labels: Labels
    steps: Sequence[int]
    cost: Callable[[int], float]


def files_known(files: int) -> float:
    with rig.scratch() as base:
        rescan.make_tree(base / "tree", files // 100, 100)
        rescan.finds_what_changed(base, files)
        with rescan.scanning(base) as (_, scanner):
            return min(rescan.cost(lambda: rescan.rescan(scanner)).cpu for _ in range(5))


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
        rig.verify_delivered(daemon, service)
    return seconds


def folders(number: int) -> float:
    with rig.scratch() as base:
        return watching.idle(base, number, 0.1)[0]


def exports(rows: int) -> float:
    files = min(rows, 200)
    with rig.scratch() as base, rig.service(0.0, "--records", str(rows // files)) as service:
        made = rig.make_files(base / "made", files, 1000)
        setting = rig.Setting(details=True, more=memory.EXPORT)
        with rig.daemon(base, service.url, setting) as daemon:
            rig.drop(made, daemon.inbox)
            rig.wait_until(lambda: daemon.delivered() >= files)
            began = time.perf_counter()
            memory.export(base)
            seconds = time.perf_counter() - began
        memory.verify_export(base / "outbox/datasets/all/latest/all.jsonl", files, rows // files)
    return seconds


DIMENSIONS = (
    Dimension(
        "files-known",
        Labels("Rescan of unchanged files", "files known", "CPU seconds"),
        (1_000, 3_000, 10_000, 30_000, 100_000),
        files_known,
    ),
    Dimension(
        "files-new",
        Labels("From the drop to the last result", "files new, 20 KB each", "seconds"),
        (10, 100, 300, 1_000, 3_000, 10_000),
        files_new,
    ),
    Dimension(
        "file-size",
        Labels("From the drop to the result of one file", "bytes", "seconds"),
        (1_000, 100_000, 1_000_000, 10_000_000, 100_000_000),
        file_size,
    ),
    Dimension(
        "folders",
        Labels("From the start until all is watched", "folders", "seconds"),
        (100, 300, 1_000, 3_000, 10_000),
        folders,
    ),
    Dimension(
        "exports",
        Labels("flexorchd export, jsonl, csv and markdown", "rows of the dataset", "seconds"),
        (200, 2_000, 20_000, 200_000),
        exports,
    ),
)


def measured(dimension: Dimension, *, whole: bool) -> Points:
    """Size and cost, for each size."""
    steps = dimension.steps if whole else dimension.steps[:-1]
    return [(float(step), dimension.cost(step)) for step in steps]


def measure(into: Path | None) -> Iterator[Finding]:
    """The goal of this benchmark; with a folder, also the pictures."""
    run, others = record.begin(quick=into is None), record.Others()
    found = {one: measured(one, whole=into is not None) for one in DIMENSIONS}
    whence = f"{run.began[:10]}, other programs had {others.share():.0%} of the CPU"
    for dimension, points in found.items():
        if into is not None:
            picture = into / f"{dimension.name}.svg"
            picture.write_text(plot(dimension.labels, points, whence), encoding="utf-8")
    worst = max(found, key=lambda one: slope(found[one]))
    what = f"Growth: cost by which power of the size ({worst.name} grows most)"
    yield at_most(what, slope(found[worst]), LINEAR)
    rows = [
        [
            one.labels.title,
            one.labels.x,
            f"{points[0][0]:g}",
            f"{points[0][1]:.3g}",
            f"{points[-1][0]:g}",
            f"{points[-1][1]:.3g}",
            f"{slope(points):.2f}",
        ]
        for one, points in found.items()
    ]
    columns = ["", "over", "least", "s", "most", "s", "power at the end"]
    yield Figures("How cost grows", columns, rows)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="changes nothing here")
    arguments.add_argument("--into", type=Path, metavar="FOLDER", help="draw the pictures there")
    chosen = arguments.parse_args()
    if chosen.into:
        chosen.into.mkdir(parents=True, exist_ok=True)
    report(measure(chosen.into))


if __name__ == "__main__":
    main()
