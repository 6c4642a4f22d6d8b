"""What a watch stands on, remembered from run to run, so that an absent mount is noticed and awaited."""

from __future__ import annotations

import os

import structlog

from flexorchd.clock import Clock
from flexorchd.ledger.ledger import Ledger
from flexorchd.ledger.watches import Mount
from flexorchd.rules.naming import display
from flexorchd.rules.retry import remedy
from flexorchd.watch.paths import below, is_within, join
from flexorchd.watch.place import FOLDER_SILENT, InPlace, Missing, find, unanswered, unreadable

log = structlog.get_logger()

SAMPLE = 50
"""So many known files are looked for to recognise a disk."""


class Footing:
    """Holds a watch in the ledger while its folder is not in its place.

    Args:
        watch_id: the watch in the ledger.
        name: its name.
        root: its folder, free of symbolic links.
        ledger: where mounts and holds are remembered.
        clock: the time.
    """

    def __init__(self, watch_id: int, name: str, root: bytes, ledger: Ledger, clock: Clock) -> None:
        self.missing: Missing | None = None
        self.absent: frozenset[bytes] = frozenset()
        self._watch_id = watch_id
        self._name = name
        self._root = root
        self._ledger = ledger
        self._clock = clock
        row = ledger.watches.get(name)
        self._mount = self._remembered()
        self._hold_code = row.hold_code if row and row.hold_code != "MAX_BACKLOG" else None
        self._below = self._recall()

    def find(self) -> InPlace | None:
        """Look for the folder; None holds the watch until it is back."""
        if self.missing is not None:
            self._mount = self._remembered()  # somebody may have approved what lies there now
        found = find(self._root, self._mount, self._recognises)
        if isinstance(found, Missing):
            self._hold(found)
            return None
        self._release()
        self._remember(found)
        return found

    def _remembered(self) -> Mount | None:
        row = self._ledger.watches.get(self._name)
        return row.mount if row else None

    def lose(self, error: OSError) -> None:
        """The folder is there and cannot be read."""
        self._hold(unreadable(self._root, error))

    @property
    def silent(self) -> bool:
        """Whether the folder does not answer at present."""
        missing = self.missing
        return missing is not None and missing.code == FOLDER_SILENT

    def fall_silent(self, seconds: float) -> None:
        """The folder has not answered for so long. From any thread."""
        self._hold(unanswered(self._root, seconds))

    def answers(self) -> None:
        """The folder answers."""
        if self.silent:
            self._release()

    def is_firm(self) -> bool:
        """Whether the folder is in its place at this moment."""
        return isinstance(find(self._root, self._mount, self._recognises), InPlace)

    def spares(self, folder: bytes) -> bool:
        """Whether a folder below the root was on a mount that is absent: nothing is gone from it."""
        return any(is_within(folder, point) for point in self.absent)

    def _recognises(self) -> bool:
        """Whether any of the files that were last known here is here, unchanged."""
        known = self._ledger.files.some(self._watch_id, SAMPLE)
        return not known or any(_is_there(self._root, path, look) for path, look in known)

    def _hold(self, missing: Missing) -> None:
        if missing == self.missing:
            return
        self.missing = missing
        self._hold_code = missing.code
        log.warning(
            "watch.held",
            watch=self._name,
            code=missing.code,
            reason=missing.message,
            remedy=remedy(missing.code),
        )
        self._ledger.watches.hold(self._watch_id, missing.code, missing.message, self._clock.now())

    def _release(self) -> None:
        if self._hold_code is None:
            return
        self._ledger.watches.release(self._watch_id, self._hold_code)
        log.info("watch.released", watch=self._name, code=self._hold_code)
        self.missing = self._hold_code = None

    def _remember(self, place: InPlace) -> None:
        if place.mount != self._mount:
            self._mount = place.mount
            self._ledger.watches.remember_mount(self._watch_id, place.mount)
        points = {mount.point for mount in place.below}
        absent = frozenset(m for m in self._below - place.below if m.point not in points)
        if absent | place.below != self._below:
            self._below = absent | place.below
            self._ledger.memory.set(self._key, [_as_json(mount) for mount in self._below])
        paths = frozenset(below(mount.point, self._root) for mount in absent)
        for path in paths - self.absent:
            log.warning("watch.mount_absent", watch=self._name, folder=display(path))
        self.absent = paths

    @property
    def _key(self) -> str:
        return f"mounts below watch {self._watch_id}"

    def _recall(self) -> frozenset[Mount]:
        rows = self._ledger.memory.get(self._key) or []
        mounts = (Mount(point.encode("latin-1"), type_, source) for point, type_, source in rows)
        # Of a watch that has been given another folder since, they are of no concern.
        return frozenset(mount for mount in mounts if is_within(mount.point, self._root))


def _is_there(root: bytes, path: bytes, look: tuple[int, int, int]) -> bool:
    try:
        status = os.lstat(join(root, path))
    except OSError:
        return False
    return look == (status.st_size, status.st_mtime_ns, status.st_ino)


def _as_json(mount: Mount) -> tuple[str, str, str]:
    return mount.point.decode("latin-1"), mount.type, mount.source
