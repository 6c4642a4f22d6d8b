"""`flexorchd plan`: what would be sent now, and what it would cost."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack

import click
from rich.table import Table

from flexorchd.cli.printing import console, say
from flexorchd.cli.target import Target, with_target
from flexorchd.config import access
from flexorchd.insight.planning import WatchPlan, make_plan
from flexorchd.insight.words import figure, many, size
from flexorchd.ledger.ledger import Ledger
from flexorchd.rules.causes import meaning
from flexorchd.rules.credits import room
from flexorchd.rules.plan import plan_of
from flexorchd.rules.retry import remedy
from flexorchd.state import LEDGER


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
        account, spent = None, 0
        if ledger and account_id:
            account = ledger.accounts.get(account_id)
            spent = ledger.accounts.spent_today(account_id, time.time())
        left = account.credits_now if account else None
        mode = access(loaded.config, os.environ).mode
        taken = account.takes if account else plan_of(mode, None)
        limits = loaded.config.limits
        allowed = room(left, limits.reserve, limits.credits_per_day, spent)
        plans = make_plan(loaded.config, ledger, taken, allowed)
    _show(plans, mode, left, target.arguments)
    return 1 if any(one.held for one in plans) else 0


def _show(
    plans: list[WatchPlan], mode: str, credits_left: int | None, arguments: Sequence[str]
) -> None:
    out = console()
    out.print(_table(plans, mode))
    if mode == "hosted":
        left = "unknown until the service has answered" if credits_left is None else credits_left
        out.print(f"Credits left: {left}.")
    for code, number in sum((Counter(one.refused) for one in plans), Counter()).items():
        said = f"{many(number, 'file')} would fail, {code}: {meaning(code)}."
        say(out, f"{said} {remedy(code)}", arguments)
    for one in plans:
        if one.held:
            said = f"{one.watch}: not all is sent, {one.held}: {meaning(one.held)}."
            say(out, f"{said} {remedy(one.held, one.watch)}", arguments)
    if not any(one.files for one in plans):
        out.print("Nothing is to be sent.")


def _table(plans: list[WatchPlan], mode: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("watch", "to send", "size", "copies", "refused", "credits", "held"):
        table.add_column(heading)
    for one in plans:
        table.add_row(
            one.watch,
            figure(one.files),
            size(one.bytes) if one.files else "",
            figure(one.duplicates) if one.duplicates else "",
            figure(sum(one.refused.values())) if one.refused else "",
            "none" if mode == "embedded" else f"about {figure(one.credits)}",
            one.held or "",
        )
    return table
