"""Every command that the documentation shows is known, with its arguments and options."""

import re
import shlex

import click
import pytest

from flexorchd.cli.main import COMMANDS, flexorchd
from tests.docs.pages import all_blocks, commands

IN_TABLES = re.compile(r"`flexorchd ([a-z][^`]*)`")


def shown():
    for block in all_blocks():
        if block.page.name != "commands.md" and block.language in ("", "sh", "bash"):
            yield from ((block.page.name, line) for line in commands(block.text))
    for page in {block.page for block in all_blocks()}:
        yield from ((page.name, line) for line in IN_TABLES.findall(page.read_text()))


def examples():
    """The examples in the commands' own help."""
    for name in COMMANDS:
        command = flexorchd.get_command(click.Context(flexorchd), name)
        nested = command.commands.values() if isinstance(command, click.Group) else [command]
        for one in nested:
            for line in commands((one.epilog or "").replace("\b", "")):
                yield (f"help of {name}", line)


@pytest.mark.parametrize(("where", "line"), sorted({*shown(), *examples()}))
def test_it_is_known(where, line):
    arguments = shlex.split(line)
    command, parent = flexorchd, None
    while isinstance(command, click.Group) and arguments and not arguments[0].startswith("-"):
        context = click.Context(command, parent, info_name=command.name)
        name, command, arguments = command.resolve_command(context, arguments)
        parent = context
        assert command is not None, name
    if not arguments and where.endswith(".md"):
        return  # a command that is only named
    if "--help" not in arguments and "--version" not in arguments:
        command.make_context(command.name, list(arguments), parent)


def test_something_is_shown():
    assert len(list(shown())) > 40
