"""`flexorchd run`: the daemon, and with `--once` a single pass."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from flexorchd import log as logs
from flexorchd.cli.printing import console, say
from flexorchd.cli.progress import watching
from flexorchd.cli.target import Target
from flexorchd.clock import SystemClock
from flexorchd.config import Access, Loaded, access, for_inbox, load
from flexorchd.daemon import Daemon
from flexorchd.errors import UsageError
from flexorchd.parts import Parts
from flexorchd.signals import Handler, exits, handled

EXAMPLES = """\b
Examples:
  flexorchd run ~/scans --output ~/scans-done     on this machine, no account
  flexorchd run ~/scans --once                    one pass, then exit
  flexorchd run -c /etc/flexorchd/config.toml     as configured
"""


TOLD_AT_THE_END = frozenset({"file.failed", "file.unreadable", "watch.held", "credits.held"})
"""What a single pass on a terminal tells after its progress bar, by reason and with the remedy."""


@click.command(epilog=EXAMPLES)
@click.argument("inbox", required=False, type=click.Path(path_type=Path))
@click.option(
    "-c",
    "--config",
    "config_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The configuration file; not together with INBOX.",
)
@click.option("--output", type=click.Path(path_type=Path), help="Results go here (./outbox).")
@click.option("--state-dir", type=click.Path(path_type=Path), help="Where the ledger is kept.")
@click.option("--once", is_flag=True, help="Bring what is there to an end, then exit.")
@click.option("--settle", type=float, help="Seconds without a change until a file is complete.")
@click.option("--locale", help="The documents' language, such as de; und tries them all.")
@click.option("--no-mask-pii", is_flag=True, help="Leave personal data as it is.")
@click.option("--new-account", is_flag=True, help="Another account than the last run's is meant.")
def run(
    inbox: Path | None,
    config_file: Path | None,
    output: Path | None,
    state_dir: Path | None,
    once: bool,
    settle: float | None,
    locale: str | None,
    no_mask_pii: bool,
    new_account: bool,
) -> int:
    """Watch folders, and put each document's result into the output.

    With INBOX no configuration file is read: documents are processed on this machine, and results lie in
    --output.
    """
    if inbox is None and any((output, settle, locale, no_mask_pii)):
        raise UsageError(
            "--output, --settle, --locale and --no-mask-pii go with INBOX.",
            "Name a folder, or set these keys in the configuration file.",
        )
    if inbox is not None and config_file is not None:
        raise UsageError(
            "INBOX and -c exclude each other.", "Name a folder, or a file that names folders."
        )

    def read() -> Loaded:
        if inbox is None:
            return load(config_file, env=os.environ, cwd=Path.cwd())
        return for_inbox(
            inbox,
            output,
            state_dir=state_dir,
            settle=settle,
            locale=locale,
            mask_pii=False if no_mask_pii else None,
            env=os.environ,
            cwd=Path.cwd(),
        )

    if inbox is None and state_dir is not None:
        raise UsageError("--state-dir goes with INBOX.", "Set state_dir in the file.")
    with starting(exits(1 if once else 0)) as reload_wanted:
        return work(read, reload_wanted, once=once, new_account=new_account)


@contextmanager
def starting(end: Handler) -> Iterator[threading.Event]:
    """Until the daemon listens to them: a signal to stop ends the start, one to reload is remembered."""
    reload_wanted = threading.Event()

    def remember(number: int, frame: FrameType | None) -> None:
        del number, frame
        reload_wanted.set()

    with handled({signal.SIGTERM: end, signal.SIGINT: end, signal.SIGHUP: remember}):
        yield reload_wanted


def work(
    read: Callable[[], Loaded], reload_wanted: threading.Event, *, once: bool, new_account: bool
) -> int:
    """Build the daemon of a configuration and run it; its exit code."""
    loaded = read()
    announce(loaded, access(loaded.config, os.environ))
    on_terminal = sys.stderr.isatty()
    # Beside a progress bar only what needs a person is worth a line, unless somebody asked for more.
    bar = once and on_terminal and not loaded.given("log.level")
    level = "warning" if bar else loaded.config.log.level
    logs.set_up(level, loaded.config.log.format, untold=TOLD_AT_THE_END if bar else ())
    with Parts(loaded, SystemClock(), os.environ, new_account=new_account) as parts:
        daemon = Daemon(parts, read, reload_wanted)
        if not once:
            if on_terminal:
                _guide(parts)
            return daemon.run()
        with watching(parts, show=on_terminal):
            return daemon.run_once()


def _guide(parts: Parts) -> None:
    """What a person who watches a daemon start wants to know: what to do now, and how to look, and to end."""
    folders = ", ".join(str(watch.path.resolve()) for watch in parts.config.watches)
    out = console(stderr=True)
    say(out, f"Drop documents into {folders}; results appear in {parts.output.root}.")
    say(out, "Ctrl-C ends it. Look: `flexorchd status`", Target.of(parts.loaded).arguments)


def announce(loaded: Loaded, account: Access) -> None:
    """The first line: where documents go."""
    if account.mode == "embedded":
        where = "processed on this machine"
    else:
        host = account.base_url.partition("://")[2].partition("/")[0]
        where = f"sent to {host} as workspace key {account.hint}"
    click.echo(f"flexorchd: documents are {where}", err=True)
    for warning in (*loaded.warnings, *account.warnings):
        click.echo(f"flexorchd: note: {warning}", err=True)
