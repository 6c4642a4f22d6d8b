"""The uploaded bytes, as files named by their SHA-256, private to this user."""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path


class Originals:
    """Uploaded bytes: written under a temporary name, kept under their hash, later erased."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / "incoming"
        for private in (self._folder, self._incoming):
            private.mkdir(mode=0o700, exist_ok=True)
        self._pinned: Counter[str] = Counter()
        self._lock = threading.Lock()

    def incoming(self) -> tuple[Path, int]:
        """A new private file to write an upload to: its path, and a descriptor to be closed."""
        path = self._incoming / secrets.token_hex(8)
        return path, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)

    @contextlib.contextmanager
    def kept(self, files: Collection[tuple[Path, str]]) -> Iterator[None]:
        """Make uploads durable under their hashes; inside the context they cannot be erased.

        Their documents must be committed inside it too.

        Args:
            files: the path an upload was written to, and its SHA-256 in hex.

        Raises:
            OSError: the disk refused; nothing may be accepted then.
        """
        hashes = [sha256 for _, sha256 in files]
        with self._lock:
            self._pinned.update(hashes)
        try:
            for path, sha256 in files:
                _sync(path)
                path.replace(self.path(sha256))
            if files:
                _sync(self._folder)
            yield
        finally:
            with self._lock:
                self._pinned.subtract(hashes)
                self._pinned += Counter()

    def path(self, sha256: str) -> Path:
        """Where the bytes with this hash lie, or would lie."""
        return self._folder / sha256

    def read(self, sha256: str) -> bytes:
        """The bytes with this hash.

        Raises:
            FileNotFoundError: they are no longer kept.
        """
        return self.path(sha256).read_bytes()

    def erase(self, hashes: Iterable[str]) -> None:
        """Delete the bytes with these hashes, unless an upload has just brought them again.

        To be called where no document can be committed at the same time: inside a transaction.
        """
        with self._lock:
            for sha256 in hashes:
                if not self._pinned[sha256]:
                    self.path(sha256).unlink(missing_ok=True)

    def sweep(self, held: Collection[str]) -> None:
        """Delete what the last stop left: half uploads, and bytes that no document holds."""
        for leftover in self._incoming.iterdir():
            leftover.unlink()
        for path in self._folder.iterdir():
            if path.is_file() and path.name not in held:
                path.unlink()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
