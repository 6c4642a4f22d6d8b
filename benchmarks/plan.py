"""How many documents a minute a plan of 60 requests a minute carries, and how often it says 429.

`python -m benchmarks.plan [--quick]`

Without details the plan is the real one: a backlog, jobs of ten seconds, and what is delivered within one
minute. With details each document costs a request of its own, so that a rate shows only after the first
window; that plan runs ten times as fast (60 requests in 6 seconds). The daemon learns either from the
service.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks import rig
from benchmarks.goals import Goal, at_least, at_most, report, shown

REQUESTS, FAST_WINDOW = 60, 6.0
DOCUMENTS_A_MINUTE, OF_ALLOWED, REFUSED = 400.0, 0.9, 1 / 200


@dataclass(frozen=True, slots=True)
class Backlog:
    """What became of a backlog.

    Attributes:
        ended: when each document was delivered, in seconds from the drop, in order.
        requests: how many were sent.
        refused: how many of them were answered with 429.
        sorts: how many of each sort.
    """

    ended: list[float]
    requests: int
    refused: int
    sorts: dict[str, int]


def work_off(files: int, job: float, window: float, *, details: bool) -> Backlog:
    """A backlog of so many files under the plan, to its end."""
    options = ("--limit", str(REQUESTS), "--window", str(window))
    with rig.scratch() as base, rig.service(job, *options) as service:
        made = rig.make_files(base / "made", files)
        with rig.daemon(base, service.url, rig.Setting(details=details)) as daemon:
            began = time.time()
            rig.drop(made, daemon.inbox)
            rig.wait_until(lambda: daemon.delivered() >= files)
        rig.verify(daemon.results, files, service)
        ended = sorted(path.stat().st_mtime - began for path in daemon.results.iterdir())
        counts = service.counts()
    sorts = counts["requests"]
    return Backlog(ended, sum(sorts.values()), counts["refused"], sorts)


def steady(backlog: Backlog) -> float:
    """Documents in a window: the slope of the staircase that windows make."""
    numbers = range(len(backlog.ended))
    return statistics.linear_regression(backlog.ended, numbers).slope * FAST_WINDOW


def measure(*, quick: bool) -> Iterator[Goal]:
    """The goals of this benchmark."""
    without = work_off(500 if quick else 1000, 10.0, 60.0, details=False)
    a_minute = float(sum(1 for moment in without.ended if moment <= 60.0))
    yield at_least(
        "60 requests a minute: documents in the first minute",
        a_minute,
        DOCUMENTS_A_MINUTE,
        "{:.0f}",
    )
    yield shown("  the last of them after seconds", f"{without.ended[-1]:.0f}")
    with_details = work_off(200 if quick else 400, 1.0, FAST_WINDOW, details=True)
    yield at_least(
        "  with details: of one document a request",
        steady(with_details) / REQUESTS,
        OF_ALLOWED,
    )
    both = (without, with_details)
    refused = sum(one.refused for one in both) / sum(one.requests for one in both)
    yield at_most("  answered with 429", refused, REFUSED, "{:.2%}")


if __name__ == "__main__":
    report(measure(quick="--quick" in sys.argv))
