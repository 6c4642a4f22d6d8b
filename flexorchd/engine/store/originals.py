"""The uploaded bytes, as files named by their SHA-256, private to this user."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from pathlib import Path


class Originals:
    """Uploaded bytes: written under a temporary name, kept under their hash, later deleted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / "incoming"
        for private in (self._folder, self._incoming):
            private.mkdir(mode=0o700, exist_ok=True)
        for leftover in self._incoming.iterdir():
            leftover.unlink()

    def incoming(self) -> tuple[Path, int]:
        """A new private file to write an upload to: its path, and a descriptor to be closed.

        What is left there is swept at the next start.
        """
        path = self._incoming / secrets.token_hex(8)
        return path, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)

    def keep(self, files: Iterable[tuple[Path, str]]) -> None:
        """Make uploads durable under their hashes.

        Args:
            files: the path an upload was written to, and its SHA-256 in hex.

        Raises:
            OSError: the disk refused; nothing may be accepted then.
        """
        folders = set()
        for path, sha256 in files:
            _sync(path)
            target = self.path(sha256)
            if target.parent not in folders:
                target.parent.mkdir(mode=0o700, exist_ok=True)
                folders.add(target.parent)
            path.replace(target)
        for folder in (*folders, self._folder):
            _sync(folder)

    def path(self, sha256: str) -> Path:
        """Where the bytes with this hash lie, or would lie."""
        return self._folder / sha256[:2] / sha256

    def read(self, sha256: str) -> bytes:
        """The bytes with this hash.

        Raises:
            FileNotFoundError: they are no longer kept.
        """
        return self.path(sha256).read_bytes()

    def erase(self, hashes: Iterable[str]) -> None:
        """Delete the bytes with these hashes, as far as they are there."""
        for sha256 in hashes:
            self.path(sha256).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
