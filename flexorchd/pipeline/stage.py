"""A stage is one small step; its runner owns the thread, the pauses and the proof of life."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

import structlog

from flexorchd.clock import Clock

log = structlog.get_logger()

IDLE_SECONDS = 30.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0


class Stage(Protocol):
    """Takes from the ledger what is due, acts, and records the outcome."""

    name: str

    def step(self) -> float | None:
        """Do what is due now.

        Returns:
            Seconds until there is something to do again (0 = at once), or None to wait to be woken.
        """
        ...


class Bells:
    """One event a stage: to wake it early. Losing a ring costs time, never work."""

    def __init__(self) -> None:
        self._events: dict[str, threading.Event] = {}
        self._lock = threading.Lock()

    def bell(self, stage: str) -> threading.Event:
        """The event that `stage` waits on."""
        with self._lock:
            return self._events.setdefault(stage, threading.Event())

    def ring(self, *stages: str) -> None:
        """Wake these stages."""
        for stage in stages:
            self.bell(stage).set()

    def ring_all(self) -> None:
        """Wake every stage, as at a stop."""
        with self._lock:
            for event in self._events.values():
                event.set()


class Runner:
    """Steps one stage on a thread of its own until it is told to stop.

    `last_step` is when its last step ended, by the monotonic clock; `steps` and `failed` count them, `busy`
    adds up their seconds, `failures` counts those that failed in a row.

    A step that raises is logged and tried again after a pause that doubles; nothing is lost, since the
    ledger still holds what was due.

    Args:
        stage: what to step.
        bells: where its bell hangs.
        clock: for `last_step`, which the watchdog reads.
        on_failure: called with every exception that left a step.
    """

    def __init__(
        self,
        stage: Stage,
        bells: Bells,
        clock: Clock,
        on_failure: Callable[[str, BaseException], None] | None = None,
    ) -> None:
        self.stage = stage
        self.last_step = clock.monotonic()
        self.failures = self.failed = self.steps = 0
        self.busy = 0.0
        self._bell = bells.bell(stage.name)
        self._clock = clock
        self._on_failure = on_failure
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=stage.name, daemon=True)

    def start(self) -> None:
        """Begin to step."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end after its present step."""
        self._stopping.set()
        self._bell.set()

    def join(self, timeout: float) -> bool:
        """Wait for the thread; whether it has ended."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._bell.clear()
            began = self._clock.monotonic()
            wait = self._step()
            self.last_step = self._clock.monotonic()
            self.steps += 1
            self.busy += self.last_step - began
            if wait != 0 and not self._stopping.is_set():
                self._bell.wait(IDLE_SECONDS if wait is None else min(wait, IDLE_SECONDS))

    def _step(self) -> float | None:
        try:
            wait = self.stage.step()
        except Exception as error:
            self.failures += 1
            self.failed += 1
            pause = min(FIRST_PAUSE * 2 ** (self.failures - 1), LONGEST_PAUSE)
            if self.failures in (1, 2, 4) or self.failures % 60 == 0:
                log.error(
                    "stage.failed",
                    stage=self.stage.name,
                    failures=self.failures,
                    pause=pause,
                    exc_info=error,
                )
            if self._on_failure:
                self._on_failure(self.stage.name, error)
            # The bell may ring for other work; the pause must hold all the same.
            self._stopping.wait(pause)
            return 0
        if self.failures:
            log.info("stage.recovered", stage=self.stage.name, failures=self.failures)
            self.failures = 0
        return wait
