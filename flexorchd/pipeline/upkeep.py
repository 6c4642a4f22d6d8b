"""Upkeep: now and then a copy of the ledger, a look at the room that is left, and old things let go."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import structlog

from flexorchd.clock import Clock, utc
from flexorchd.filesystem.room import no_room, reserve
from flexorchd.ledger import upkeep
from flexorchd.ledger.ledger import Ledger
from flexorchd.rules.naming import run_name
from flexorchd.rules.retry import remedy

log = structlog.get_logger()

BACKUP_EVERY = 6 * 3600.0
LOOK_EVERY = 60.0


class UpkeepStage:
    """Takes rotating copies of the ledger and watches the room on its disk.

    Args:
        ledger: what is cared for.
        backups: where copies go.
        clock: the time.
    """

    name = "upkeep"

    def __init__(self, ledger: Ledger, backups: Path, clock: Clock) -> None:
        self._ledger = ledger
        self._backups = backups
        self._clock = clock
        self._short: str | None = None

    def step(self) -> float | None:
        """Look at the room; copy when it is time."""
        state_dir = self._ledger.database.path.parent
        short = no_room(state_dir)
        code = short.code if short else None
        if short and code != self._short:
            log.error("state.held", code=code, reason=short.message, remedy=remedy(short.code))
        elif self._short and not short:
            log.info("state.released", code=self._short)
        self._short = code
        disk = shutil.disk_usage(state_dir)
        if disk.free >= reserve(disk.total) + 2 * self._ledger.database.path.stat().st_size:
            self._back_up()
        return LOOK_EVERY

    def _back_up(self) -> None:
        now = self._clock.now()
        last = self._ledger.memory.get("backed_up_at") or 0.0
        if 0 <= now - last < BACKUP_EVERY:
            return
        try:
            copy = upkeep.rotate(self._ledger.database.path, self._backups, run_name(utc(now)))
        except (OSError, sqlite3.DatabaseError) as error:
            log.warning("ledger.not_backed_up", reason=str(error))
            return
        self._ledger.memory.set("backed_up_at", now)
        log.debug("ledger.backed_up", copy=str(copy))
