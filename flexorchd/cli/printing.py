"""How commands print: colours only on a terminal, sizes and times as people say them."""

from __future__ import annotations

import re
import shutil
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

import click
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from flexorchd.formats import exact
from flexorchd.insight import words
from flexorchd.rules.naming import escape_controls

NAME = "flexorchd"
STYLES = {
    "delivered": "green",
    "failed": "red",
    "held": "yellow",
    "ignored": "dim",
    "vanished": "dim",
}
"""The colours of states."""
WIDE = 110
"""From so many columns on, tables show their long columns too."""


def console(*, stderr: bool = False) -> Console:
    """Standard output (or error); as wide as it likes where it is no terminal."""
    stream = sys.stderr if stderr else sys.stdout
    if stream.isatty():
        return Console(stderr=stderr, highlight=False)
    return Console(file=cast(IO[str], _Trimmed(stream)), width=200, soft_wrap=True, highlight=False)


class _Trimmed:
    """A stream whose lines end in no spaces: those that fill a table's last column."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(re.sub(r" +(?=\n)", "", text))

    def flush(self) -> None:
        self._stream.flush()


def print_json(value: Any) -> None:
    """One JSON document on standard output, and nothing else."""
    click.echo(exact.pretty(value), nl=False)


def print_json_list(name: str, items: Iterable[Any]) -> None:
    """A JSON document with one list, a line an item, written as it is read: memory stays flat."""
    out = sys.stdout
    out.write(f'{{"{name}": [')
    before = "\n"
    for item in items:
        out.write(before + exact.dumps(item).decode())
        before = ",\n"
    out.write("\n]}\n")


def ago(moment: str | None) -> str:
    """How long ago a moment in ISO 8601 is."""
    return words.ago(words.seconds(moment), time.time())


def until(moment: str | None) -> str:
    """In how long a moment in ISO 8601 is."""
    return words.until(words.seconds(moment), time.time())


def local(moment: str) -> str:
    """A moment in ISO 8601 as this machine's clock on the wall shows it."""
    return f"{datetime.fromisoformat(moment).astimezone():%Y-%m-%d %H:%M:%S}"


def say(
    out: Console,
    sentence: str,
    arguments: Sequence[str] = (),
    *,
    indent: int = 0,
    style: str = "",
) -> None:
    """Print a sentence; a command between backticks in it stands there as it can be typed here.

    Args:
        out: where to.
        sentence: for people.
        arguments: what names the flexorchd that is meant, such as ``-c FILE``; put after its commands.
        indent: columns before each of its lines.
        style: of its words.
    """
    text = worded(sentence, arguments, style)
    # A command that is cut into lines by us could not be copied; the terminal's own lines can.
    whole = "`" in sentence and text.cell_len + indent > out.width
    out.print(
        Text(" " * indent) + text if whole else Padding(text, (0, 0, 0, indent), expand=False),
        soft_wrap=whole,
    )


def worded(sentence: str, arguments: Sequence[str] = (), style: str = "") -> Text:
    """A sentence as `say` prints it."""
    # A full stop after a command would be copied with it.
    ended = sentence.removesuffix(".") if sentence.endswith("`.") else sentence
    text = Text(style=style)
    for number, piece in enumerate(escape_controls(ended).split("`")):
        if number % 2 == 0:
            text.append(piece)
        else:
            text.append(typed(piece, arguments), style="bold")
    return text


def typed(command: str, arguments: Sequence[str] = ()) -> str:
    """A flexorchd command as it can be typed here; anything else as it is."""
    name, _, rest = command.partition(" ")
    if name != NAME:
        return command
    named = list(arguments)
    if rest.startswith("run") and (named[:1] != ["-c"] or "-c" in rest.split()):
        named = []  # what is run says itself what it is about
    return " ".join(part for part in (program(), rest, *named) if part)


def program() -> str:
    """How this program was called, so that it can be called again."""
    called = Path(sys.argv[0])
    if called.name != NAME or shutil.which(NAME) == str(called):
        return NAME
    return sys.argv[0]
