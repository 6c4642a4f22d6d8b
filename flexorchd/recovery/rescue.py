"""Open the ledger whatever became of it: a damaged one is set aside, and the newest good copy taken."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import structlog

from flexorchd.clock import utc
from flexorchd.errors import StateError
from flexorchd.ledger import upkeep
from flexorchd.ledger.compatibility import NewerSchemaError
from flexorchd.ledger.ledger import Ledger
from flexorchd.rules.naming import run_name

log = structlog.get_logger()


COMPLETE = "complete"
"""What a ledger remembers once it has read the results in the output: new ones and copies do not have it."""


def open_ledger(path: Path, backups: Path, now: float) -> Ledger:
    """The ledger, ready to be written; whether it is complete, its memory tells (`COMPLETE`).

    Args:
        path: its file; made when missing.
        backups: the folder of copies.
        now: seconds since the epoch.

    Raises:
        StateError: a newer flexorchd wrote it.
    """
    if path.exists() and not upkeep.is_sound(path):
        aside = upkeep.set_aside(path, run_name(utc(now)))
        copy = upkeep.newest_sound(backups)
        log.error("ledger.damaged", set_aside=str(aside), restored_from=str(copy) if copy else None)
        if copy is not None:
            _copy(copy, path)
    try:
        return Ledger(path, before_upgrade=partial(_keep, path, backups))
    except NewerSchemaError as error:
        raise StateError(str(error), "") from error


def _keep(path: Path, backups: Path, change: str) -> None:
    """A copy of a ledger as it was before its tables change, for a person who wants to go back."""
    copy = upkeep.keep_before(path, backups, change)
    log.info("ledger.upgraded", change=change, copy=str(copy))


def _copy(copy: Path, path: Path) -> None:
    """Whole or not at all: a start that is killed in between begins anew."""
    temporary = path.with_name(f".{path.name}.restored")
    shutil.copyfile(copy, temporary)
    temporary.chmod(0o600)
    temporary.rename(path)
