"""A daemon that runs while things happen around it."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

from flexorchd.insight.status import Status, snapshot
from flexorchd.insight.troubles import Trouble
from flexorchd.ledger.ledger import Ledger
from tests.e2e.process import Place, wait_for
from tests.e2e.promise import Promise


class Running:
    """A daemon, and what it says of what happens.

    Args:
        place: where it runs.
        pid: its process; None starts one.
    """

    def __init__(self, place: Place, pid: int | None = None) -> None:
        self.place = place
        self.promise = Promise(place)
        if pid is None:
            assert place.forge
            pid = place.forge.start(place.order("run"))
        self.pid = pid
        wait_for(lambda: any(event["event"] == "daemon.started" for event in place.events()))

    def status(self) -> Status:
        """What `status` shows, without a process for it."""
        state = self.place.home / "state"
        ledger = Ledger(state / "ledger.sqlite3", readonly=True)
        try:
            return snapshot(ledger, state, time.time(), running=True, version="0")
        finally:
            ledger.close()

    def troubles(self) -> set[str]:
        return {trouble.code for trouble in self.status().troubles}

    def holds(self) -> None:
        """The promise, once all has come to its end."""
        shown = ("delivered", "failed", "ignored")
        wait_for(lambda: not any(n for s, n in self.status().states.items() if s not in shown))
        self.promise.holds()

    def is_well(self) -> None:
        wait_for(lambda: not self.troubles(), why="no trouble in status")

    def tells(self, event: str) -> None:
        """Wait for a line in the log."""
        wait_for(lambda: self.told(event), why=f"{event} in the log")

    def told(self, *events: str) -> list[dict[str, Any]]:
        """The lines of the log with these events."""
        return [line for line in self.place.events() if line["event"] in events]

    def told_loudly(self) -> list[dict[str, Any]]:
        """Warnings and errors."""
        return [line for line in self.place.events() if line["level"] in ("warning", "error")]

    def trouble(self, code: str) -> Trouble:
        """What status says of it."""
        self.says(code)
        return next(trouble for trouble in self.status().troubles if trouble.code == code)

    def says(self, *codes: str) -> None:
        wait_for(lambda: self.troubles() & set(codes), why=f"{codes} in status")

    def delivered(self, *paths: str) -> None:
        wait_for(lambda: set(paths) <= set(self.place.results()), why=f"{paths} delivered")

    def stop(self) -> None:
        assert self.place.forge
        os.kill(self.pid, signal.SIGTERM)
        assert self.place.forge.result() == 0
