"""Where something may have changed: told by any thread, taken by one."""

from __future__ import annotations

import threading
from collections.abc import Callable

from flexorchd.watch.paths import outermost

MOST_NAMES = 50_000
"""Beyond so many single files, looking at everything is cheaper than remembering them."""


class Hints:
    """Paths below a watch that are worth a look. Telling one twice is telling it once.

    Args:
        ring: called when there is something to look at after there was nothing.
    """

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._lock = threading.Lock()
        self._names: dict[bytes, set[bytes]] = {}
        self._count = 0
        self._trees: set[bytes] = set()

    def name(self, folder: bytes, name: bytes) -> None:
        """An entry of this folder came, went or was written."""
        with self._lock:
            first = not self
            names = self._names.setdefault(folder, set())
            self._count += name not in names
            names.add(name)
            if self._count > MOST_NAMES:
                self._names, self._count = {}, 0
                self._trees.add(b"")
        if first:
            self._ring()

    def tree(self, folder: bytes) -> None:
        """A folder came, went or was moved, with all that is in it."""
        with self._lock:
            first = not self
            self._trees.add(folder)
        if first:
            self._ring()

    def take_names(self) -> dict[bytes, set[bytes]]:
        """The single entries by their folder; no longer told afterwards."""
        with self._lock:
            names, self._names, self._count = self._names, {}, 0
        return names

    def take_trees(self) -> list[bytes]:
        """The folders, without those that lie in another of them; no longer told afterwards."""
        with self._lock:
            trees, self._trees = self._trees, set()
        return outermost(trees)

    def __bool__(self) -> bool:
        return bool(self._names or self._trees)
