"""How many documents a plan of 60 requests a minute carries, how often it says 429, and who gets a share.

`python -m benchmarks.plan [--quick]`

The plan runs at its true speed, and the daemon learns it from the service. Without details: a backlog, jobs
of ten seconds, and what is delivered within one minute. With details each document costs a request of its
own: what is delivered with the requests of two minutes, beside one document a request, which is more than any
client can reach. Meanwhile, on another service of the same plan, see `benchmarks.sharing`. All three wait far
more than they work, and so they run at the same time.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from benchmarks import rig, sharing
from benchmarks.goals import Figures, Finding, at_least, at_most, report

REQUESTS, WINDOW = 60, 60.0
DOCUMENTS_A_MINUTE, A_DOCUMENT, OF_ALLOWED, REFUSED = 400.0, 0.12, 0.9, 1 / 200
JUST_BEFORE = 2.0
"""Seconds before a minute is over: what the next window brings does not count."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """What became of a backlog.

    Attributes:
        ended: when each document was delivered, in seconds from the drop, in order.
        sorts: how many requests of each sort were sent.
        refused: how many of them were answered with 429.
    """

    ended: list[float]
    sorts: dict[str, int]
    refused: int

    @property
    def requests(self) -> int:
        return sum(self.sorts.values())

    def within(self, seconds: float) -> int:
        """How many documents were delivered by then."""
        return sum(1 for moment in self.ended if moment <= seconds)

    def row(self, what: str) -> list[str]:
        uploads = self.sorts.get("POST data-process/async", 0)
        details = self.sorts.get("GET executions/#", 0)
        others = self.requests - uploads - details
        numbers = (len(self.ended), uploads, details, others, self.refused)
        return [what, *map(str, numbers), f"{self.ended[-1]:.0f}"]


def work_off(files: int, job: float, *, details: bool) -> Backlog:
    """A backlog of so many files under the plan, to its end."""
    options = ("--limit", str(REQUESTS), "--window", str(WINDOW))
    with rig.scratch() as base, rig.service(job, *options) as service:
        made = rig.make_files(base / "made", files)
        with rig.daemon(base, service.url, rig.Setting(details=details)) as daemon:
            began = time.time()
            rig.drop(made, daemon.inbox)
            rig.wait_until(lambda: daemon.delivered() >= files, 300.0)
        rig.verify_delivered(daemon, service)
        ended = sorted(path.stat().st_mtime - began for path in daemon.results.iterdir())
        counts = service.counts()
    return Backlog(ended, counts["requests"], counts["refused"])


def measure(*, quick: bool) -> Iterator[Finding]:
    """The goals of this benchmark."""
    minutes = 1 if quick else 2
    with ThreadPoolExecutor() as threads:
        plain = threads.submit(work_off, 500 if quick else 1000, 10.0, details=False)
        detailed = threads.submit(work_off, REQUESTS * minutes + 10, 1.0, details=True)
        shared = threads.submit(sharing.under_backlog, 60 if quick else 150)
    without, with_details, share = plain.result(), detailed.result(), shared.result()
    yield at_least(
        f"Requests: {REQUESTS} a minute, documents in the first minute",
        without.within(WINDOW - JUST_BEFORE),
        DOCUMENTS_A_MINUTE,
        "{:.0f}",
    )
    asked = without.requests / len(without.ended)
    yield at_most("Requests: … requests a document", asked, A_DOCUMENT, "{:.3f}")
    carried = with_details.within(minutes * WINDOW - JUST_BEFORE) / (REQUESTS * minutes)
    yield at_least("Requests: with details, documents a request of the plan", carried, OF_ALLOWED)
    both = (without, with_details)
    refused = sum(one.refused for one in both) / sum(one.requests for one in both)
    yield at_most("Requests: answered with 429", refused, REFUSED, "{:.2%}")
    yield from sharing.goals(share)
    yield Figures(
        f"What {REQUESTS} requests a minute carry",
        ["", "documents", "uploads", "details", "lists and others", "429", "last result after, s"],
        [without.row("without details"), with_details.row("with details")],
    )


if __name__ == "__main__":
    report(measure(quick="--quick" in sys.argv))
