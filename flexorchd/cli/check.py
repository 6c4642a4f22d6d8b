"""`flexorchd check`: is this configuration and this machine fit."""

from __future__ import annotations

import os

import click
from rich.markup import escape

from flexorchd.checks import check_machine
from flexorchd.cli.printing import console
from flexorchd.cli.target import Target, with_target
from flexorchd.config import access


@click.command(epilog="\b\nExample:\n  flexorchd check -c /etc/flexorchd/config.toml")
@with_target
def check(target: Target) -> int:
    """Look at keys, folders, rights, space, kernel limits and the engine; each finding has its remedy."""
    loaded = target.loaded()
    account = access(loaded.config, os.environ)
    out = console()
    where = "on this machine" if account.mode == "embedded" else f"by {account.base_url}"
    out.print(f"[green]good[/]  configuration {loaded.file or ''}; documents are processed {where}")
    bad = 0
    for finding in check_machine(loaded.config, account):
        bad += not finding.good
        mark = "[green]good[/]" if finding.good else "[red]bad [/]"
        remedy = f"\n      {finding.remedy}" if finding.remedy else ""
        out.print(f"{mark}  {escape(finding.what)}{escape(remedy)}", highlight=False)
    return 1 if bad else 0
