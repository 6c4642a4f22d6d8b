"""Keeps what is due in step with a clock that is set."""

from __future__ import annotations

import structlog

from flexorchd.clock import Clock
from flexorchd.ledger.ledger import Ledger

log = structlog.get_logger()

LOOK_EVERY = 10.0
STEP = 1.0
"""Seconds by which the clocks may drift apart between two looks without one having been set."""


class ClockStage:
    """Compares the wall clock with the one that only grows.

    Args:
        ledger: whose times follow.
        clock: both clocks.
    """

    name = "clock"

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock
        self._offset: float | None = None

    def step(self) -> float | None:
        """Look whether the clock was set."""
        offset = self._clock.now() - self._clock.monotonic()
        if self._offset is None:
            self._ledger.timetable.bring_back(self._clock.now())
            self._offset = offset
        elif abs(offset - self._offset) > STEP:
            if offset < self._offset:
                self._ledger.timetable.set_back(self._offset - offset, self._clock.now())
            log.warning("clock.set", seconds=round(offset - self._offset, 1))
            self._offset = offset
        return LOOK_EVERY
