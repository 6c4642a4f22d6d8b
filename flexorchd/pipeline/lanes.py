"""Work on sources, each watch on a lane of its own: a folder that does not answer holds up no other watch.

What is asked of a dead mount may never return. So a stage that serves all watches asks on a thread for each
watch, waits a moment, and goes on without those that have not come back; it asks nothing more of them until
they have, and takes their results then.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Generic, Protocol, TypeVar

Result = TypeVar("Result")

GRACE = 1.0
"""A folder that answers takes a small part of it."""


class OfWatch(Protocol):
    """Something that lies in a watch."""

    @property
    def watch_id(self) -> int:
        """The watch."""
        ...


Item = TypeVar("Item", bound=OfWatch)


def by_watch(items: Iterable[Item]) -> dict[int, list[Item]]:
    """The items of each watch, in their order."""
    found: dict[int, list[Item]] = defaultdict(list)
    for item in items:
        found[item.watch_id].append(item)
    return found


class Lanes(Generic[Result]):
    """The lanes of one stage.

    Args:
        stage: its name, for the threads.
        ring: wakes it; called when a lane has ended that it did not wait for.
        grace: seconds that it waits for all lanes together.
    """

    def __init__(self, stage: str, ring: Callable[[], None], grace: float = GRACE) -> None:
        self._stage = stage
        self._ring = ring
        self._grace = grace
        self._lanes: dict[int, _Lane[Result]] = {}

    @property
    def busy(self) -> frozenset[int]:
        """The watches (by id) that have not come back yet."""
        return frozenset(self._lanes)

    def run(self, works: Mapping[int, Callable[[], Result]]) -> list[Result]:
        """Do this work of each watch.

        Args:
            works: by the watch's id, none of which is `busy`.

        Returns:
            What has ended by now, earlier work that came late included.

        Raises:
            Exception: what the work of one watch raised.
        """
        for watch_id, work in works.items():
            lane = self._lanes[watch_id] = _Lane(f"{self._stage} of watch {watch_id}", work)
            lane.start()
        deadline = time.monotonic() + self._grace
        for watch_id in works:
            self._lanes[watch_id].join(max(0.0, deadline - time.monotonic()))
        ended = [id_ for id_, lane in self._lanes.items() if lane.has_ended(self._ring)]
        return [lane.result() for lane in [self._lanes.pop(watch_id) for watch_id in ended]]


class _Lane(threading.Thread, Generic[Result]):
    """One watch's work. A thread of the daemon kind: a dead mount must not keep a process alive."""

    def __init__(self, name: str, work: Callable[[], Result]) -> None:
        super().__init__(name=name, daemon=True)
        self._work = work
        self._results: list[Result] = []
        self._error: Exception | None = None
        self._lock = threading.Lock()
        self._ended = False
        self._on_end: Callable[[], None] | None = None

    def run(self) -> None:
        try:
            self._results.append(self._work())
        except Exception as error:  # noqa: BLE001  raised again where the result is asked for
            self._error = error
        with self._lock:
            self._ended = True
        if self._on_end:
            self._on_end()

    def has_ended(self, otherwise_call: Callable[[], None]) -> bool:
        """Whether the work is done; if not, this is called when it is."""
        with self._lock:
            if not self._ended:
                self._on_end = otherwise_call
            return self._ended

    def result(self) -> Result:
        """What came of it."""
        if self._error is not None:
            raise self._error
        return self._results[0]
