"""Fingerprint: the SHA-256 of a settled file, which it gets only if it stayed the same while it was read."""

from __future__ import annotations

import hashlib
import os
import stat
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import structlog

from flexorchd.clock import Clock
from flexorchd.filesystem.beneath import ABSENT, CONTENT, PLACE, open_beneath, opened
from flexorchd.ledger.files import NextLook, PendingFile
from flexorchd.ledger.following import Fingerprint
from flexorchd.ledger.ledger import Ledger
from flexorchd.pipeline.lanes import Lanes, by_watch
from flexorchd.pipeline.stage import Bells
from flexorchd.rules.naming import display
from flexorchd.rules.plan import Plan, refused_size
from flexorchd.rules.retry import errno_code, pause
from flexorchd.rules.stability import Look

log = structlog.get_logger()

BATCH = 500
BLOCK = 256 * 1024
LARGE = 8 * 1024 * 1024
"""From this size on a file is read on a thread of its own, so that small ones need not wait for it."""
READERS = 2
"""So many of them for each watch: those of a mount that has died must not take the others' places."""


class ChangedError(Exception):
    """The file is no longer the one that settled."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.look = look


class StoppedError(Exception):
    """The stage was closed while a file was being read."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A file and its content's hash, or why there is none."""

    file: PendingFile
    outcome: bytes | Exception


class FingerprintStage:
    """Hashes settled files and hands them to their documents.

    Args:
        ledger: the queue.
        settings_ids: the settings of each watch, by its id.
        account_id: the account that documents are for.
        takes: what that account's plan takes; None while it is not known.
        clock: the time.
        bells: wakes the stages that settle, upload and deliver, and this one.
    """

    name = "fingerprint"

    def __init__(
        self,
        ledger: Ledger,
        settings_ids: Callable[[], Mapping[int, int]],
        account_id: Callable[[], int],
        takes: Callable[[], Plan | None],
        clock: Clock,
        bells: Bells,
    ) -> None:
        self._ledger = ledger
        self._settings_ids = settings_ids
        self._account_id = account_id
        self._takes = takes
        self._clock = clock
        self._bells = bells
        self._stopping = threading.Event()
        self._lanes = Lanes[list[_Read]](self.name, lambda: bells.ring(self.name))
        self._large: dict[int, _LargeRead] = {}

    def step(self) -> float | None:
        """See `flexorchd.pipeline.stage.Stage.step`."""
        due = self._ledger.files.settled(self._clock.now(), BATCH, self._lanes.busy)
        small = [file for file in due if file.size < LARGE]
        large = [file for file in due if file.size >= LARGE]
        plan = self._takes()
        if plan is not None:
            self._start_large(self._taken(large, plan))
        works = {
            watch_id: partial(_read_all, files, self._stopping)
            for watch_id, files in by_watch(small).items()
        }
        reads = [read for some in self._lanes.run(works) for read in some]
        self._commit([*reads, *self._finished_large()])
        if self._stopping.is_set():
            return None
        if small and len(due) == BATCH:
            return 0.0
        if self._large or (large and plan is None):
            return None
        next_due = self._ledger.files.next_due("settled", self._lanes.busy)
        return None if next_due is None else max(0.0, next_due - self._clock.now())

    def close(self) -> None:
        """Stop reading; what was not read to its end is read in the next run."""
        self._stopping.set()

    def _taken(self, large: Sequence[PendingFile], plan: Plan) -> Sequence[PendingFile]:
        """Those that the plan takes. The others end unread: a sparse giant costs no time."""
        refused = [(file, why) for file in large if (why := refused_size(file.size, plan))]
        if refused:
            now = self._clock.now()
            with self._ledger.database.write():
                valid = self._ledger.files.untouched(file for file, _ in refused)
                for file, why in refused:
                    if file.id in valid:
                        self._ledger.documents.fail_file(file.id, why.code, why.message, now)
            self._bells.ring("deliver")
        ended = {file.id for file, _ in refused}
        return [file for file in large if file.id not in ended]

    def _start_large(self, files: Sequence[PendingFile]) -> None:
        for file in files:
            readers = sum(one.file.watch_id == file.watch_id for one in self._large.values())
            if readers < READERS and file.id not in self._large:
                reader = _LargeRead(file, self._stopping, lambda: self._bells.ring(self.name))
                self._large[file.id] = reader
                reader.start()

    def _finished_large(self) -> list[_Read]:
        finished = [reader for reader in self._large.values() if reader.result is not None]
        for reader in finished:
            del self._large[reader.file.id]
        return [reader.result for reader in finished if reader.result is not None]

    def _commit(self, reads: Sequence[_Read]) -> None:
        if not reads:
            return
        now = self._clock.now()
        settings_ids, account_id = self._settings_ids(), self._account_id()
        with self._ledger.database.write():
            valid = self._ledger.files.untouched(read.file for read in reads)
            fingerprints = []
            for file, outcome in ((r.file, r.outcome) for r in reads if r.file.id in valid):
                if isinstance(outcome, bytes):
                    settings_id = settings_ids[file.watch_id]
                    fingerprints.append(_fingerprint(file, outcome, settings_id, account_id))
                else:
                    self._back_to_settling(file, outcome, now)
            self._ledger.documents.fingerprinted(fingerprints, now)
        self._bells.ring("upload", "deliver", "after")
        if len(fingerprints) < len(reads):
            self._bells.ring("settle")

    def _back_to_settling(self, file: PendingFile, error: Exception, now: float) -> None:
        look = error.look if isinstance(error, ChangedError) else _look_of(file)
        if isinstance(error, OSError) and error.errno not in ABSENT:
            reason = f"{errno_code(error.errno)}: {error.strerror}"
            self._ledger.files.postpone(file.id, now + pause(file.attempt, 0.0), reason)
            if not file.attempt:
                log.warning(
                    "file.unreadable",
                    watch=file.watch,
                    path=display(file.path),
                    reason=error.strerror,
                )
            return
        self._ledger.files.look_again(
            [
                NextLook(
                    file.id,
                    look.size,
                    look.mtime_ns,
                    look.ctime_ns,
                    look.inode,
                    since=now,
                    due_at=now,
                    reason="changed",
                )
            ]
        )


