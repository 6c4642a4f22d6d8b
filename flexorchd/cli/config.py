"""`flexorchd config show`: each effective value, and where it came from."""

from __future__ import annotations

import click
from rich.markup import escape
from rich.table import Table

from flexorchd.cli.printing import console
from flexorchd.cli.target import Target, with_target


@click.group()
def config() -> None:
    """Look at the configuration."""


@config.command(epilog="\b\nExample:\n  flexorchd config show -c flexorchd.toml")
@with_target
def show(target: Target) -> int:
    """Print each effective value and where it came from; secrets are hidden."""
    loaded = target.loaded()
    table = Table(box=None, pad_edge=False)
    for heading in ("key", "value", "from"):
        table.add_column(heading, overflow="fold")
    for key, origin in loaded.origin.items():
        table.add_row(key, escape(origin.value), escape(f"{origin.source} {origin.place}".strip()))
    console().print(table)
    return 0
