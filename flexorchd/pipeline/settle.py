"""Settle: look again at files that were found, until two looks agree and the content looks whole."""

from __future__ import annotations

import os
import stat
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

import structlog

from flexorchd.clock import Clock
from flexorchd.filesystem.beneath import ABSENT, CONTENT, PLACE, open_beneath, opened
from flexorchd.ledger.files import NextLook, PendingFile
from flexorchd.ledger.ledger import Ledger
from flexorchd.pipeline.lanes import Lanes, by_watch
from flexorchd.pipeline.stage import Bells
from flexorchd.rules.naming import display
from flexorchd.rules.retry import errno_code, pause
from flexorchd.rules.stability import (
    HEAD,
    TAIL,
    Empty,
    Ending,
    Look,
    Settled,
    Wait,
    ending,
    judge,
)

log = structlog.get_logger()

BATCH = 500
AWAIT_FOLDER = 2.0
"""Seconds after which a file is looked for again whose folder is not in its place."""
AWAIT_ROOM = 5.0
"""Seconds after which it is looked again whether the ledger has room."""
CLOCK_STEP = 0.5
"""Seconds by which the clocks may drift apart between two steps without one having been set."""
EMPTY_FILE = "The file is empty, and nothing came into it."


class SettleStage:
    """Decides when a file is complete.

    Args:
        ledger: the queue.
        settle_seconds: the settle time of each watch, by its id.
        clock: the time.
        bells: wakes the stage that takes fingerprints.
        in_place: whether a watch's folder is there, so that a file which is not is gone.
        has_room: whether the ledger has room for new files.
    """

    name = "settle"

    def __init__(
        self,
        ledger: Ledger,
        settle_seconds: Callable[[], Mapping[int, float]],
        clock: Clock,
        bells: Bells,
        in_place: Callable[[int], bool] = lambda _: True,
        has_room: Callable[[], bool] = lambda: True,
    ) -> None:
        self._ledger = ledger
        self._settle_seconds = settle_seconds
        self._clock = clock
        self._bells = bells
        self._in_place = in_place
        self._has_room = has_room
        self._lanes = Lanes[_Outcomes](self.name, lambda: bells.ring(self.name))
        self._offset: float | None = None

    def step(self) -> float | None:
        """See `flexorchd.pipeline.stage.Stage.step`."""
        self._follow_clock()
        if not self._has_room():
            return AWAIT_ROOM
        now = self._clock.now()
        due = self._ledger.files.settling(now, BATCH, self._lanes.busy)
        works = {
            watch_id: partial(self._look_at, files) for watch_id, files in by_watch(due).items()
        }
        for outcomes in self._lanes.run(works):
            self._commit(outcomes, now)
        if len(due) == BATCH:
            return 0.0
        next_due = self._ledger.files.next_due("settling", self._lanes.busy)
        return None if next_due is None else max(0.0, next_due - self._clock.now())

    def _follow_clock(self) -> None:
        """When the clock was set, or the machine slept, what waits goes on waiting its time."""
        offset = self._clock.now() - self._clock.monotonic()
        if self._offset is None:
            self._ledger.files.look_now(self._clock.now())
            self._offset = offset
        elif abs(offset - self._offset) > CLOCK_STEP:
            self._ledger.files.shift(offset - self._offset, self._clock.now())
            log.info("clock.stepped", seconds=round(offset - self._offset, 3))
            self._offset = offset

    def _look_at(self, files: Iterable[PendingFile]) -> _Outcomes:
        outcomes = _Outcomes()
        by_folder: dict[tuple[int, bytes, bytes], list[PendingFile]] = defaultdict(list)
        for file in files:
            by_folder[file.watch_id, file.root, file.directory].append(file)
        settle_seconds = self._settle_seconds()
        for (watch_id, root, directory), siblings in by_folder.items():
            try:
                with opened(root, directory, PLACE) as folder:
                    for file in siblings:
                        self._look(folder, file, settle_seconds.get(watch_id, 0.0), outcomes)
            except OSError as error:
                for file in siblings:
                    outcomes.trouble(file, error)
        # Asked where the folder was looked at: whether it is in place, it alone can tell.
        away = {f.watch_id for f in outcomes.gone if not self._in_place(f.watch_id)}
        outcomes.away = [file for file in outcomes.gone if file.watch_id in away]
        outcomes.gone = [file for file in outcomes.gone if file.watch_id not in away]
        return outcomes

    def _look(self, folder: int, file: PendingFile, settle: float, outcomes: _Outcomes) -> None:
        try:
            status = os.stat(file.name, dir_fd=folder, follow_symlinks=False)
            if not stat.S_ISREG(status.st_mode):
                outcomes.gone.append(file)
                return
            end = _ending(folder, file.name, status.st_size)
        except OSError as error:
            outcomes.trouble(file, error)
            return
        look = Look(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
        before = Look(file.size, file.mtime_ns, file.ctime_ns, file.inode)
        now = self._clock.now()
        match judge(before, file.looked_at, look, now, settle=settle, ending=end):
            case Settled(warning):
                outcomes.settled.append((file, look, warning))
            case Empty():
                outcomes.empty.append(file)
            case Wait() as wait:
                outcomes.waiting.append((file, look, wait))

    def _commit(self, outcomes: _Outcomes, now: float) -> None:
        files = self._ledger.files
        with self._ledger.database.write():
            # A look can be older than what the watch has told the ledger meanwhile.
            valid = files.untouched(outcomes.files())
            files.look_again(
                _next_look(file, look, wait)
                for file, look, wait in outcomes.waiting
                if file.id in valid
            )
            settled = [one for one in outcomes.settled if one[0].id in valid]
            files.mark_settled([(file.id, warning) for file, _, warning in settled], now)
            for file in outcomes.empty:
                if file.id in valid:
                    self._ledger.documents.fail_file(file.id, "EMPTY_FILE", EMPTY_FILE, now)
            for file, error in outcomes.in_trouble:
                if file.id in valid:
                    self._postpone(file, error, now)
            files.gone([file.id for file in outcomes.gone if file.id in valid], now)
            for file in outcomes.away:
                if file.id in valid:
                    files.postpone(file.id, now + AWAIT_FOLDER, "its folder is away")
        if settled:
            self._bells.ring("fingerprint")
        if outcomes.empty:
            self._bells.ring("deliver")

    def _postpone(self, file: PendingFile, error: OSError, now: float) -> None:
        reason = f"{errno_code(error.errno)}: {error.strerror}"
        self._ledger.files.postpone(file.id, now + pause(file.attempt, 0.0), reason)
        if not file.attempt:
            log.warning(
                "file.unreadable", watch=file.watch, path=display(file.path), reason=error.strerror
            )


@dataclass(slots=True)
class _Outcomes:
    """What one batch of looks came to, to be committed together."""

    settled: list[tuple[PendingFile, Look, str | None]] = field(default_factory=list)
    waiting: list[tuple[PendingFile, Look, Wait]] = field(default_factory=list)
    empty: list[PendingFile] = field(default_factory=list)
    gone: list[PendingFile] = field(default_factory=list)
    away: list[PendingFile] = field(default_factory=list)
    in_trouble: list[tuple[PendingFile, OSError]] = field(default_factory=list)

    def trouble(self, file: PendingFile, error: OSError) -> None:
        if error.errno in ABSENT:
            self.gone.append(file)
        else:
            self.in_trouble.append((file, error))

    def files(self) -> Iterator[PendingFile]:
        yield from self.empty
        yield from self.gone
        yield from self.away
        yield from (one[0] for one in self.settled)
        yield from (one[0] for one in self.waiting)
        yield from (one[0] for one in self.in_trouble)


def _ending(folder: int, name: bytes, size: int) -> Ending:
    if not size:
        return "none"
    descriptor = open_beneath(folder, name, CONTENT)
    try:
        head = os.pread(descriptor, HEAD, 0)
        tail = os.pread(descriptor, TAIL, max(0, size - TAIL))
    finally:
        os.close(descriptor)
    return ending(display(name.rpartition(b".")[2]).lower(), head, tail)


def _next_look(file: PendingFile, look: Look, wait: Wait) -> NextLook:
    return NextLook(
        file.id,
        look.size,
        look.mtime_ns,
        look.ctime_ns,
        look.inode,
        wait.since,
        wait.until,
        wait.reason,
    )
