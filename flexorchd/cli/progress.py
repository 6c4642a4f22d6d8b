"""What a person sees while a single pass runs: how much is found, sent and done, and a table at the end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from flexorchd import results
from flexorchd.ledger.search import Found
from flexorchd.parts import Parts
from flexorchd.rules.naming import display, escape_controls

REFRESH_SECONDS = 0.2
ROWS_SHOWN = 30
GRADE_STYLES = {"A": "green", "B": "cyan", "C": "yellow", "D": "red"}


@contextmanager
def watching(parts: Parts, *, show: bool) -> Iterator[None]:
    """Show progress on standard error while the block runs, and what came of it at the end."""
    if not show:
        yield
        return
    started = parts.clock.now()
    console = Console(stderr=True)
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
    _table(parts, console, started)


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


def _table(parts: Parts, console: Console, started: float) -> None:
    files = [
        file
        for file in parts.ledger.search.files(since=started)
        if file.state in ("delivered", "failed", "held")
    ]
    if not files:
        console.print("Nothing new.")
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("file", "", "type", "grade", "PII", ""):
        table.add_column(heading, overflow="fold")
    for file in files[:ROWS_SHOWN]:
        table.add_row(*_row(file))
    console.print(table)
    if len(files) > ROWS_SHOWN:
        console.print(f"… and {len(files) - ROWS_SHOWN} more: flexorchd files")
    console.print(f"Results: {parts.output.root / results.RESULTS.decode()}", highlight=False)


def _row(file: Found) -> tuple[str, ...]:
    style = "red" if file.state == "failed" else ""
    note = (file.failure_code or "") if file.state == "failed" else ""
    if file.state == "held":
        note = file.hold_code or ""
    elif file.is_duplicate and not note:
        note = "copy"
    grade = file.grade or ""
    return (
        escape(escape_controls(display(file.path))),
        f"[{style}]{file.state}[/]" if style else file.state,
        file.document_type or "",
        f"[{GRADE_STYLES[grade]}]{grade}[/]" if grade in GRADE_STYLES else grade,
        str(file.pii_count) if file.pii_count else "",
        note,
    )