class _LargeRead(threading.Thread):
    """Reads one large file. A thread of the daemon kind: a dead mount must not keep a process alive."""

    def __init__(
        self, file: PendingFile, stopping: threading.Event, on_end: Callable[[], None]
    ) -> None:
        super().__init__(name=f"fingerprint of file {file.id}", daemon=True)
        self.file = file
        self.result: _Read | None = None
        self._stopping = stopping
        self._on_end = on_end

    def run(self) -> None:
        try:
            self.result = _read(self.file, memoryview(bytearray(BLOCK)), self._stopping)
        except StoppedError:
            return
        self._on_end()


def _read_all(files: Sequence[PendingFile], stopping: threading.Event) -> list[_Read]:
    """One after the other, up to a stop."""
    buffer, reads = memoryview(bytearray(BLOCK)), list[_Read]()
    with suppress(StoppedError):
        for file in files:
            reads.append(_read(file, buffer, stopping))
    return reads


def _read(file: PendingFile, buffer: memoryview, stopping: threading.Event) -> _Read:
    try:
        return _Read(file, _sha256(file, buffer, stopping))
    except (ChangedError, OSError) as error:
        return _Read(file, error)


def _sha256(file: PendingFile, buffer: memoryview, stopping: threading.Event) -> bytes:
    """The hash of a file's content.

    Raises:
        ChangedError: it is not what settled, before, while or after it was read.
        StoppedError: `stopping` was set.
        OSError: it cannot be read.
    """
    digest = hashlib.sha256()
    with opened(file.root, file.directory, PLACE) as folder:
        descriptor = open_beneath(folder, file.name, CONTENT)
        try:
            _check(file, os.fstat(descriptor))
            while count := os.readv(descriptor, [buffer]):
                digest.update(buffer[:count])
                if stopping.is_set():
                    raise StoppedError
            _check(file, os.fstat(descriptor))
        finally:
            os.close(descriptor)
        # The name may be another file's by now.
        _check(file, os.stat(file.name, dir_fd=folder, follow_symlinks=False))
    return digest.digest()


def _check(file: PendingFile, status: os.stat_result) -> None:
    look = Look(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    if look != _look_of(file) or not stat.S_ISREG(status.st_mode):
        raise ChangedError(look)


def _look_of(file: PendingFile) -> Look:
    return Look(file.size, file.mtime_ns, file.ctime_ns, file.inode)


def _fingerprint(
    file: PendingFile, sha256: bytes, settings_id: int, account_id: int
) -> Fingerprint:
    return Fingerprint(
        file.id,
        file.size,
        file.mtime_ns,
        file.ctime_ns,
        file.inode,
        sha256,
        settings_id,
        account_id,
        warning=file.reason,
    )
