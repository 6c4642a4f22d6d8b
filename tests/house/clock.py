"""A clock that goes when a test says so."""

from __future__ import annotations

import threading

START = 1_780_000_000.0


class TestClock:
    """Both of the daemon's clocks; `step` sets the wall clock alone, as NTP or a person does."""

    __test__ = False

    def __init__(self, start: float = START) -> None:
        self._start = start
        self._passed = 0.0
        self._stepped = 0.0

    def now(self) -> float:
        return self._start + self._passed + self._stepped

    def monotonic(self) -> float:
        return self._passed

    def wait(self, condition: threading.Condition, seconds: float) -> None:
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        self._passed += seconds

    def step(self, seconds: float) -> None:
        self._stepped += seconds
