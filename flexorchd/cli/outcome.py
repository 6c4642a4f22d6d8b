"""What came of a single pass, as a person reads it: what is delivered, what failed and why, what is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import groupby

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flexorchd import results
from flexorchd.cli.printing import say
from flexorchd.insight.words import figure, many
from flexorchd.ledger.search import Found
from flexorchd.parts import Parts
from flexorchd.rules.causes import meaning
from flexorchd.rules.naming import display, escape_controls
from flexorchd.rules.retry import remedy

ROWS_SHOWN = 15
NAMES_SHOWN = 3

Reason = Callable[[Found], str]
GRADE_STYLES = {"A": "green", "B": "cyan", "C": "yellow", "D": "red"}


def tell(parts: Parts, out: Console, started: float, arguments: Sequence[str]) -> None:
    """Print what came to an end since a pass began.

    Args:
        parts: of the flexorchd that made the pass.
        out: where to.
        started: when it began, seconds since the epoch.
        arguments: what names this flexorchd to other commands.
    """
    files = parts.ledger.search.files(since=started)
    delivered = [file for file in files if file.state == "delivered"]
    failed = [file for file in files if file.state == "failed"]
    held = [file for file in files if file.state == "held"]
    if not (delivered or failed or held):
        out.print("Nothing new.")
    elif delivered:
        _delivered(delivered, out)
    if failed:
        out.print(f"[red]{many(len(failed), 'file')} failed:[/]")
        _by_reason(failed, lambda file: file.failure_code or "FAILED", out, arguments)
    if held:
        out.print(f"[yellow]{many(len(held), 'file')} held:[/]")
        _by_reason(held, lambda file: file.hold_code or "", out, arguments)
    if left := parts.ledger.progress.now().moving:
        out.print(f"[yellow]{many(left, 'file')} left[/] for the next run.")
    place = parts.output.root / results.RESULTS.decode()
    out.print(f"Results: {escape(str(place))}", soft_wrap=True)
    say(out, "More:    `flexorchd status`", arguments)


def _delivered(files: Sequence[Found], out: Console) -> None:
    if len(files) <= ROWS_SHOWN:
        out.print(_table(files))
    copies = sum(file.is_duplicate for file in files)
    grades = Counter(file.grade for file in files if file.grade)
    told = ", ".join(
        f"[{GRADE_STYLES[grade]}]{grade}[/] {figure(number)}"
        for grade, number in sorted(grades.items())
        if grade in GRADE_STYLES
    )
    among = f", {many(copies, 'copy', 'copies')} among them" if copies else ""
    grades_told = f". Grades: {told}" if told else ""
    out.print(f"[green]{many(len(files), 'file')} delivered[/]{among}{grades_told}.")


def _table(files: Sequence[Found]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("file", overflow="fold")
    for heading in ("type", "grade", "personal data", ""):
        table.add_column(heading, justify="right" if heading == "personal data" else "left")
    for file in files:
        grade = file.grade or ""
        table.add_row(
            escape(escape_controls(display(file.path))),
            file.document_type or "",
            f"[{GRADE_STYLES[grade]}]{grade}[/]" if grade in GRADE_STYLES else grade,
            figure(file.pii_count) if file.pii_count else "",
            "copy" if file.is_duplicate else "",
        )
    return table


def _by_reason(
    files: Sequence[Found], reason: Reason, out: Console, arguments: Sequence[str]
) -> None:
    groups = [list(same) for _, same in groupby(sorted(files, key=reason), reason)]
    for some in sorted(groups, key=len, reverse=True):
        code = reason(some[0])
        say(out, f"{figure(len(some))} {code}: {meaning(code)}.", indent=2)
        names = ", ".join(display(file.path) for file in some[:NAMES_SHOWN])
        others = f" and {figure(len(some) - NAMES_SHOWN)} more" if len(some) > NAMES_SHOWN else ""
        out.print(f"    {escape(escape_controls(names))}{others}", soft_wrap=True)
        say(out, remedy(code, some[0].watch), arguments, indent=4, style="dim")
