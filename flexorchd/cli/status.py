"""`flexorchd status`: is it all right, and if not, what do I do."""

from __future__ import annotations

import time
from collections.abc import Sequence

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flexorchd import __version__
from flexorchd.cli.printing import WIDE, ago, console, print_json, say, until
from flexorchd.cli.target import Target, with_target
from flexorchd.insight.status import ExportStatus, Status, WatchStatus, snapshot
from flexorchd.insight.troubles import Failures
from flexorchd.insight.words import figure, many, size
from flexorchd.rules.naming import escape_controls
from flexorchd.state import is_locked

REASONS_SHOWN, REMEDIES_SHOWN = 4, 2
"""So many reasons of failures fit a screen, and so many with what to do about them."""


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
        _show(found, console(), target.arguments)
    return 1 if _needs_you(found) else 0


def _needs_you(found: Status) -> bool:
    return any(trouble.code != "NOT_RUNNING" for trouble in found.troubles)


def _show(found: Status, out: Console, arguments: Sequence[str]) -> None:
    good = "All is well." if found.running else "Nothing needs you."
    out.print("[yellow]Something needs you:[/]" if _needs_you(found) else f"[green]{good}[/]")
    for trouble in found.troubles:
        say(out, trouble.what, arguments, indent=2)
        say(out, trouble.remedy, arguments, indent=4)
        if trouble.code == "FILES_FAILED":
            _failures(found.failures, out, arguments)
    out.print()
    out.print(f"Documents are {escape(found.where)}.{_credits(found)}")
    states = " · ".join(
        f"{figure(number)} {state}" for state, number in found.states.items() if number
    )
    waits = f" The oldest that waits: {ago(found.oldest_waiting_at)}."
    out.print(f"Files: {states or 'none yet'}.{waits if found.oldest_waiting_at else ''}")
    out.print()
    _watches(found, out)
    if found.exports:
        out.print()
        out.print(_exports(found.exports))
    out.print()
    for name, place in (("Output", found.output), ("State ", found.state)):
        out.print(f"{name} {escape(place['path'])} ({size(place['free'])} free)", soft_wrap=True)
    if found.page:
        out.print(f"Page   {found.page}", soft_wrap=True)


def _failures(failures: Sequence[Failures], out: Console, arguments: Sequence[str]) -> None:
    for one in failures[:REASONS_SHOWN]:
        say(out, f"{figure(one.files)} {one.code}: {one.meaning}.", indent=4)
        if len(failures) <= REMEDIES_SHOWN:
            say(out, one.remedy, arguments, indent=6, style="dim")
    if left := failures[REASONS_SHOWN:]:
        files = many(sum(one.files for one in left), "file")
        say(out, f"{files} for {many(len(left), 'other reason')}", indent=4)


def _credits(found: Status) -> str:
    account = found.account
    if account.get("credits_limit") is None:
        return ""
    left, until_ = account["credits_left"], account.get("credits_until")
    lasting = f" At this pace they last until {until_[:10]}." if until_ and left else ""
    return f" Credits: {figure(left)} of {figure(account['credits_limit'])} left.{lasting}"


def _watches(found: Status, out: Console) -> None:
    wide = out.width >= WIDE
    table = Table(box=None, pad_edge=False)
    table.add_column("watch", overflow="fold")
    for heading in ("how", "last scan"):
        table.add_column(heading)
    for heading in ("delivered", "failed", "on their way", "held"):
        table.add_column(heading, justify="right")
    if wide:
        table.add_column("folder", overflow="fold")
    for watch in found.watches:
        folder = [_text(watch.folder)] if wide else []
        table.add_row(*_row(watch, found.running), *folder)
    out.print(table)
    for watch in found.watches:
        folder = [] if wide else [watch.folder]
        reason = [watch.mode_reason] if found.running and watch.active and watch.mode_reason else []
        if told := ", ".join([*folder, *reason]):
            out.print(f"[dim]{watch.name}: {_text(told)}[/]")


def _text(text: str) -> str:
    return escape(escape_controls(text))


def _row(watch: WatchStatus, running: bool) -> tuple[str, ...]:
    counts = watch.files
    moving = sum(counts.get(s, 0) for s in ("settling", "queued", "uploading", "processing"))
    how = watch.hold_code or (watch.mode if running else None) or "—"
    return (
        watch.name,
        how if watch.active else "parked",
        ago(watch.last_scan_at),
        figure(counts.get("delivered", 0)),
        *(
            figure(number) if number else ""
            for number in (counts.get("failed", 0), moving, counts.get("held", 0))
        ),
    )


def _exports(exports: list[ExportStatus]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("export", "last run", "records", "next run"):
        table.add_column(heading, justify="right" if heading == "records" else "left")
    for export in exports:
        last = f"{export.last_state} {ago(export.last_at)}" if export.last_state else "never"
        table.add_row(
            export.name,
            last,
            "" if export.last_records is None else figure(export.last_records),
            f"{until(export.next_at)} ({export.schedule} {export.timezone})"
            if export.next_at
            else "by hand",
        )
    return table
