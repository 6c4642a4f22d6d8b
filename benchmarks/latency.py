"""How soon a file is at the service after its last byte, while very many others are being processed.

`python -m benchmarks.latency [--quick]`

The service sets no limit and ends no job, so that the daemon keeps asking for all of them. Files are then
written one by one; the service notes when each has come.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator

from benchmarks import rig
from benchmarks.goals import Goal, at_most, report

SETTLE, NEVER = 0.5, 1e6
MEDIAN_MS, P99_MS = 50.0, 200.0
PAUSE = 0.05


def waits(others: int, files: int) -> list[float]:
    """Seconds from each file's last byte until the service had it, without the settle time."""
    with rig.scratch() as base, rig.service(NEVER) as service:
        made = rig.make_files(base / "made", others, size=200, name="other")
        setting = rig.Setting(settle=SETTLE)
        with rig.daemon(base, service.url, setting) as daemon:
            rig.drop(made, daemon.inbox)
            rig.wait_until(lambda: int(service.counts()["jobs"]) >= others)
            written = write_one_by_one(daemon, files)
            rig.wait_until(lambda: int(service.counts()["jobs"]) >= others + files)
        wanted = rig.hashes(daemon.inbox)
        rig.verify_sent(service, wanted.values())
        documents = service.counts()["documents"]
    came = {document["sha256"]: document["sent"] for document in documents}
    return [came[wanted[name]] - moment - SETTLE for name, moment in written.items()]


def write_one_by_one(daemon: rig.Daemon, files: int) -> dict[str, float]:
    """Write files with pauses; when the last byte of each was written."""
    written = {}
    for number in range(files):
        path = daemon.inbox / f"watched-{number:06}.txt"
        path.write_bytes(b"file %06d of those that are waited for" % number)
        written[path.name] = time.time()
        time.sleep(PAUSE)
    return written


def measure(*, quick: bool) -> Iterator[Goal]:
    """The goals of this benchmark."""
    others, files = (2_000, 100) if quick else (10_000, 400)
    late = [1000 * wait for wait in waits(others, files)]
    what = f"Latency: last byte to uploaded beyond the settle time, {others} others processing, ms"
    yield at_most(f"{what}: median", statistics.median(late), MEDIAN_MS, "{:.0f}")
    p99 = statistics.quantiles(late, n=100)[98]
    yield at_most("Latency: … 99th percentile", p99, P99_MS, "{:.0f}")


if __name__ == "__main__":
    report(measure(quick="--quick" in sys.argv))
