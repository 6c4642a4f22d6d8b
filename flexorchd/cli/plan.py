"""`flexorchd plan`: what would be sent now, and what it would cost."""

from __future__ import annotations

import os
from contextlib import ExitStack

import click
from rich.table import Table

from flexorchd.cli.printing import console
from flexorchd.cli.target import Target, with_target
from flexorchd.config import access
from flexorchd.ledger.ledger import Ledger
from flexorchd.planning import WatchPlan, make_plan
from flexorchd.rules.plan import plan_of
from flexorchd.state import LEDGER
from flexorchd.words import size


@click.command(epilog="\b\nExample:\n  flexorchd plan -c flexorchd.toml")
@with_target
def plan(target: Target) -> int:
    """Show what would be sent now, watch by watch; nothing is sent.

    Exit code 1 when something would be held.
    """
    loaded = target.loaded()
    path = target.directory() / LEDGER
    with ExitStack() as closing:
        ledger = None
        if path.exists():
            ledger = Ledger(path, readonly=True)
            closing.callback(ledger.close)
        account_id = ledger.memory.get("account") if ledger else None
        account = ledger.accounts.get(account_id) if ledger and account_id else None
        left = account.credits_left if account else None
        mode = access(loaded.config, os.environ).mode
        taken = plan_of(mode, account.plan if account else None)
        plans = make_plan(loaded.config, ledger, taken, left)
    _show(plans, mode, left)
    return 1 if any(one.held for one in plans) else 0


def _show(plans: list[WatchPlan], mode: str, credits_left: int | None) -> None:
    out = console()
    table = Table(box=None, pad_edge=False)
    for heading in ("watch", "to send", "size", "copies", "refused", "credits", "held"):
        table.add_column(heading)
    for one in plans:
        refused = ", ".join(f"{number} {code}" for code, number in one.refused.items())
        credits_ = "none" if mode == "embedded" else f"about {one.credits}"
        table.add_row(
            one.watch,
            str(one.files),
            size(one.bytes),
            str(one.duplicates),
            refused,
            credits_,
            one.held or "",
        )
    out.print(table)
    if mode == "hosted":
        left = "unknown until the service has answered" if credits_left is None else credits_left
        out.print(f"Credits left: {left}.")
    for one in plans:
        if one.held == "MAX_BACKLOG":
            out.print(f"{one.watch} would be held: flexorchd approve {one.watch}")
