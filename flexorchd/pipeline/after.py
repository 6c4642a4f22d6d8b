"""After: once a result is durable, archive or delete its source, if it is still what was hashed.

The source is renamed aside in its own folder first, under a name that follows from the version, so that a
crash at any point is taken up where it stood; only what was renamed is checked, and only that is moved.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

import structlog

from flexorchd.clock import Clock
from flexorchd.ledger.ledger import Ledger
from flexorchd.ledger.versions import AfterDue
from flexorchd.output import sync_directory
from flexorchd.pipeline.lanes import Lanes, by_watch
from flexorchd.pipeline.stage import Bells
from flexorchd.rules import naming, retry

log = structlog.get_logger()

AT_ONCE = 100
BLOCK = 1024 * 1024
GRACE = 5.0
"""Seconds that all watches wait for one; so long a copy into the archive is not cut off by a stop."""
NO_HARD_LINKS = frozenset({errno.EPERM, errno.EMLINK, errno.ENOSYS, errno.EOPNOTSUPP})


@dataclass(frozen=True, slots=True)
class After:
    """What a watch does with delivered sources: ``archive`` into a folder, or ``delete``."""

    action: str
    archive_dir: Path | None = None


@dataclass(frozen=True, slots=True)
class _Act:
    """What became of one source: None when it was moved, why it was left alone, or what went wrong."""

    one: AfterDue
    action: After | None
    outcome: str | OSError | None


class AfterStage:
    """Does what the watch's `after` says.

    Args:
        ledger: the queue.
        actions: the watch's action by its name; None keeps the source.
        clock: the time.
        bells: wakes this stage.
        jitter: a number in [0, 1) that spreads retries.
    """

    name = "after"

    def __init__(
        self,
        ledger: Ledger,
        actions: Callable[[str], After | None],
        clock: Clock,
        bells: Bells,
        jitter: Callable[[], float],
    ) -> None:
        self._ledger = ledger
        self._actions = actions
        self._clock = clock
        self._jitter = jitter
        self._lanes = Lanes[list[_Act]](self.name, lambda: bells.ring(self.name), GRACE)

    def step(self) -> float | None:
        """Do the actions that are due."""
        now = self._clock.now()
        due = self._ledger.versions.after_due(now, AT_ONCE, self._lanes.busy)
        works = {watch_id: partial(self._act, some) for watch_id, some in by_watch(due).items()}
        for acts in self._lanes.run(works):
            for act in acts:
                self._record(act, now)
        if due:
            return 0
        next_due = self._ledger.versions.next_after(self._lanes.busy)
        return None if next_due is None else max(next_due - now, 0.0)

    def _act(self, due: Sequence[AfterDue]) -> list[_Act]:
        """Move the sources of one watch."""
        acts = []
        for one in due:
            action = self._actions(one.watch)
            try:
                skipped = self._move(one, action) if action else self._keep(one)
            except OSError as error:
                acts.append(_Act(one, action, error))
            else:
                acts.append(_Act(one, action, skipped))
        return acts

    def _record(self, act: _Act, now: float) -> None:
        one = act.one
        if isinstance(act.outcome, OSError):
            self._postpone(one, act.outcome, now)
        elif act.outcome is not None:
            self._ledger.versions.after_skipped(one.version_id, act.outcome)
        elif act.action is not None:
            self._ledger.versions.after_done(one.version_id, one.file_id, now, moved=True)
            log.info(f"source.{act.action.action}d", watch=one.watch, path=naming.display(one.path))

    def _postpone(self, one: AfterDue, error: OSError, now: float) -> None:
        pause = retry.pause(one.attempt, self._jitter())
        code = retry.errno_code(error.errno)
        self._ledger.versions.postpone(
            one.version_id, now + pause, code, error.strerror or str(error)
        )
        log.warning("source.not_moved", watch=one.watch, path=naming.display(one.path), code=code)

    def _keep(self, one: AfterDue) -> str:
        """The configuration has changed: what an earlier run renamed aside gets its name back."""
        _, source, aside = _places(one)
        if os.path.lexists(aside):
            put_back(aside, source)
        return "the watch keeps its files now"

    def _move(self, one: AfterDue, action: After) -> str | None:
        """Move the source; None when done, else why it is left alone."""
        folder, source, aside = _places(one)
        if not os.path.lexists(aside):
            if one.changed:
                return "the source has changed"
            try:
                os.rename(source, aside)
            except FileNotFoundError:
                return "the source had gone"
        if not _is_what_was_hashed(aside, one):
            put_back(aside, source)
            return "the source has changed"
        if action.action == "delete":
            os.unlink(aside)
        else:
            assert action.archive_dir is not None  # noqa: S101  the configuration demands it
            root = os.path.join(os.fsencode(action.archive_dir), os.fsencode(one.watch))
            try:
                archive(aside, os.path.join(root, one.path), one.sha256)
            except OSError:
                # People look for it where they left it, for as long as the archive cannot take it.
                put_back(aside, source)
                raise
        sync_directory(folder)
        return None


def _places(one: AfterDue) -> tuple[bytes, bytes, bytes]:
    """The source's folder, the source, and its name while it is aside."""
    folder = os.path.join(one.root, one.directory) if one.directory else one.root
    aside = os.fsencode(naming.temporary_name(f"{one.version_id:016x}"))
    return folder, os.path.join(folder, one.name), os.path.join(folder, aside)


