"""All figures of the ledger that the status page and the metrics show, taken together now and then."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from concurrent.futures import TimeoutError as NotYetError
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from flexorchd.clock import Clock
from flexorchd.insight.status import Status, daily_pace, snapshot
from flexorchd.insight.troubles import held_documents
from flexorchd.ledger.figures import Cause, Figures, Held, Series, Totals
from flexorchd.ledger.ledger import Ledger
from flexorchd.ledger.progress import Progress
from flexorchd.rules import pace

HOUR = 3600.0
HOURS = 24
LATEST = 8

FRESH_SECONDS = 2.0
REST, LONGEST_REST_SECONDS = 20.0, 60.0
"""What took so long to make is not made again for so many times as long."""
PATIENCE_SECONDS = 0.3
CLOSE_SECONDS = 0.5
TOO_OLD_SECONDS = 120.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Survey:
    """The ledger at one moment.

    Attributes:
        taken_at: when, seconds since the epoch.
        status: what `flexorchd status` says.
        progress: the work that is open.
        waiting_bytes: bytes of the documents in it.
        longest_wait: seconds that the oldest file which is not at its end has waited, or None.
        latest: ids of the files with which something happened last.
        causes: why files failed.
        held: what is held, and why.
        totals: what was done so far.
        spent: documents that were paid for, ever.
        hours: what ended in each of the last 24 hours, the present one last.
        pace: documents sent a day of late, or None.
        credits_until: when the credits are used up at this pace, or None.
        done_in: seconds until the open work is done at the last hour's pace, or None; files that cannot
            be read are nobody's pace.
        good_runs: when each export last ended well.
    """

    taken_at: float
    status: Status
    progress: Progress
    waiting_bytes: int
    longest_wait: float | None
    latest: Sequence[int]
    causes: Sequence[Cause]
    held: Sequence[Held]
    totals: Totals
    spent: int
    hours: Series
    pace: float | None
    credits_until: float | None
    done_in: float | None
    good_runs: Mapping[str, float]


def survey(ledger: Ledger, state_dir: Path, now: float, version: str) -> Survey:
    """Read it all.

    Args:
        ledger: to read from.
        state_dir: where it is.
        now: seconds since the epoch.
        version: of this program.
    """
    figures = Figures(ledger.database)
    status = snapshot(ledger, state_dir, now, running=True, version=version)
    progress = ledger.progress.now()
    oldest = ledger.search.oldest_waiting()
    last_hour = sum(ledger.progress.ended_since(now - HOUR).values())
    daily = daily_pace(ledger, now)
    unreadable = sum(1 + one.others for one in figures.unreadable())
    return Survey(
        taken_at=now,
        status=status,
        progress=progress,
        waiting_bytes=figures.waiting_bytes(),
        longest_wait=None if oldest is None else max(0.0, now - oldest),
        latest=figures.latest(LATEST),
        causes=figures.causes(),
        held=held_documents(ledger),
        totals=figures.totals(),
        spent=figures.spent(),
        hours=figures.ended(hours_begin(now), HOUR),
        pace=daily,
        credits_until=pace.used_up_at(status.account.get("credits_left"), daily, now),
        done_in=pace.seconds_to_end(progress.moving - unreadable, last_hour, HOUR),
        good_runs=figures.good_runs(),
    )


def hours_begin(now: float) -> float:
    """Where the first of the hours of `Survey.hours` begins."""
    return (now // HOUR - HOURS + 1) * HOUR


class Latest(Generic[T]):
    """A value that takes time to make, made by one thread for all who ask, no more often than it is worth.

    Whoever asks gets the last one if the next is not there within a moment, so that nobody waits for a
    ledger of a million files; only the first of all, and one that is far too old, is waited for.

    Args:
        make: makes the value.
        clock: the time.
    """

    def __init__(self, make: Callable[[], T], clock: Clock) -> None:
        self._make = make
        self._clock = clock
        self._maker = ThreadPoolExecutor(1, thread_name_prefix="survey")
        self._turn = threading.Lock()
        self._making: Future[T] | None = None
        self._last: tuple[T, float] | None = None
        self._fresh_until = 0.0

    def get(self) -> T:
        """The value, made anew when it is time.

        Raises:
            Exception: what making it raised.
        """
        with self._turn:
            now, last = self._clock.monotonic(), self._last
            if last is not None and now < self._fresh_until:
                return last[0]
            making = self._begin()
        too_old = last is None or now - last[1] > TOO_OLD_SECONDS
        try:
            return making.result(None if too_old else PATIENCE_SECONDS)
        except NotYetError:
            if last is None:
                raise
            return last[0]

    def prepare(self) -> None:
        """Begin to make the first one, so that it is there when somebody asks."""
        with self._turn:
            self._begin()

    def forget(self) -> None:
        """Something has changed: whoever asks next gets it made anew."""
        self._fresh_until = 0.0

    def close(self) -> None:
        """Make no more; what is under way gets a moment to end before its ledger is closed."""
        self._maker.shutdown(wait=False, cancel_futures=True)
        if self._making is not None:
            wait([self._making], CLOSE_SECONDS)

    def _begin(self) -> Future[T]:
        """The making under way, or one that begins now."""
        making = self._making
        if making is None or making.done():
            making = self._making = self._maker.submit(self._make_now)
        return making

    def _make_now(self) -> T:
        began = self._clock.monotonic()
        value = self._make()
        ended = self._clock.monotonic()
        self._last = value, ended
        rest = min(REST * (ended - began), LONGEST_REST_SECONDS)
        self._fresh_until = ended + max(FRESH_SECONDS, rest)
        return value
