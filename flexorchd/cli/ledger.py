"""`flexorchd ledger check|backup|rebuild`: the ledger's own care."""

from __future__ import annotations

from pathlib import Path

import click

from flexorchd import log as logs
from flexorchd.cli.target import Target, with_target
from flexorchd.clock import SystemClock
from flexorchd.errors import StateError
from flexorchd.insight.words import many
from flexorchd.ledger import upkeep
from flexorchd.ledger.ledger import Ledger as LedgerFile
from flexorchd.output import Output, marked_owner
from flexorchd.recovery.rebuild import rebuild as rebuild_ledger
from flexorchd.state import LEDGER, StateDirectory


@click.group()
def ledger() -> None:
    """Check, copy or rebuild the ledger."""


@ledger.command(epilog="\b\nExample:\n  flexorchd ledger check")
@with_target
def check(target: Target) -> int:
    """Check the ledger's integrity; works while the daemon runs."""
    path = target.directory() / LEDGER
    found = upkeep.problems(path)
    for problem in found:
        click.echo(problem)
    if found:
        click.echo(
            "The ledger is damaged. Stop the daemon and start it again: it sets the file aside, takes "
            "the newest good copy, and puts back what the results in the output say."
        )
        return 1
    click.echo(f"{path} is sound.")
    return 0


@ledger.command(epilog="\b\nExample:\n  flexorchd ledger backup /backup/flexorchd.sqlite3")
@click.argument("file", type=click.Path(path_type=Path))
@with_target
def backup(file: Path, target: Target) -> int:
    """Copy the ledger to FILE; safe while the daemon runs."""
    upkeep.backup(target.directory() / LEDGER, file)
    click.echo(f"Copied to {file}.")
    return 0


@ledger.command(epilog="\b\nExample:\n  flexorchd ledger rebuild")
@with_target
def rebuild(target: Target) -> int:
    """Put back what the results in the output say; the daemon must be stopped."""
    config = target.loaded().config
    logs.set_up("warning", config.log.format)
    root = config.output.path.resolve()
    state = StateDirectory(target.directory())
    try:
        opened = LedgerFile(state.ledger)
        try:
            owner = opened.memory.get("owner") or marked_owner(root)
            if owner is None:
                raise StateError(f"{root} is no output of flexorchd.", "Name the right one.")
            restored = rebuild_ledger(opened, Output(root, owner), SystemClock().now())
        finally:
            opened.close()
    finally:
        state.close()
    click.echo(f"Put back from results: {many(restored, 'file')}.")
    return 0
