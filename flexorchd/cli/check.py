"""`flexorchd check`: is this configuration and this machine fit; with `--api`, is the service."""

from __future__ import annotations

import os
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from flexorchd import __version__
from flexorchd.checks.machine import Finding, check_machine
from flexorchd.checks.service import ApiCheck, Step
from flexorchd.cli.printing import console
from flexorchd.cli.target import Target, with_target
from flexorchd.client import FlexOrch
from flexorchd.config import Access, access
from flexorchd.errors import UsageError
from flexorchd.formats import exact

EXAMPLES = """\b
Examples:
  flexorchd check -c /etc/flexorchd/config.toml
  flexorchd check --api          one tiny document through the hosted service
"""


@click.command(epilog=EXAMPLES)
@click.option("--api", is_flag=True, help="Prove the service too; costs about one credit.")
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    default=Path("flexorchd-api-check.json"),
    show_default=True,
    help="Where --api writes its report; it holds no secret.",
)
@click.option("--yes", is_flag=True, help="Do not ask before --api uploads.")
@with_target
def check(api: bool, report: Path, yes: bool, target: Target) -> int:
    """Say whether this configuration and this machine are fit.

    Looks at keys, folders, rights, space, kernel limits and the engine; each finding has its remedy.
    """
    loaded = target.loaded()
    account = access(loaded.config, os.environ)
    out = console()
    where = (
        "on this machine"
        if account.mode == "embedded"
        else f"by {account.base_url}, with the key {account.hint}"
    )
    read = loaded.file or "of the last run"
    out.print(f"[green]good[/]  configuration {read}; documents are processed {where}")
    bad = 0
    for finding in check_machine(loaded.config, account):
        bad += not finding.good
        out.print(f"{_mark(finding)}  {escape(finding.what)}")
        if finding.remedy:
            out.print(f"      {escape(finding.remedy)}", soft_wrap=True)
    for warning in account.warnings:
        out.print(f"{NOTE}  {escape(warning)}")
    if api:
        bad += _check_api(account, loaded.config.api.timeout, report, out, yes=yes)
    return 1 if bad else 0


NOTE = "[yellow]note[/]"


def _mark(looked_at: Finding | Step) -> str:
    if not looked_at.good:
        return "[red]bad [/]"
    return NOTE if isinstance(looked_at, Finding) and looked_at.remedy else "[green]good[/]"


def _check_api(account: Access, timeout: float, report: Path, out: Console, *, yes: bool) -> int:
    """Walk through the service; how many steps failed."""
    if account.key is None:
        raise UsageError("--api is for the hosted service.", "Set the key, or leave --api out.")
    if not yes:
        host = account.base_url.partition("://")[2].partition("/")[0]
        click.confirm(
            f"This uploads one tiny made-up document to {host} and costs about one credit. Go on?",
            abort=True,
        )
    bad = 0
    with FlexOrch(account.key.get_secret_value(), account.base_url, timeout) as client:
        checked = ApiCheck(client)
        for step in checked.run():
            bad += not step.good
            out.print(f"{_mark(step)}  {step.name} ({step.seconds:.1f} s) {escape(step.said)}")
        report.write_bytes(exact.pretty(checked.report(__version__)))
        spoken = ", ".join(f"{call} {name}" for call, name in sorted(client.dialects.items()))
    if spoken:
        out.print(f"Answers came as: {spoken}.")
    if checked.cost is not None:
        out.print(f"It cost {checked.cost} credits.")
    out.print(f"The report is in {report}; it holds no secret and can be attached to a bug.")
    return bad
