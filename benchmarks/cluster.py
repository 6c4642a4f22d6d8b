"""A second Dask worker process on scans: how nearly it doubles what the engine processes.

`python -m benchmarks.cluster [--quick]`

A real engine whose executor is a real Dask cluster on loopback reads scanned pages by OCR, in turn with one
worker process and with two, as often as the repetitions say. Every page holds a number of its own, which must
stand in its text. Needs two cores, Dask, and an OCR engine with its languages; what is missing is said.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from benchmarks import rig, verify
from benchmarks.goals import Figures, Finding, at_least, report, skipped
from flexorchd.client import FlexOrch, Upload

TIMES_ONE = 1.7
WHAT = "Engine: OCR with two Dask worker processes, times the pages of one"
PATIENCE = 300.0
QUIET = {"DASK_DISTRIBUTED__ADMIN__TICK__LIMIT": "60s"}


def missing() -> str | None:
    """Why it cannot be measured here, or None."""
    if find_spec("distributed") is None:
        return "no Dask: pip install 'flexorchd[dask]'"
    if find_spec("tesserocr") is None:
        return "no OCR: pip install 'flexorchd[ocr]', apt install tesseract-ocr"
    if len(os.sched_getaffinity(0)) < 2:
        return "there is one core here"
    return None


def scans(first: int, number: int) -> dict[str, bytes]:
    """Scanned letters, each with a number of its own, by their names."""
    from tests.engine.extract import made

    found = {}
    for index in range(first, first + number):
        text = [f"Rechnung Nr. {index} vom 14.03.2026", *made.LETTER[1:]]
        text += [f"Die Position {line} kostet {line * 7} Euro und 50 Cent." for line in range(20)]
        found[str(index)] = made.saved(made.picture(text), "PNG")
    return found


@dataclass(slots=True)
class Cluster:
    """A scheduler, and workers that come and go."""

    folder: Path
    port: int

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @contextmanager
    def scheduler(self) -> Iterator[None]:
        options = ("--host", "127.0.0.1", "--no-dashboard", "--port", str(self.port))
        with running(self.folder, "dask_scheduler", *options):
            rig.wait_until(self._answers, 60.0)
            yield

    @contextmanager
    def worker(self, name: str) -> Iterator[None]:
        """One more worker process, with one thread."""
        place = self.folder / name
        options = ("--host", "127.0.0.1", "--no-dashboard", "--no-nanny", "--nthreads", "1")
        with running(
            self.folder, "dask_worker", self.address, *options, "--local-directory", str(place)
        ):
            yield

    def _answers(self) -> bool:
        with socket.socket() as connection:
            return connection.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def running(folder: Path, program: str, *options: str) -> Iterator[None]:
    """A program of Dask's, until the end of the block."""
    with (folder / f"{program}.log").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{program}", *options],
            env={**os.environ, **QUIET},
            cwd=folder,
            stdout=log,
            stderr=log,
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def process(client: FlexOrch, pages: Mapping[str, bytes]) -> float:
    """Seconds until the engine has done all these pages; each must have been read."""
    uploads = [
        Upload(f"{number}.png", len(data), partial(list, [data])) for number, data in pages.items()
    ]
    began = time.perf_counter()
    sent = client.documents.submit(uploads, pipeline_config={"mask_pii": False})
    verify.equal("pages taken", len(sent.accepted), len(pages))
    started = [client.jobs.get(sent.accepted[index].job_id) for index in range(len(pages))]
    jobs = [job.wait_until_done(PATIENCE, poll_interval=0.1) for job in started]
    seconds = time.perf_counter() - began
    for number, job in zip(pages, jobs, strict=True):
        text = client.executions.get(job.execution_id).text if job.execution_id else None
        verify_page(number, job.status, text)
    return seconds


def verify_page(number: str, status: str, text: str | None) -> None:
    """It was processed, and its own number stands in it."""
    verify.equal(f"state of page {number}", status, "completed")
    verify.holds(f"page {number}", text or "", [f"Rechnung Nr. {number}"])


def rates(pages: int, repeat: int) -> dict[int, list[float]]:
    """Pages a second with one worker and with two, in turn."""
    found: dict[int, list[float]] = {1: [], 2: []}
    with rig.scratch() as base, ExitStack() as stack:
        cluster = Cluster(base, rig.free_port())
        stack.enter_context(cluster.scheduler())
        stack.enter_context(cluster.worker("first"))
        executor = ("--executor", f"dask://{cluster.address}")
        url = stack.enter_context(rig.engine(base, *executor))
        client = stack.enter_context(FlexOrch(rig.KEY, url))
        number = 1000
        for workers in (1, 2) * repeat:
            with ExitStack() as more:
                if workers == 2:
                    more.enter_context(cluster.worker(f"second-{number}"))
                # A few first: a worker that has just started loads its libraries.
                process(client, scans(number, 2 * workers))
                made = scans(number + 100, pages)
                found[workers].append(pages / process(client, made))
            number += 1000
    return found


def measure(*, quick: bool) -> Iterator[Finding]:
    """The goal of this benchmark."""
    if why := missing():
        yield skipped(WHAT, f"≥ {TIMES_ONE:.2f}", why)
        return
    found = rates(6, 1 if quick else 2)
    pairs = zip(found[1], found[2], strict=True)
    yield at_least(WHAT, statistics.median(two / one for one, two in pairs), TIMES_ONE)
    rows = [[f"{n}", f"{statistics.median(rate):.2f}"] for n, rate in found.items()]
    yield Figures(
        "Scanned pages by OCR on a Dask cluster", ["worker processes", "pages a second"], rows
    )


if __name__ == "__main__":
    report(measure(quick="--quick" in sys.argv))
