"""From the first rename to the last durable result, beside the published SDK's own loop, in one run.

`python -m benchmarks.end_to_end [--quick]`

The SDK's loop hashes nothing, keeps no ledger and writes no result. With jobs that end at once it is one
`process` and one `wait` after the other; with jobs that last a second, `process_many` and then the waits.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks import rig
from benchmarks.goals import Figures, Finding, at_least, at_most, report, skipped

TIMES_SDK = 1.5
REQUESTS = 0.12
SLOW_FILES, SLOW_SECONDS = 200, 1.5

SDK_LOOP = """
import sys, time
from pathlib import Path
from flexorch_sdk import FlexOrchClient
client = FlexOrchClient(api_key=sys.argv[1], base_url=sys.argv[2])
files = sorted(Path(sys.argv[3]).iterdir())
began = time.perf_counter()
{body}
print(time.perf_counter() - began)
"""
ONE_BY_ONE = """
for file in files:
    client.process(str(file)).wait(poll_interval=1)
"""
MANY = """
for job in client.process_many([str(f) for f in files]):
    job.wait(poll_interval=1)
"""


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds of both over the same files, and our requests a document."""

    ours: float
    sdk: float
    requests: float


def run(files: int, seconds: float) -> Run:
    """Both, one after the other, each with a service of its own."""
    with rig.scratch() as base, rig.service(seconds) as service:
        sdk = sdk_seconds(base, service, files, MANY if seconds else ONE_BY_ONE)
    with rig.scratch() as base, rig.service(seconds) as service:
        ours = daemon_seconds(base, service, files)
        requests = sum(service.counts()["requests"].values()) / files
    return Run(ours, sdk, requests)


def daemon_seconds(base: Path, service: rig.Service, files: int) -> float:
    """Seconds from the first rename to the last durable result."""
    made = rig.make_files(base / "made", files)
    with rig.daemon(base, service.url) as daemon:
        began = time.perf_counter()
        rig.drop(made, daemon.inbox)
        rig.wait_until(lambda: daemon.delivered() >= files)
        seconds = time.perf_counter() - began
    rig.verify_delivered(daemon, service)
    return seconds


def sdk_seconds(base: Path, service: rig.Service, files: int, body: str) -> float:
    """Seconds of the SDK's own loop."""
    rig.make_files(base / "made", files)
    wanted = rig.hashes(base / "made").values()
    program = SDK_LOOP.format(body=body)
    done = subprocess.run(
        [sys.executable, "-c", program, rig.KEY, service.url, str(base / "made")],
        capture_output=True,
        text=True,
        check=True,
    )
    rig.verify_sent(service, wanted)
    return float(done.stdout)


def measure(*, quick: bool) -> Iterator[Finding]:
    """The goals of this benchmark."""
    files, repeat = (500, 1) if quick else (2000, 3)
    what = f"End to end: {files} files, instant jobs, times as fast as the SDK's own loop"
    slow_what = f"End to end: {SLOW_FILES} files, jobs of one second, s"
    if find_spec("flexorch_sdk") is None:
        yield skipped(what, f"≥ {TIMES_SDK}", "pip install flexorch-sdk==0.3.3")
        return
    instant = [run(files, 0.0) for _ in range(repeat)]
    slow = [run(SLOW_FILES, 1.0) for _ in range(repeat)]
    yield at_least(what, statistics.median(one.sdk / one.ours for one in instant), TIMES_SDK)
    yield at_most(slow_what, statistics.median(one.ours for one in slow), SLOW_SECONDS)
    asked = statistics.median(one.requests for one in instant)
    yield at_most("Requests: instant jobs, requests a document", asked, REQUESTS, "{:.3f}")
    yield Figures(
        "From the first rename to the last durable result, medians",
        ["", "flexorchd, s", "flexorchd, files/s", "SDK's loop, s", "SDK's loop, files/s"],
        [
            row(f"{files} files, instant jobs", files, instant),
            row(f"{SLOW_FILES} files, jobs of 1 s", SLOW_FILES, slow),
        ],
    )


def row(what: str, files: int, runs: Sequence[Run]) -> list[str]:
    ours, sdk = (
        statistics.median(seconds) for seconds in zip(*((r.ours, r.sdk) for r in runs), strict=True)
    )
    return [what, f"{ours:.2f}", f"{files / ours:.0f}", f"{sdk:.2f}", f"{files / sdk:.0f}"]


if __name__ == "__main__":
    report(measure(quick="--quick" in sys.argv))
