"""`flexorchd verify`: are all results and datasets still there and whole."""

from __future__ import annotations

from pathlib import Path

import click

from flexorchd.cli.target import Target, with_target
from flexorchd.errors import UsageError
from flexorchd.output import Output
from flexorchd.recovery.verification import Verification
from flexorchd.rules.naming import escape_controls


@click.command(epilog="\b\nExample:\n  flexorchd verify")
@with_target
def verify(target: Target) -> int:
    """Check that all results and datasets are there and whole.

    Compares each with the hash that it was delivered with.
    """
    with target.ledger() as ledger:
        root = ledger.memory.get("output")
        if root is None:
            raise UsageError("Nothing has been delivered yet.", "Start `flexorchd run` first.")
        verification = Verification(ledger, Output(Path(root), ledger.memory.get("owner")))
        damages = list(verification.damages())
    for damage in damages:
        click.echo(f"{damage.what}: {escape_controls(damage.path)}")
    click.echo(
        f"{verification.results} results and failures, {verification.datasets} datasets looked at, "
        f"{len(damages)} damaged."
    )
    return 1 if damages else 0
