"""What the daemon learns of a service that it is told nothing about: files a request, items a page.

`python -m benchmarks.adapting [--quick]`

The same backlog against services that take at most so many files in a request, and say so in one way or
another, or that give at most so many items a page; no line of configuration differs. The service counts.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks import rig
from benchmarks.goals import Figures, Finding, at_most, report
from flexorchd.rules.batching import LARGEST_BATCH

FILES = 600
JOB_SECONDS = 1.0
PLAN = 6000
"""Requests a minute: enough for all, and yet a limit, so that jobs are asked for as under any plan."""
REFUSED, SINGLY = 4, 0.05
"""So many steps lead from the largest request down to one of ten files; a few jobs end on their own."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A service by what it accepts: files a request, its status for more, items a page."""

    files: int
    refusal: int = 413
    page: int = 100

    @property
    def options(self) -> tuple[str, ...]:
        """Of `benchmarks.service`."""
        takes = ("--most-files", self.files, "--refusal", self.refusal, "--page", self.page)
        return tuple(map(str, (*takes, "--limit", PLAN)))


KINDS = (
    Kind(1000),
    Kind(10, 413),
    Kind(10, 422),
    Kind(20, 422),
    Kind(50, 400),
    Kind(1000, page=50),
    Kind(1000, page=20),
)


@dataclass(frozen=True, slots=True)
class Learned:
    """What a service saw.

    Attributes:
        uploads: files and status of each upload, in order.
        pages: items that were asked for on each page, in order.
        singly: how many jobs were asked for one by one.
    """

    uploads: Sequence[tuple[int, int]]
    pages: Sequence[int]
    singly: int

    @property
    def taken(self) -> list[int]:
        return [files for files, status in self.uploads if status == 202]

    @property
    def refused(self) -> int:
        return len(self.uploads) - len(self.taken)


def learn(kind: Kind, files: int) -> Learned:
    """So many files to such a service, to the last result."""
    with rig.scratch() as base, rig.service(JOB_SECONDS, *kind.options) as service:
        made = rig.make_files(base / "made", files, 1000)
        with rig.daemon(base, service.url) as daemon:
            rig.drop(made, daemon.inbox)
            rig.wait_until(lambda: daemon.delivered() >= files)
        rig.verify_delivered(daemon, service)
        counts = service.counts()
    return Learned(counts["uploads"], counts["pages"], counts["requests"].get("GET jobs/#", 0))


def row(kind: Kind, learned: Learned) -> list[str]:
    more = "any number" if kind.files >= LARGEST_BATCH else f"{kind.files}, else {kind.refusal}"
    sizes = " ".join(
        f"{files}" if status == 202 else f"({files})" for files, status in learned.uploads[:8]
    )
    asked = learned.pages[-1] if learned.pages else 0
    return [
        f"{more}; {kind.page} a page",
        sizes,
        f"{max(learned.taken)}",
        f"{asked}",
        f"{learned.singly}",
    ]


def measure(*, quick: bool) -> Iterator[Finding]:
    """The goals of this benchmark."""
    files = FILES // 2 if quick else FILES
    found = [(kind, learn(kind, files)) for kind in KINDS]
    refused = max(learned.refused for _, learned in found)
    what = "Requests: refused until the files that a request may hold are learned"
    yield at_most(what, refused, REFUSED, "{:.0f}")
    singly = max(learned.singly for _, learned in found) / files
    yield at_most(
        "Requests: jobs asked for singly, a document, whatever a page holds", singly, SINGLY
    )
    columns = (
        "service takes",
        "files in the first uploads (refused)",
        "learned",
        "page",
        "jobs singly",
    )
    rows = [row(kind, learned) for kind, learned in found]
    yield Figures(f"What is learned of a service, {files} files", columns, rows)


if __name__ == "__main__":
    report(measure(quick="--quick" in sys.argv))
