"""`flexorchd demo`: the first five minutes, always on this machine."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from importlib import resources
from pathlib import Path

import click

from flexorchd import log as logs
from flexorchd.cli.printing import program
from flexorchd.cli.progress import watching
from flexorchd.clock import SystemClock
from flexorchd.config import ExportConfig, Loaded, for_inbox
from flexorchd.daemon import Daemon
from flexorchd.parts import Parts

EXPORT = ExportConfig(name="demo", formats=("jsonl", "csv"), scope="all", keep=5)


@click.command(epilog="\b\nExample:\n  flexorchd demo && ls -R flexorchd-demo")
@click.argument("directory", default="flexorchd-demo", type=click.Path(path_type=Path))
def demo(directory: Path) -> int:
    """Process a few small documents, and say where to look.

    They are dropped into DIRECTORY, ./flexorchd-demo by default.
    """
    inbox, outbox = directory / "inbox", directory / "outbox"
    drop(inbox)
    outbox.mkdir(exist_ok=True)
    loaded = _configured(inbox, outbox, directory / ".state")
    logs.set_up("warning", loaded.config.log.format)
    click.echo("flexorchd: documents are processed on this machine", err=True)
    with Parts(loaded, SystemClock(), {}) as parts:
        daemon = Daemon(parts)
        with watching(parts, show=sys.stderr.isatty()):
            code = daemon.run_once()
        exported = code == 0 and _export(parts)
    click.echo(_where_to_look(directory, exported))
    return code


def drop(inbox: Path) -> None:
    """Put the package's documents into the inbox, and one of them a second time."""
    (inbox / "copies").mkdir(parents=True, exist_ok=True)
    for document in resources.files("flexorchd.demo").iterdir():
        if not document.name.endswith((".py", ".pyc")) and document.is_file():
            with resources.as_file(document) as path:
                shutil.copyfile(path, inbox / document.name)
    shutil.copyfile(inbox / "complaint.eml", inbox / "copies" / "the-same-again.eml")


def _configured(inbox: Path, outbox: Path, state: Path) -> Loaded:
    env = {name: value for name, value in os.environ.items() if not name.startswith("FLEXORCH")}
    loaded = for_inbox(inbox, outbox, state_dir=state, settle=0.0, env=env, cwd=Path.cwd())
    config = loaded.config.model_copy(update={"exports": (EXPORT,)})
    return Loaded(config, loaded.mode, None, loaded.origin, loaded.warnings)


def _export(parts: Parts) -> bool:
    request = parts.ledger.requests.ask("export", {"name": EXPORT.name}, parts.clock.now())
    Daemon(parts).answer(request)
    return parts.ledger.requests.get(request).exit_code == 0


def _where_to_look(directory: Path, exported: bool) -> str:
    flexorchd, here = program(), shlex.quote(str(directory))
    dataset = (
        f"  {directory}/outbox/datasets/demo/latest/\n"
        "      all of them as one dataset, JSON Lines and CSV\n"
        if exported
        else ""
    )
    return (
        f"\nLook here:\n"
        f"  {directory}/inbox/\n"
        "      what was dropped: four documents, one of them twice\n"
        f"  {directory}/outbox/results/\n"
        "      a result for each file: fields, grade, masked text\n"
        f"{dataset}\n"
        "A file's story:\n"
        f"  {flexorchd} why {here}/inbox/order.html --state-dir {here}/.state\n"
        "Your own folder:\n"
        f"  {flexorchd} run FOLDER --output RESULTS\n"
    )
