"""`flexorchd files`: the files that it knows, and the state of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import compress, islice
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flexorchd.cli import completion
from flexorchd.cli.printing import STYLES, ago, console, print_json_list, say
from flexorchd.cli.target import Target, with_target
from flexorchd.clock import iso
from flexorchd.insight.words import figure, size
from flexorchd.ledger.search import Found
from flexorchd.rules.causes import meaning
from flexorchd.rules.naming import display, escape_controls, path_fields
from flexorchd.rules.retry import remedy
from flexorchd.rules.states import SHOWN_STATES

ROWS_AT_ONCE = 1000


@click.command(
    epilog="\b\nExamples:\n  flexorchd files --state failed\n  flexorchd files --watch scans --json"
)
@click.option("--state", type=click.Choice(SHOWN_STATES), help="Only files in this state.")
@click.option("--watch", shell_complete=completion.watch, help="Only files of this watch.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@with_target
def files(state: str | None, watch: str | None, as_json: bool, target: Target) -> int:
    """List files, those that changed last first."""
    with target.ledger() as ledger:
        found = ledger.search.each(state=state, watch=watch)
        if as_json:
            print_json_list("files", map(facts, found))
            return 0
        reasons = _list(found, console())
    if state == "failed" and reasons:
        console().print()
        for code, number in reasons.most_common():
            said = f"{figure(number)} {code}: {meaning(code)}. {remedy(code)}"
            say(console(), said, target.arguments)
    return 0


def _list(found: Iterator[Found], out: Console) -> Counter[str]:
    """Print them, a table for every so many, so that memory stays flat; how often each code occurs."""
    codes: Counter[str] = Counter()
    while some := list(islice(found, ROWS_AT_ONCE)):
        out.print(_table(some))
        codes.update(file.failure_code or "FAILED" for file in some)
    if not codes:
        out.print("None.")
    return codes


def _table(found: Sequence[Found]) -> Table:
    """One row a file; what none of them has gets no column, and the path has what is left of the line."""
    table = Table(box=None, pad_edge=False)
    rows = [_row(file) for file in found]
    for heading, cells in zip(HEADINGS, zip(*rows, strict=True), strict=True):
        if any(cells):
            table.add_column(heading, overflow="fold", no_wrap=heading not in ("why", "file"))
    shown = [any(cells) for cells in zip(*rows, strict=True)]
    for row in rows:
        table.add_row(*compress(row, shown))
    return table


HEADINGS = ("state", "why", "size", "type", "grade", "when", "file")


def _row(file: Found) -> tuple[str, ...]:
    style = STYLES.get(file.state)
    return (
        f"[{style}]{file.state}[/]" if style else file.state,
        escape(escape_controls(reason(file))),
        size(file.size),
        file.document_type or "",
        file.grade or "",
        ago(iso(file.ended_at or file.seen_at)),
        escape(escape_controls(f"{file.watch}/{display(file.path)}")),
    )


def reason(file: Found) -> str:
    """In a word or two, why a file is in its state."""
    if file.state == "held":
        return file.hold_code or ""
    if file.state == "ignored":
        return file.reason or ""
    if file.state == "delivered":
        return "copy" if file.is_duplicate else ""
    return file.failure_code or file.reason or ""


def facts(file: Found) -> dict[str, Any]:
    """One file as JSON."""
    return {
        "watch": file.watch,
        **path_fields(file.path),
        "state": file.state,
        "size": file.size,
        "modified_at": iso(file.mtime_ns / 1e9),
        "sha256": file.sha256.hex() if file.sha256 else None,
        "seen_at": iso(file.seen_at),
        "ended_at": iso(file.ended_at),
        "job_id": file.job_id,
        "is_duplicate": file.is_duplicate,
        "quality_grade": file.grade,
        "document_type": file.document_type,
        "pii_findings_count": file.pii_count,
        "code": file.hold_code if file.state == "held" else file.failure_code,
        "reason": file.reason,
        "output": display(file.output_path) if file.output_path else None,
    }
