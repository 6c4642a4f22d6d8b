"""How a watch comes to know of changes: by events where they can be had, by polling where not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import structlog

from flexorchd.clock import Clock
from flexorchd.ledger.watches import Mount
from flexorchd.rules.naming import display
from flexorchd.rules.retry import pause
from flexorchd.watch.hints import Hints
from flexorchd.watch.mounts import is_remote
from flexorchd.watch.observer import EventLimitError, Observer
from flexorchd.watch.paths import below, is_within, outermost
from flexorchd.watch.place import InPlace

log = structlog.get_logger()

Polling = Literal["auto", "always", "never"]
Mode = Literal["events", "polling"]

ENOUGH_MISSES = 3
"""So many scans in a row that find what no event told of, and events are not relied on any more."""
STEADY_SECONDS = 60.0
"""An observer that has lived so long counts as well again."""


class Observation:
    """Keeps an observer of a folder alive, and knows what has to be polled for want of events.

    Args:
        root: the folder.
        hints: where the observer tells of changes.
        recursive: whether folders below it belong to it.
        prunes: whether a folder below it is left out, with all that is in it.
        polling: ``auto`` polls what is on a remote mount, and what the kernel gives no events for.
        clock: for the pauses between attempts to observe.
    """

    def __init__(
        self,
        root: bytes,
        hints: Hints,
        *,
        recursive: bool,
        prunes: Callable[[bytes], bool],
        polling: Polling,
        clock: Clock,
    ) -> None:
        self.mode: Mode = "polling"
        self.reason = "not started"
        self.restarts = 0
        self.overflows = 0
        self._root = root
        self._hints = hints
        self._recursive = recursive
        self._prunes = prunes
        self._polling = polling
        self._clock = clock
        self._place: InPlace | None = None
        self._observer: Observer | None = None
        self._failures = 0
        self._retry_at = self._observed_at = 0.0
        self._misses = 0
        self.polled: list[bytes] = []

    def tend(self, place: InPlace) -> bool:
        """Observe the folder as it is now.

        Returns:
            Whether changes may have gone unseen until now, so that everything is to be looked at.
        """
        moved = place != self._place
        if moved:
            self._place = place
            self._begin_anew()
        if self._observer is not None and not self._observer.alive:
            self._lose(self._observer)
        if self._observer is None and self._wants_events() and self._is_time():
            return self._observe() or moved
        return moved

    def cover(self, folder: bytes) -> None:
        """Observe a folder that could not be observed before."""
        if self._observer is not None:
            try:
                self._observer.cover(folder)
            except (EventLimitError, OSError) as error:
                self._give_up(error)

    def missed(self, count: int) -> None:
        """A rescan has found so many new files that no event had told of."""
        if self._polling != "auto":
            return
        self._misses = self._misses + 1 if count else 0
        if self._misses == ENOUGH_MISSES:
            self.close()
            self._poll_all(f"{ENOUGH_MISSES} scans in a row found files that no event had told of")

    def close(self) -> None:
        """Observe nothing more."""
        if self._observer is not None:
            self._observer.stop()
            self._observer = None

    def _begin_anew(self) -> None:
        self.close()
        self._failures = self._misses = 0
        self._retry_at = self._observed_at = 0.0
        if not self._wants_events():
            self._poll_all(self._why_polling())

    def _wants_events(self) -> bool:
        return not self._why_polling() and self._misses < ENOUGH_MISSES

    def _why_polling(self) -> str:
        if self._polling == "always":
            return "set so with polling = always"
        mount = self._place.mount if self._place else None
        if self._polling == "auto" and mount is not None and is_remote(mount):
            return f"{mount.type} sends no events of other machines' changes"
        return ""

    def _is_time(self) -> bool:
        return self._clock.monotonic() >= self._retry_at

    def _observe(self) -> bool:
        remote = self._remote_below()
        points = [below(mount.point, self._root) for mount in remote]
        try:
            self._observer = Observer(
                self._root,
                self._hints,
                recursive=self._recursive,
                skips=lambda path: self._prunes(path) or any(is_within(path, at) for at in points),
            )
            self._observer.start()
        except (EventLimitError, OSError) as error:
            self._give_up(error)
            return False
        self.mode, self.polled = "events", outermost(points)
        self.reason = "; ".join(
            f"{display(below(mount.point, self._root))} ({mount.type}) is polled"
            for mount in remote
        )
        if self._failures:
            log.info("watch.observed_again", folder=display(self._root), failures=self._failures)
        self._observed_at = self._clock.monotonic()
        return True

    def _remote_below(self) -> list[Mount]:
        if self._place is None or self._polling == "never" or not self._recursive:
            return []
        return [mount for mount in self._place.below if is_remote(mount)]

    def _lose(self, observer: Observer) -> None:
        self.close()
        if observer.lost_events:
            self.overflows += 1
        else:
            self.restarts += 1
        seconds = self._pause()
        if seconds:
            self._poll_all("the observer has ended several times and is started again later")

    def _give_up(self, error: EventLimitError | OSError) -> None:
        self.close()
        self._pause()
        if self._failures == 1:
            log.warning("watch.not_observed", folder=display(self._root), error=str(error))
        self._poll_all(str(error))

    def _pause(self) -> float:
        """Wait before the next attempt: not after the first failure in a while, then longer and longer."""
        now = self._clock.monotonic()
        if now - self._observed_at > STEADY_SECONDS:
            self._failures = 0
        seconds = pause(self._failures - 1, 0.0) if self._failures else 0.0
        self._retry_at = now + seconds
        self._failures += 1
        return seconds

    def _poll_all(self, reason: str) -> None:
        self.mode, self.reason, self.polled = "polling", reason, [b""]
        if self._polling == "never":
            self.reason, self.polled = f"{reason}; rescans alone find changes", []
