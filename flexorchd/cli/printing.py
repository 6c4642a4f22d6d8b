"""How commands print: colours only on a terminal, sizes and times as people say them."""

from __future__ import annotations

import sys
import time
from typing import Any

import click
from rich.console import Console

from flexorchd import words
from flexorchd.formats import exact


def console() -> Console:
    """Standard output; as wide as it likes where it is no terminal."""
    return Console(width=None if sys.stdout.isatty() else 200, soft_wrap=not sys.stdout.isatty())


def print_json(value: Any) -> None:
    """One JSON document on standard output, and nothing else."""
    click.echo(exact.pretty(value), nl=False)


def ago(moment: str | None) -> str:
    """How long ago a moment in ISO 8601 is."""
    return words.ago(words.seconds(moment), time.time())