def _is_what_was_hashed(path: bytes, one: AfterDue) -> bool:
    stat = os.lstat(path)
    return stat.st_ino == one.inode and stat.st_size == one.size and digest(path) == one.sha256


def digest(path: bytes) -> bytes:
    """The SHA-256 of a file; never follows a link.

    Raises:
        OSError: it cannot be read.
    """
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").digest()


def put_back(aside: bytes, source: bytes) -> None:
    """Give a file its name back, or the next free one where the name is taken."""
    for target in _free_names(source):
        if _move_without_overwriting(aside, target):
            return


def archive(aside: bytes, target: bytes, sha256: bytes) -> None:
    """Move a file to `target`, replacing equal content there, beside other content.

    Raises:
        OSError: it could not be moved; `aside` is still there.
    """
    _make_directories(os.path.dirname(target))
    for name in _free_names(target):
        if os.path.lexists(name) and _same_content(name, sha256):
            os.unlink(name)
        if _move_across(aside, name, sha256):
            sync_directory(os.path.dirname(name))
            return


def _same_content(path: bytes, sha256: bytes) -> bool:
    return not os.path.islink(path) and os.path.isfile(path) and digest(path) == sha256


def _make_directories(directory: bytes) -> None:
    os.makedirs(directory, mode=0o750, exist_ok=True)


def _free_names(path: bytes) -> Iterator[bytes]:
    yield path
    folder, name = os.path.split(path)
    for number in count(2):
        yield os.path.join(folder, naming.collision_name(name, number))


def _move_across(source: bytes, target: bytes, sha256: bytes) -> bool:
    """Move without overwriting, over a border between file systems by a verified copy."""
    try:
        return _move_without_overwriting(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
    folder = os.path.dirname(target)
    # A name that follows from the content: what a killed copy left is taken away by the next.
    temporary = os.path.join(folder, os.fsencode(naming.temporary_name(sha256.hex()[:16])))
    try:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        _copy(source, temporary)
        if digest(temporary) != sha256:
            raise OSError(
                errno.EIO, "The copy in the archive differs from the source", os.fsdecode(target)
            )
        moved = _move_without_overwriting(temporary, target)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
    if moved:
        sync_directory(folder)
        os.unlink(source)
    return moved


def _copy(source: bytes, target: bytes) -> None:
    stat = os.lstat(source)
    with open(source, "rb", buffering=0) as reader, open(target, "xb", buffering=0) as writer:
        while block := reader.read(BLOCK):
            writer.write(block)
        os.utime(writer.fileno(), ns=(stat.st_atime_ns, stat.st_mtime_ns))
        os.fsync(writer.fileno())


def _move_without_overwriting(source: bytes, target: bytes) -> bool:
    """Whether the name was free and the file has it now.

    Raises:
        OSError: the move failed for another reason than a taken name.
    """
    try:
        os.link(source, target, follow_symlinks=False)
    except FileExistsError:
        return False
    except OSError as error:
        # FAT and some network mounts have no hard links; there, look before the rename.
        if error.errno not in NO_HARD_LINKS:
            raise
        if os.path.lexists(target):
            return False
        os.rename(source, target)
        return True
    os.unlink(source)
    return True
