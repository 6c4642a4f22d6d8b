"""What a look at a folder came upon, and its way into the ledger: the one door for scans and events."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from flexorchd.clock import Clock
from flexorchd.ledger.files import Files, FoundBy, KnownFile, Sighting
from flexorchd.ledger.following import FORGOTTEN
from flexorchd.rules.naming import display, is_temporary
from flexorchd.rules.selection import Ignored
from flexorchd.watch.paths import join

BATCH = 1_000
LONGEST_DELAY = 0.2
"""Seconds that something waits at most for more to be committed with it."""
RECENT = 2.0
"""Seconds: the event of a change so late can still be on its way, so it was not missed."""

_Look: TypeAlias = tuple[int, int, int, int]
"""Size, mtime_ns, ctime_ns, inode."""

_KINDS = {
    stat.S_IFLNK: "symbolic link",
    stat.S_IFIFO: "FIFO",
    stat.S_IFSOCK: "socket",
    stat.S_IFCHR: "device",
    stat.S_IFBLK: "device",
}


class Selects(Protocol):
    """See `flexorchd.rules.selection.Selection`."""

    def decide(self, path: bytes) -> Ignored | None:
        """Why a file is left alone, or None."""
        ...

    def prunes(self, directory: bytes) -> str | None:
        """The rule by which a folder is left alone, or None."""
        ...


class Ground(Protocol):
    """See `flexorchd.watch.footing.Footing`."""

    def is_firm(self) -> bool:
        """Whether the watched folder is in its place; only then can a file be gone."""
        ...

    def spares(self, folder: bytes) -> bool:
        """Whether nothing may be taken for gone from a folder."""
        ...


@dataclass(frozen=True, slots=True)
class Door:
    """What every look at one watch has in common.

    Attributes:
        files: the ledger's files.
        watch_id: the watch in the ledger.
        selection: which files are documents.
        settle: seconds until a new or changed file is looked at again.
        clock: the time.
        ground: what the watch stands on.
        ring: called when files have begun to settle.
    """

    files: Files
    watch_id: int
    selection: Selects
    settle: float
    clock: Clock
    ground: Ground
    ring: Callable[[], None]


@dataclass(slots=True)
class Report:
    """What a look came upon, for whoever asked for it.

    Attributes:
        unannounced: new documents that no event had told of.
        gone: how many files are there no longer.
        unreadable: folders that could not be read, and why. What they held is not gone.
        trees: folders that came or went, and have to be scanned.
    """

    unannounced: int = 0
    gone: int = 0
    unreadable: dict[bytes, OSError] = field(default_factory=dict)
    trees: list[bytes] = field(default_factory=list)


class Findings:
    """Gathers what one look finds, and commits it in batches.

    While anything is `pending`, no other look at the same watch may commit: it would be the newer one,
    and be written over.

    Args:
        door: the watch.
        found_by: what led to this look.
    """

    def __init__(self, door: Door, found_by: FoundBy) -> None:
        self.report = Report()
        self._door = door
        self._found_by = found_by
        self._recent_ns = int((door.clock.now() - RECENT) * 1e9)
        self._pending_since: float | None = None
        self._sightings: list[Sighting] = []
        self._returned: list[int] = []
        self._gone: list[int] = []

    def saw(
        self,
        folder: bytes,
        name: bytes,
        status: os.stat_result,
        row: KnownFile | None,
        *,
        was_gone: bool = False,
    ) -> None:
        """An entry that is no folder.

        Args:
            folder: its folder below the watch.
            name: its name.
            status: the look at it.
            row: what the ledger knows of it, if anything.
            was_gone: whether the ledger holds it for gone.
        """
        if is_temporary(name):
            return
        rule = self._rule(join(folder, name), status.st_mode)
        if row is not None and _is_same(row, status) and not _decides_anew(row, rule):
            if was_gone:
                self._returned.append(row[5])
            return
        found_by = self._origin(status)
        self._add(folder, name, _look(status), rule, found_by)
        self.report.unannounced += row is None and not rule and found_by is FoundBy.RESCAN

    def missed(self, folder: bytes, rows: Mapping[bytes, KnownFile]) -> None:
        """Known entries of a folder that are not there."""
        if rows and not self._door.ground.spares(folder):
            self._gone += [row[5] for row in rows.values()]

    def unseen(self, folder: bytes, name: bytes, error: OSError) -> None:
        """An entry that is there and cannot be looked at for now; the folder is tried again for it."""
        self.report.unreadable[folder] = OSError(error.errno, f"{display(name)}: {error.strerror}")

    def left_out(self, folder: bytes, rows: Mapping[bytes, KnownFile], rule: str) -> None:
        """Known entries of a folder that a rule leaves out by now."""
        for name, row in rows.items():
            if _decides_anew(row, rule):
                self._add(folder, name, row[1:5], rule, self._found_by)

    @property
    def pending(self) -> bool:
        """Whether something is not committed yet."""
        return bool(self._sightings or self._returned or self._gone)

    def commit_when_due(self) -> None:
        """Commit what has waited long enough or is many."""
        if not self.pending:
            return
        now = self._door.clock.monotonic()
        self._pending_since = self._pending_since or now
        many = len(self._sightings) + len(self._returned) + len(self._gone) >= BATCH
        if many or now - self._pending_since > LONGEST_DELAY:
            self.commit()

    def commit(self) -> None:
        """Commit all. What was missed is gone, unless the folder itself is by now."""
        files, now = self._door.files, self._door.clock.now()
        if self._sightings:
            files.observe(self._door.watch_id, self._sightings)
        if self._returned:
            files.returned(self._returned, now)
        if self._gone and self._door.ground.is_firm():
            files.gone(self._gone, now)
            self.report.gone += len(self._gone)
        if self._sightings or self._returned:
            self._door.ring()
        self._sightings, self._returned, self._gone = [], [], []
        self._pending_since = None

    def _add(
        self, folder: bytes, name: bytes, look: _Look, rule: str | None, found_by: FoundBy
    ) -> None:
        now = self._door.clock.now()
        due_at = None if rule else now + self._door.settle
        self._sightings.append(Sighting(folder, name, *look, rule, now, due_at, found_by))

    def _rule(self, path: bytes, mode: int) -> str | None:
        if not stat.S_ISREG(mode):
            return f"not a file: {_KINDS.get(stat.S_IFMT(mode), 'of an unknown kind')}"
        ignored = self._door.selection.decide(path)
        return ignored.rule if ignored else None

    def _origin(self, status: os.stat_result) -> FoundBy:
        if self._found_by is FoundBy.RESCAN and status.st_ctime_ns > self._recent_ns:
            return FoundBy.EVENT
        return self._found_by


def _look(status: os.stat_result) -> _Look:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def _is_same(row: KnownFile, status: os.stat_result) -> bool:
    return row[1:5] == _look(status)


def _decides_anew(row: KnownFile, rule: str | None) -> bool:
    """Whether the rules, which may have changed, now say something else of an unchanged file."""
    left_out_by = row[6]
    if left_out_by is None or left_out_by == FORGOTTEN:
        return False
    return rule != (left_out_by or None)
