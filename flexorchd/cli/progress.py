"""What a person sees while a single pass runs: how much is found, sent and done."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)

from flexorchd.cli.outcome import tell
from flexorchd.cli.printing import console as console_
from flexorchd.cli.target import Target
from flexorchd.parts import Parts

REFRESH_SECONDS = 0.2


@contextmanager
def watching(parts: Parts, *, show: bool) -> Iterator[None]:
    """Show progress on standard error while the block runs, and then what came of it."""
    if not show:
        yield
        return
    started = parts.clock.now()
    console = console_(stderr=True)
    done = threading.Event()
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
    painter = threading.Thread(target=_paint, args=(parts, bar, done, started), daemon=True)
    with bar:
        painter.start()
        try:
            yield
        finally:
            done.set()
            painter.join()
    tell(parts, console, started, Target.of(parts.loaded).arguments)


def _paint(parts: Parts, bar: Progress, done: threading.Event, started: float) -> None:
    task = bar.add_task("looking", total=None)
    while not done.wait(REFRESH_SECONDS):
        now = parts.ledger.progress.now()
        ended = sum(parts.ledger.progress.ended_since(started).values())
        words = [
            f"{number} {word}"
            for number, word in (
                (now.settling, "settling"),
                (now.queued, "queued"),
                (now.uploading, "uploading"),
                (now.processing, "processing"),
                (now.held, "held"),
            )
            if number
        ]
        total = ended + now.settling + now.queued + now.uploading + now.processing + now.ready
        bar.update(task, description=" · ".join(words) or "done", completed=ended, total=total)
