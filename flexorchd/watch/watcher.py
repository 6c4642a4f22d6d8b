"""One watched folder: hints and periodic scans through one door into the ledger."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from flexorchd.clock import Clock
from flexorchd.ledger.files import FoundBy
from flexorchd.ledger.ledger import Ledger
from flexorchd.rules.naming import display
from flexorchd.rules.retry import pause
from flexorchd.watch.findings import Door, Report, Selects
from flexorchd.watch.footing import Footing
from flexorchd.watch.hints import Hints
from flexorchd.watch.observation import Mode, Observation, Polling
from flexorchd.watch.place import Missing
from flexorchd.watch.scanner import Scanner
from flexorchd.watch.unreadable import Unreadable

SILENT_SECONDS = 30.0
"""After so long without an answer of its folder a watch is held; a disk that wakes up takes up to 15."""
CHECK_SECONDS = 2.0
"""How often a watch looks whether its folder is in place and its observer alive."""
POLL_SECONDS = 2.0
POLL_SHARE = 20.0
"""Polling takes at most one part in so many of the time."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What is watched, and how; the keys of a ``[[watch]]``.

    Attributes:
        id: the watch in the ledger.
        name: its name.
        root: the folder, free of symbolic links.
        selection: from ``include`` and ``exclude``.
        recursive, settle, rescan, polling: as configured.
        once: scan one time, and observe nothing.
    """

    id: int
    name: str
    root: bytes
    selection: Selects
    recursive: bool = True
    settle: float = 2.0
    rescan: float = 300.0
    polling: Polling = "auto"
    once: bool = False


class StoppedError(Exception):
    """The watch was told to stop in the middle of a scan."""


def poll_pause(scan_seconds: float, rescan: float) -> float:
    """Seconds between two polls of what no events come from, given how long the last one took."""
    return min(rescan, max(POLL_SECONDS, POLL_SHARE * scan_seconds))


class Watcher:
    """The stage that watches one folder.

    Args:
        watched: what.
        ledger: where its files go.
        clock: the time.
        wake: wakes this stage; called when an event came.
        ring: wakes the stage that settles; called when files have begun to settle.
        on_first_scan_done: called once, when all that is there has been seen.

    Attributes:
        scanned_once: set with the end of the first scan.
        scans: how many full scans there were.
    """

    def __init__(
        self,
        watched: Watched,
        ledger: Ledger,
        clock: Clock,
        *,
        wake: Callable[[], None],
        ring: Callable[[], None],
        on_first_scan_done: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = f"watch {watched.name}"
        self.scanned_once = threading.Event()
        self.scans = 0
        self._ticked = clock.monotonic()
        self._asks = self._was_silent = False
        self._watched = watched
        self._ledger = ledger
        self._clock = clock
        self._on_first_scan_done = on_first_scan_done
        self._stopping = threading.Event()
        self._hints = Hints(wake)
        self._footing = Footing(watched.id, watched.name, watched.root, ledger, clock)
        self._scanner = self._make_scanner(ring)
        self._observation = self._make_observation()
        self._unreadable = Unreadable(watched.name)
        self._scan_at = self._poll_at = 0.0
        self._losses = 0
        self._told: tuple[Mode, str] | None = None

    def _make_scanner(self, ring: Callable[[], None]) -> Scanner:
        watched = self._watched

        def found() -> None:
            self._ticked = self._clock.monotonic()
            ring()

        door = Door(
            self._ledger.files,
            watched.id,
            watched.selection,
            watched.settle,
            self._clock,
            self._footing,
            found,
        )
        return Scanner(watched.root, door, recursive=watched.recursive)

    def _make_observation(self) -> Observation:
        watched = self._watched
        return Observation(
            watched.root,
            self._hints,
            recursive=watched.recursive,
            prunes=lambda path: watched.selection.prunes(path) is not None,
            polling=watched.polling,
            clock=self._clock,
        )

    @property
    def held(self) -> Missing | None:
        """Why the folder is not looked at for now, or None."""
        return self._footing.missing

    @property
    def mode(self) -> Mode:
        """Whether events tell of changes, or polling finds them."""
        return self._observation.mode

    @property
    def overflows(self) -> int:
        """How often events were lost."""
        return self._observation.overflows

    @property
    def restarts(self) -> int:
        """How often the observer had to be started again."""
        return self._observation.restarts

    @property
    def unreadable(self) -> int:
        """How many folders below the root cannot be read for now."""
        return len(self._unreadable)

    @property
    def last_tick(self) -> float:
        """When it last showed life, by the monotonic clock; within long scans too.

        It is not the watch that is dead while its folder does not answer.
        """
        return self._clock.monotonic() if self._footing.silent else self._ticked

    def look_from_outside(self) -> None:
        """Hold the watch while its folder does not answer: waiting for it, it cannot do so itself."""
        silent = self._asks and self._clock.monotonic() - self._ticked > SILENT_SECONDS
        if silent:
            self._footing.fall_silent(SILENT_SECONDS)

    def in_place(self) -> bool:
        """Whether the folder is there at this moment, so that a file which is not is gone."""
        return self._footing.is_firm()

    def step(self) -> float | None:
        """See `flexorchd.pipeline.stage.Stage.step`."""
        self._asks = True
        try:
            self._tick()
            return self._step()
        except StoppedError:
            return None
        except OSError as error:
            # Of the folder itself; trouble with what is below it ends no scan.
            self._footing.lose(error)
            self._losses += 1
            self._scan_at = 0.0
            return pause(self._losses - 1, 0.0)
        except Exception:
            # Hints that were taken may not have been followed.
            self._scan_at = 0.0
            raise
        finally:
            self._asks = False

    def stop(self) -> None:
        """End a scan that is under way. From any thread."""
        self._stopping.set()

    def close(self) -> None:
        """Observe nothing more; after the last step."""
        self.stop()
        self._observation.close()

    def _step(self) -> float | None:
        place = self._footing.find()
        if place is None:
            self._observation.close()
            return CHECK_SECONDS
        if self._watched.once:
            if not self.scanned_once.is_set():
                self._scan_all(FoundBy.FIRST_SCAN)
            return None
        if self._observation.tend(place):
            self._scan_at = self._poll_at = 0.0
        self._look_at_names()
        self._scan_what_is_due(self._hints.take_trees())
        self._tell()
        return self._wait()

    def _tick(self) -> None:
        if self._stopping.is_set():
            raise StoppedError
        self._hear()

    def _hear(self) -> None:
        """The folder has answered."""
        self._ticked = self._clock.monotonic()
        if self._footing.silent:
            self._footing.answers()
            self._was_silent = True

    def _wait(self) -> float:
        if self._hints:
            return 0.0
        now = self._clock.monotonic()
        times = [self._scan_at, now + CHECK_SECONDS]
        if self._observation.polled:
            times.append(self._poll_at)
        if (retry_at := self._unreadable.next_at()) is not None:
            times.append(retry_at)
        return max(0.0, min(times) - now)

    def _look_at_names(self) -> None:
        names = self._hints.take_names()
        if not names:
            return
        report = self._scanner.look(names)
        for tree in report.trees:
            self._hints.tree(tree)
        self._unreadable.met(report.unreadable, self._clock.monotonic())

    def _scan_what_is_due(self, trees: list[bytes]) -> None:
        now = self._clock.monotonic()
        if not self.scanned_once.is_set():
            self._scan_all(FoundBy.FIRST_SCAN)
        elif now >= self._scan_at:
            self._rescan()
        elif b"" in trees:
            self._scan_all(FoundBy.SCAN)
        else:
            for tree in trees:
                self._scan(tree, FoundBy.EVENT)
        self._poll_what_is_due()
        for folder in self._unreadable.due(self._clock.monotonic()):
            self._observation.cover(folder)
            self._scan(folder, FoundBy.SCAN)

    def _rescan(self) -> None:
        comes_around = self._scan_at > 0.0
        if comes_around and self.mode == "events":
            self._observation.missed(self._scan_all(FoundBy.RESCAN).unannounced)
        else:
            self._scan_all(FoundBy.SCAN)

    def _poll_what_is_due(self) -> None:
        started = self._clock.monotonic()
        if not self._observation.polled or started < self._poll_at:
            return
        for tree in self._observation.polled:
            if tree:
                self._scan(tree, FoundBy.SCAN)
            else:
                self._scan_all(FoundBy.SCAN)
        self._plan_poll(self._clock.monotonic() - started)

    def _plan_poll(self, seconds: float) -> None:
        self._hear()
        # What a hanging folder took says nothing of what a scan costs.
        pause_ = poll_pause(0.0 if self._was_silent else seconds, self._watched.rescan)
        self._was_silent = False
        self._poll_at = self._clock.monotonic() + pause_

    def _scan_all(self, found_by: FoundBy) -> Report:
        started = self._clock.monotonic()
        report = self._scan(b"", found_by)
        now = self._clock.monotonic()
        self._scan_at = now + self._watched.rescan
        self._plan_poll(now - started)
        self._losses = 0
        self.scans += 1
        self._ledger.watches.scanned(self._watched.id, self._clock.now(), now - started)
        if not self.scanned_once.is_set():
            self.scanned_once.set()
            self._on_first_scan_done()
        return report

    def _scan(self, below: bytes, found_by: FoundBy) -> Report:
        report = self._scanner.scan(below, found_by, between=self._between_folders)
        self._unreadable.scanned(below, report.unreadable, self._clock.monotonic())
        return report

    def _between_folders(self) -> None:
        """Events do not wait for a long scan, nor does a stop."""
        self._tick()
        self._look_at_names()

    def _tell(self) -> None:
        """How the folder is watched, for `flexorchd status`."""
        absent = [f"{display(at)} was on a mount that is absent" for at in self._footing.absent]
        troubles = [self._observation.reason, *absent, self._unreadable.summary()]
        told = (self.mode, "; ".join(filter(None, troubles)))
        if told != self._told:
            self._told = told
            self._ledger.watches.watched(self._watched.id, *told)
