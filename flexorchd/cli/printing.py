"""How commands print: colours only on a terminal, sizes and times as people say them."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

import click
from rich.console import Console

from flexorchd.formats import exact


def console() -> Console:
    """Standard output; as wide as it likes where it is no terminal."""
    return Console(width=None if sys.stdout.isatty() else 200, soft_wrap=not sys.stdout.isatty())


def print_json(value: Any) -> None:
    """One JSON document on standard output, and nothing else."""
    click.echo(exact.pretty(value), nl=False)


def size(number: int | None) -> str:
    """A number of bytes in a few characters."""
    if number is None:
        return "unknown"
    amount = float(number)
    for unit in ("bytes", "KB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"


def ago(moment: str | None) -> str:
    """How long ago a moment in ISO 8601 is."""
    if moment is None:
        return "never"
    seconds = (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds()
    for length, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= length:
            return f"{seconds / length:.0f} {unit} ago"
    return f"{max(seconds, 0):.0f} s ago"
