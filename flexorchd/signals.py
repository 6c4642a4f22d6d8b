"""Signals: what a process does with them before there is a daemon that knows better."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

Handler = Callable[[int, FrameType | None], None]

ENDED_BY_TERM = 128 + signal.SIGTERM


def exits(code: int) -> Handler:
    """A handler that ends the process in order: what is open is closed on the way out."""

    def exit_now(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise SystemExit(code)

    return exit_now


def heed_term() -> None:
    """Let SIGTERM end this process; from process 1 the kernel keeps a signal that nobody handles."""
    signal.signal(signal.SIGTERM, exits(ENDED_BY_TERM))


@contextmanager
def handled(handlers: Mapping[signal.Signals, Handler]) -> Iterator[None]:
    """While the block runs, signals are handled so."""
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Terminal:
    """The terminal that this process was started in, if it was in one.

    A terminal that is closed sends the same signal as who wants the configuration read again.
    """

    def __init__(self) -> None:
        self._descriptors = [number for number in range(3) if os.isatty(number)]

    def left(self) -> bool:
        """Whether it has been closed; what is written to it from then on goes nowhere, and fails nobody."""
        if not self._descriptors or any(map(os.isatty, self._descriptors)):
            return False
        nowhere = os.open(os.devnull, os.O_RDWR)
        for number in self._descriptors:
            os.dup2(nowhere, number)
        os.close(nowhere)
        return True
