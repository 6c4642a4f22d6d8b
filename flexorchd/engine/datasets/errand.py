"""Work in the background that lasts as long as there is some."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Errand:
    """Runs a function on a thread whenever it was woken, never twice at a time.

    What is to be done stands in the store, so nothing is lost if it is not run to its end.

    Args:
        name: of the thread.
        run: does all there is to do; it returns early once `stopping` is set.
    """

    def __init__(self, name: str, run: Callable[[], None]) -> None:
        self.stopping = threading.Event()
        self._name = name
        self._work = run
        self._lock = threading.Lock()
        self._woken = False
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """There may be something to do."""
        with self._lock:
            self._woken = True
            idle = self._thread is None or not self._thread.is_alive()
            if idle and not self.stopping.is_set():
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Stop, and wait until it has stopped."""
        with self._lock:
            self.stopping.set()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while self._goes_on():
            self._work()

    def _goes_on(self) -> bool:
        with self._lock:
            goes_on = self._woken and not self.stopping.is_set()
            self._woken = False
            if not goes_on:
                self._thread = None
            return goes_on
