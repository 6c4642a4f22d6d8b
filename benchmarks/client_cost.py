"""CPU a file of the client against bare httpx, ten files a request, side by side.

`python -m benchmarks.client_cost [--quick]`

Both send the same files to the same service, in turn. Only this process's CPU time counts: the wall clock
also measures the service, which is a process of its own and tells what it received.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import httpx

from benchmarks import rig
from benchmarks.goals import Figures, Finding, at_most, report
from flexorchd.client import FlexOrch, Upload

FILES, REQUESTS = 10, 40
TIMES_BARE = 1.3


def with_client(client: FlexOrch, paths: list[Path]) -> int:
    submission = client.documents.submit([Upload.from_path(path) for path in paths])
    return len(submission.accepted)


def with_httpx(client: httpx.Client, paths: list[Path]) -> int:
    with ExitStack() as stack:
        files = [
            ("files", (path.name, stack.enter_context(path.open("rb")), "application/octet-stream"))
            for path in paths
        ]
        answer = client.post("/data-process/async", files=files, data={"locale": "und"})
    answer.raise_for_status()
    return len(answer.json()["data"]["jobs"])


def cost(send: Callable[[], int]) -> float:
    """CPU milliseconds a file."""
    begun = time.process_time()
    sent = sum(send() for _ in range(REQUESTS))
    return (time.process_time() - begun) * 1000 / sent


def costs(rounds: int) -> dict[str, list[float]]:
    """CPU milliseconds a file with either, round by round."""
    found: dict[str, list[float]] = {"the client": [], "bare httpx": []}
    headers = {"X-API-KEY": rig.KEY}
    with rig.scratch() as base, rig.service() as service:
        paths = rig.make_files(base / "made", FILES)
        for _ in range(rounds):
            with FlexOrch(rig.KEY, service.url) as client:
                found["the client"].append(cost(partial(with_client, client, paths)))
            with httpx.Client(base_url=service.url, headers=headers, timeout=30) as bare:
                found["bare httpx"].append(cost(partial(with_httpx, bare, paths)))
        rig.verify_sent(service, [*rig.hashes(base / "made").values()] * (2 * rounds * REQUESTS))
    return found


def measure(*, quick: bool) -> Iterator[Finding]:
    """The goal of this benchmark."""
    found = costs(5 if quick else 15)
    pairs = zip(found["the client"], found["bare httpx"], strict=True)
    ratio = statistics.median(ours / bare for ours, bare in pairs)
    yield at_most("Client: CPU a file, times bare httpx", ratio, TIMES_BARE)
    rows = [[name, f"{statistics.median(taken):.3f}"] for name, taken in found.items()]
    title = f"Uploading {FILES} files of {rig.SIZE // 1000} KB a request"
    yield Figures(title, ["with", "CPU ms a file"], rows)


if __name__ == "__main__":
    report(measure(quick="--quick" in sys.argv))
