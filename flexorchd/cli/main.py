"""The `flexorchd` command, and how every command ends: 0 good, 1 something failed or was found, 2 usage."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable
from importlib import import_module

import click

from flexorchd import __version__
from flexorchd.errors import FlexorchdError
from flexorchd.ledger.compatibility import SchemaError
from flexorchd.signals import heed_term

COMMANDS: dict[str, str] = {
    "run": "flexorchd.cli.run",
    "demo": "flexorchd.cli.demo",
    "status": "flexorchd.cli.status",
    "files": "flexorchd.cli.files",
    "why": "flexorchd.cli.why",
    "plan": "flexorchd.cli.plan",
    "approve": "flexorchd.cli.act",
    "retry": "flexorchd.cli.act",
    "export": "flexorchd.cli.act",
    "pull": "flexorchd.cli.act",
    "feedback": "flexorchd.cli.act",
    "forget": "flexorchd.cli.forget",
    "verify": "flexorchd.cli.verify",
    "check": "flexorchd.cli.check",
    "config": "flexorchd.cli.config",
    "ledger": "flexorchd.cli.ledger",
    "engine": "flexorchd.cli.engine",
}
"""Each command and the module that has it; loaded when called, so that every command starts fast."""


class Commands(click.Group):
    """Loads the module of a command when it is called for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, in the order in which one meets them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command, or None."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(COMMANDS[cmd_name]), cmd_name)
        return command


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with `flexorchd demo`, or with your own folder: "
    "`flexorchd run INBOX --output OUTBOX`.",
)
@click.version_option(__version__, prog_name="flexorchd")
def flexorchd() -> None:
    """Drop a document into a folder; its structured, masked and graded result lies in another."""


def main() -> None:
    """Run the command line and exit."""
    heed_term()
    os.umask(os.umask(0) & 0o077)  # without rights of its own it could not open its own files
    sys.exit(ended(lambda: flexorchd.main(standalone_mode=False)))


def ended(command: Callable[[], object]) -> int:
    """Run a command; whatever stops it ends in a sentence and an exit code."""
    try:
        code = command()
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as mistake:
        mistake.show()
        return 2
    except click.Abort:
        return 130
    except FlexorchdError as error:
        _complain(f"flexorchd: {error}")
        return error.exit_code
    except SchemaError as error:
        click.echo(f"flexorchd: {error}", err=True)
        return 2
    except BrokenPipeError:
        # The reader has seen enough; say nothing more, not even at exit.
        sys.stdout = None
        return 1
    except sqlite3.DatabaseError as error:
        click.echo(f"flexorchd: the ledger cannot be read: {error}.", err=True)
        return 1
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        click.echo(f"flexorchd: {error.strerror or error}{where}", err=True)
        return 1
    return code if isinstance(code, int) else 0


def _complain(sentence: str) -> None:
    """On a terminal in lines that break between words, and with commands as they can be typed."""
    if not sys.stderr.isatty():
        click.echo(sentence, err=True)
        return
    # Only here: rich takes longer to load than most commands to run.
    from flexorchd.cli.printing import console, say

    say(console(stderr=True), sentence)
