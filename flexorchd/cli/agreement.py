"""Asks a person before something that costs or cannot be undone; a script has said what it means."""

from __future__ import annotations

import sys

import click


def agreed(question: str, *, yes: bool) -> None:
    """Ask on a terminal; in a script, or with ``--yes``, the command itself is the answer.

    Raises:
        click.Abort: the person says no.
    """
    if not yes and sys.stdin.isatty():
        click.confirm(question, abort=True)
