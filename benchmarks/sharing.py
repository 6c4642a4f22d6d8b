"""Whether the kinds of work that wait for a plan's requests all get their share.

A backlog with details takes every request of an engine that rehearses a plan of 60 a minute. Into that come
a few new files, and an export is asked for: how long until the new files are uploaded, until the export is
published, and the longest time in which no result came.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from benchmarks import memory, rig, verify
from benchmarks.goals import Goal, at_most

PLAN = "pro rpm=60 credits=100000"
NEW_FILES = 5
AFTER = 15.0
"""Seconds into the backlog, when the window's requests are used up."""
A_WINDOW = 65.0
"""The longest that a share may take: a window that is used up, and a moment to work in the next."""


@dataclass(frozen=True, slots=True)
class Share:
    """Seconds: until the last new file was uploaded, until the export was there, between results."""

    uploaded: float
    exported: float
    pause: float


def under_backlog(files: int) -> Share:
    """The share of what comes in after so many files."""
    with rig.scratch() as base, rig.engine(base, "--plan", PLAN) as url:
        backlog = rig.make_files(base / "made", files, 2000)
        new = rig.make_files(base / "new", NEW_FILES, 2000, "new")
        with rig.daemon(base, url, rig.Setting(details=True, more=memory.EXPORT)) as daemon:
            rig.drop(backlog, daemon.inbox)
            time.sleep(AFTER)
            began = time.time()
            rig.drop(new, daemon.inbox)
            exported = export(base)
            rig.wait_until(lambda: daemon.delivered() >= files + NEW_FILES, 400.0)
        read = {path.name: json.loads(path.read_bytes()) for path in daemon.results.iterdir()}
        verify.results(read.values(), rig.hashes(daemon.inbox))
        ended = sorted(path.stat().st_mtime for path in daemon.results.iterdir())
    sent = [created(result) for name, result in read.items() if name.startswith("new-")]
    pause = max(later - one for one, later in itertools.pairwise(ended))
    return Share(max(sent) - began, exported, pause)


def export(base: Path) -> float:
    """Seconds that an export takes which is asked for now; it must hold rows."""
    began = time.time()
    memory.export(base)
    seconds = time.time() - began
    verify_rows(base / "outbox/datasets/all/latest/all.jsonl")
    return seconds


def verify_rows(path: Path) -> None:
    """The dataset has rows, each of a job of its own."""
    jobs = [json.loads(line)["job_id"] for line in path.read_bytes().splitlines()]
    verify.equal("a dataset without rows", not jobs, False)
    verify.each_once("jobs in the dataset", jobs, set(jobs))


def created(result: dict[str, dict[str, str]]) -> float:
    """When the service took the document."""
    return datetime.fromisoformat(result["job"]["created_at"]).timestamp()


def goals(share: Share) -> Iterator[Goal]:
    """That nothing starves: what waits gets its share as soon as the next window opens."""
    what = "Requests: backlog with details uses up the plan, seconds until"
    yield at_most(f"{what} {NEW_FILES} new files are uploaded", share.uploaded, A_WINDOW, "{:.0f}")
    yield at_most("Requests: … until an export is published", share.exported, A_WINDOW, "{:.0f}")
    yield at_most("Requests: … the longest without a result", share.pause, A_WINDOW, "{:.0f}")
