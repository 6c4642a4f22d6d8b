"""`flexorchd why`: one file's whole story."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from flexorchd.cli import completion
from flexorchd.cli.paths import files_named, place
from flexorchd.cli.printing import STYLES, console, local, until, worded
from flexorchd.cli.target import Target, with_target
from flexorchd.errors import ConfigError
from flexorchd.insight.story import Line, story
from flexorchd.ledger.ledger import Ledger
from flexorchd.rules.naming import display, escape_controls
from flexorchd.rules.selection import Selection

EXAMPLES = """\b
Examples:
  flexorchd why scans/letter.pdf
  flexorchd why 4a1f09c2            the beginning of a SHA-256
  flexorchd why 1763991234567       a job
"""


@click.command(epilog=EXAMPLES)
@click.argument("named", metavar="PATH|SHA256|JOB", shell_complete=completion.file)
@with_target
def why(named: str, target: Target) -> int:
    """Tell what happened to a file, and what it waits for."""
    out = console()
    with target.ledger() as ledger:
        found = files_named(ledger, named)
        if not found:
            out.print(escape(_never_seen(ledger, target, named)))
            return 1
        for file in found:
            name = escape_controls(f"{file.watch}/{display(file.path)}")
            style = STYLES.get(file.state, "default")
            out.print(f"[bold]{escape(name)}[/]: [{style}]{file.state}[/]")
            out.print(_told(story(ledger, file), target.arguments))
    return 0


def _told(lines: Iterable[Line], arguments: Sequence[str]) -> Table:
    """Moments to the left, by the clock on the wall; what happened to the right."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for line in lines:
        again = f", next try {until(line.then)}" if line.then else ""
        what = worded(line.what, arguments).append(again)
        table.add_row(f"  {local(line.at)}" if line.at else "", what)
    return table


def _never_seen(ledger: Ledger, target: Target, named: str) -> str:
    """Why a path is not in the ledger: what a scan never looks at has no row there."""
    placed = place(ledger, Path(named))
    if placed is None:
        return f"{named} lies under no watch, and is no hash or job that the ledger knows."
    row, path = placed
    if not os.path.lexists(os.path.join(row.root, path)):
        return f"{named}: there is no such file, and the ledger has never seen one."
    try:
        watches = {watch.name: watch for watch in target.loaded().config.watches}
    except ConfigError as error:
        return (
            f"{named} was never seen; the configuration that would say why is unreadable: {error}"
        )
    watch = watches.get(row.name)
    if watch is None:
        return f"{named}: the watch {row.name} is no longer in the configuration."
    if not watch.recursive and b"/" in path:
        return f"{named} is ignored: {row.name} does not look into folders (recursive = false)."
    rule = _rule(Selection(watch.include, watch.exclude), path)
    if rule:
        return f"{named} is ignored: {rule}"
    return f"{named} was not seen yet; the next scan will find it."


def _rule(selection: Selection, path: bytes) -> str | None:
    parts = path.split(b"/")
    for depth in range(1, len(parts)):
        if rule := selection.prunes(b"/".join(parts[:depth])):
            return f"its folder is left out by {rule}"
    ignored = selection.decide(path)
    return ignored.rule if ignored else None
