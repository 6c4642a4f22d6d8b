"""One engine a folder."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

_SECONDS = 10.0


class FolderLock:
    """A lock on an engine's folder, which ends with its process at the latest.

    It is waited for: the engine of a daemon that was killed takes a moment to end.

    Raises:
        RuntimeError: another engine uses the folder, and goes on doing so.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + _SECONDS
        while not self._taken():
            if time.monotonic() > deadline:
                self.release()
                raise RuntimeError(
                    f"Another engine uses {folder}. Stop it, or give this one another folder."
                )
            time.sleep(0.05)

    def release(self) -> None:
        """Let another engine use the folder."""
        os.close(self._descriptor)

    def _taken(self) -> bool:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
