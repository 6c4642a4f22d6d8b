"""`flexorchd forget`: erase what was taken in."""

from __future__ import annotations

import time
from pathlib import Path

import click

from flexorchd.cli.agreement import agreed
from flexorchd.cli.ask import ask
from flexorchd.cli.paths import files_at
from flexorchd.cli.target import Target, with_target
from flexorchd.errors import UsageError
from flexorchd.ledger.ledger import Ledger
from flexorchd.ledger.search import Found
from flexorchd.rules.naming import display, escape_controls

EXAMPLES = """\b
Examples:
  flexorchd forget scans/letter.pdf
  flexorchd forget --vanished 90       what left its folder more than 90 days ago
"""


@click.command(epilog=EXAMPLES)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--vanished", type=int, help="Files that left their folder so many days ago.")
@click.option("--remote", is_flag=True, help="Also delete the service's dataset copies.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_target
def forget(
    paths: tuple[Path, ...], vanished: int | None, remote: bool, yes: bool, target: Target
) -> int:
    """Erase documents for good; only a hash of each is kept.

    Results go, the engine's data, and what the ledger knows. It concerns the content: results of copies go
    too. The paths are ignored from then on.
    """
    if not paths and vanished is None:
        raise UsageError("Which files?", "Name paths, or say --vanished DAYS.")
    with target.ledger() as ledger:
        chosen = _chosen(ledger, paths, vanished)
        copies = _copies(ledger, chosen)
    if not chosen:
        click.echo("There is nothing to forget.")
        return 1 if paths else 0
    for file in (*chosen, *copies):
        note = " (a copy)" if file in copies else ""
        click.echo(escape_controls(f"{file.watch}/{display(file.path)}") + note)
    agreed(f"Forget {len(chosen) + len(copies)} files for good?", yes=yes)
    ids = [file.id for file in (*chosen, *copies)]
    return ask(target, "forget", {"file_ids": ids, "remote": remote})


def _chosen(ledger: Ledger, paths: tuple[Path, ...], vanished: int | None) -> list[Found]:
    found = {file.id: file for path in paths for file in files_at(ledger, path)}
    if vanished is not None:
        ids = ledger.forgetting.vanished_before(time.time() - vanished * 86400)
        found |= {file.id: file for file in ledger.search.by_ids(ids)}
    return list(found.values())


def _copies(ledger: Ledger, chosen: list[Found]) -> list[Found]:
    ids = {file.id for file in chosen}
    hashes = {file.sha256.hex() for file in chosen if file.sha256 is not None}
    return [
        file
        for sha256 in sorted(hashes)
        for file in ledger.search.by_hash(sha256)
        if file.id not in ids
    ]
