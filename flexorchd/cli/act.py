"""Commands that act: each leaves a request, which the daemon answers."""

from __future__ import annotations

import os
import re
import time
from datetime import datetime
from pathlib import Path

import click

from flexorchd.cli import completion
from flexorchd.cli.agreement import agreed
from flexorchd.cli.ask import ask
from flexorchd.cli.paths import files_at, files_named
from flexorchd.cli.target import Target, with_target
from flexorchd.control.retry import to_reprocess
from flexorchd.errors import UsageError
from flexorchd.insight.words import many
from flexorchd.ledger.ledger import Ledger
from flexorchd.ledger.search import Found
from flexorchd.rules.naming import display


@click.command(epilog="\b\nExample:\n  flexorchd approve scans")
@click.argument("watch", shell_complete=completion.watch)
@with_target
def approve(watch: str, target: Target) -> int:
    """Release the files of WATCH that `max_backlog` holds.

    Where WATCH is held because its mount is absent: accept what lies at its folder now.
    """
    return ask(target, "approve", {"watch": watch})


@click.command(epilog="\b\nExample:\n  flexorchd export monthly")
@click.argument("name", shell_complete=completion.export)
@with_target
def export(name: str, target: Target) -> int:
    """Run the export NAME now."""
    return ask(target, "export", {"name": name})


RETRY_EXAMPLES = """\b
Examples:
  flexorchd retry scans/letter.pdf
  flexorchd retry --failed --code OCR_NOT_INSTALLED
  flexorchd retry --failed --watch scans --since 2d
"""


@click.command(epilog=RETRY_EXAMPLES)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--failed", is_flag=True, help="Everything that failed.")
@click.option("--code", shell_complete=completion.code, help="Only what failed with this code.")
@click.option("--watch", shell_complete=completion.watch, help="Only files of this watch.")
@click.option("--since", help="Only what ended since then: 2h, 3d, or a date.")
@click.option("--reprocess", is_flag=True, help="Also delivered files, under changed settings.")
@click.option("--yes", is_flag=True, help="Do not ask what --reprocess may cost.")
@with_target
def retry(
    paths: tuple[Path, ...],
    failed: bool,
    code: str | None,
    watch: str | None,
    since: str | None,
    reprocess: bool,
    yes: bool,
    target: Target,
) -> int:
    """Queue again what failed.

    With --reprocess also what was delivered under other settings.
    """
    if not paths and not failed and not reprocess:
        raise UsageError("Which files?", "Name paths, or say --failed.")
    with target.ledger() as ledger:
        files = _chosen(ledger, paths, failed, code, watch, since)
        if reprocess:
            known = ledger.accounts.settings
            files = to_reprocess(files, target.loaded().config.watches, known)
    if reprocess and files:
        click.echo(f"{_cost(target, len(files))}.")
        agreed("Go on?", yes=yes)
    arguments = {"file_ids": [file.id for file in files], "reprocess": reprocess}
    return ask(target, "retry", arguments)


def _chosen(
    ledger: Ledger,
    paths: tuple[Path, ...],
    failed: bool,
    code: str | None,
    watch: str | None,
    since: str | None,
) -> list[Found]:
    watches = [row.name for row in ledger.watches.all()]
    if watch is not None and watch not in watches:
        raise UsageError(f"There is no watch {watch}.", f"The watches are: {', '.join(watches)}.")
    state = "failed" if failed else None
    ended = None if since is None else moment(since, time.time())
    if not paths:
        return ledger.search.files(state=state, watch=watch, code=code, since=ended)
    return [
        file
        for file in {file.id: file for path in paths for file in _known(ledger, path)}.values()
        if state in (None, file.state)
        and watch in (None, file.watch)
        and code in (None, file.failure_code)
        and (file.ended_at or file.seen_at) >= (ended or 0)
    ]


def _known(ledger: Ledger, path: Path) -> list[Found]:
    files = files_at(ledger, path)
    if not files:
        raise UsageError(
            f"{display(os.fsencode(path))} is no file that the ledger knows.",
            "See `flexorchd files`.",
        )
    return files


def _cost(target: Target, number: int) -> str:
    again = f"{many(number, 'file')} {'is' if number == 1 else 'are'} processed again"
    if target.loaded().mode == "embedded":
        return f"{again}, on this machine"
    return f"{again}, for about {many(number, 'credit')}"


def moment(text: str, now: float) -> float:
    """Seconds since the epoch of ``90m``, ``2h``, ``3d`` ago, or of a date or time in ISO 8601.

    Raises:
        UsageError: it is none of these.
    """
    if ago := re.fullmatch(r"(\d+)([mhd])", text):
        return now - int(ago[1]) * {"m": 60, "h": 3600, "d": 86400}[ago[2]]
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        raise UsageError(f"{text} is no time.", "Write 90m, 2h, 3d or 2026-01-31.") from None


@click.command(epilog="\b\nExample:\n  flexorchd pull 7 invoices/2026/a.pdf invoices/2026/b.pdf")
@click.argument("connector_id", type=int)
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
@with_target
def pull(connector_id: int, keys: tuple[str, ...], target: Target) -> int:
    """Process files out of connected storage.

    Results go to results/_connector-CONNECTOR_ID.
    """
    return ask(target, "pull", {"connector_id": connector_id, "keys": list(keys)})


FEEDBACK_EXAMPLES = """\b
Examples:
  flexorchd feedback scans/letter.pdf positive
  flexorchd feedback 1763991234567 negative --issue wrong_fields
"""


@click.command(epilog=FEEDBACK_EXAMPLES)
@click.argument("named", metavar="PATH|JOB", shell_complete=completion.file)
@click.argument("rating", type=click.Choice(["positive", "negative"]))
@click.option("--issue", help="wrong_fields, missed_pii, incorrect_summary, poor_extraction …")
@with_target
def feedback(named: str, rating: str, issue: str | None, target: Target) -> int:
    """Say whether a result is good; the service learns from it."""
    with target.ledger() as ledger:
        jobs = {file.job_id for file in files_named(ledger, named) if file.job_id}
    if not jobs and ("/" in named or "." in named):
        raise UsageError(f"{named} has no job that the ledger knows.", "See `flexorchd files`.")
    if len(jobs) > 1:
        raise UsageError(f"{named} names {len(jobs)} jobs.", "Name one file, or one job.")
    job_id = jobs.pop() if jobs else named
    return ask(target, "feedback", {"job_id": job_id, "rating": rating, "issue": issue})
