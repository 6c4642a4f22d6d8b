"""Open the ledger whatever became of it: a damaged one is set aside, and the newest good copy taken."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import structlog

from flexorchd.clock import utc
from flexorchd.errors import StateError
from flexorchd.ledger import upkeep
from flexorchd.ledger.ledger import Ledger, NewerSchemaError
from flexorchd.rules.naming import run_name

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Opened:
    """A ledger, and whether the results in the output may know more than it does."""

    ledger: Ledger
    incomplete: bool


def open_ledger(path: Path, backups: Path, now: float) -> Opened:
    """The ledger, ready to be written.

    Args:
        path: its file; made when missing.
        backups: the folder of copies.
        now: seconds since the epoch.

    Raises:
        StateError: a newer flexorchd wrote it.
    """
    is_new = not path.exists()
    restored = False
    if not is_new and not upkeep.is_sound(path):
        aside = upkeep.set_aside(path, run_name(utc(now)))
        copy = upkeep.newest_sound(backups)
        log.error("ledger.damaged", set_aside=str(aside), restored_from=str(copy) if copy else None)
        restored = True
        if copy is not None:
            shutil.copyfile(copy, path)
    try:
        return Opened(Ledger(path), is_new or restored)
    except NewerSchemaError as error:
        raise StateError(str(error), "") from error
