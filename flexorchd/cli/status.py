"""`flexorchd status`: is it all right, and if not, what do I do."""

from __future__ import annotations

import time

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flexorchd import __version__
from flexorchd.cli.printing import ago, console, print_json
from flexorchd.cli.target import Target, with_target
from flexorchd.rules.naming import escape_controls
from flexorchd.state import is_locked
from flexorchd.status import Status, WatchStatus, snapshot
from flexorchd.words import size


@click.command(epilog="\b\nExamples:\n  flexorchd status\n  flexorchd status --json | jq .states")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@with_target
def status(as_json: bool, target: Target) -> int:
    """Say whether all is well, and if not, what to do.

    Works with or without a running daemon. Exit code 1 when something needs a person.
    """
    directory = target.directory()
    with target.ledger() as ledger:
        found = snapshot(
            ledger, directory, time.time(), running=is_locked(directory), version=__version__
        )
    if as_json:
        print_json(found.as_json())
    else:
        _show(found, console())
    needs_a_person = [t for t in found.troubles if t.code != "NOT_RUNNING"]
    return 1 if needs_a_person else 0


def _show(found: Status, out: Console) -> None:
    headline = "[green]All is well.[/]" if found.ok else "[yellow]Something needs you:[/]"
    out.print(headline)
    for trouble in found.troubles:
        out.print(f"  {escape(escape_controls(trouble.what))} [dim]{escape(trouble.remedy)}[/]")
    out.print()
    out.print(f"Documents are {escape(found.where)}.{_credits(found)}")
    states = " · ".join(f"{number} {state}" for state, number in found.states.items() if number)
    out.print(f"Files: {states or 'none yet'}.")
    if found.oldest_waiting_at:
        out.print(f"The oldest one that waits was seen {ago(found.oldest_waiting_at)}.")
    out.print()
    out.print(_watches(found.watches))
    for watch in found.watches:
        if watch.active and watch.mode_reason:
            out.print(f"[dim]{watch.name}: {escape(escape_controls(watch.mode_reason))}[/]")
    if found.exports:
        out.print()
        out.print(_exports(found))
    out.print()
    out.print(f"Output {escape(found.output['path'])} ({size(found.output['free'])} free)")
    out.print(f"State  {escape(found.state['path'])} ({size(found.state['free'])} free)")
    if found.page:
        out.print(f"Page   {found.page}", highlight=False)


def _credits(found: Status) -> str:
    account = found.account
    if account.get("credits_limit") is None:
        return ""
    until = account.get("credits_until")
    lasting = f" At this pace they last until {until[:10]}." if until else ""
    return f" Credits: {account['credits_left']} of {account['credits_limit']} left.{lasting}"


def _watches(watches: list[WatchStatus]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in (
        "watch",
        "folder",
        "how",
        "last scan",
        "done",
        "failed",
        "on their way",
        "held",
    ):
        table.add_column(heading, overflow="fold")
    for watch in watches:
        counts = watch.files
        moving = sum(counts.get(s, 0) for s in ("settling", "queued", "uploading", "processing"))
        how = watch.hold_code or watch.mode or "—"
        table.add_row(
            watch.name,
            escape(escape_controls(watch.folder)),
            how if watch.active else "parked",
            ago(watch.last_scan_at),
            str(counts.get("delivered", 0)),
            str(counts.get("failed", 0) or ""),
            str(moving or ""),
            str(counts.get("held", 0) or ""),
        )
    return table


def _exports(found: Status) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("export", "last run", "records", "next run"):
        table.add_column(heading)
    for export in found.exports:
        last = f"{export.last_state} {ago(export.last_at)}" if export.last_state else "never"
        table.add_row(
            export.name,
            last,
            "" if export.last_records is None else str(export.last_records),
            export.next_at or "by hand",
        )
    return table
