"""A folder of this machine as connected storage, only below the roots that the owner allows."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path

from flexorchd.engine.connectors.storage import StorageError, StoredFile


class Folder:
    """Files below one folder. Links that lead out of it are not followed.

    Args:
        path: the folder.
        roots: it must lie in one of these; with none, no folder is allowed, since any holder of
            the API key reads through it.
    """

    def __init__(self, path: str, roots: Sequence[Path]) -> None:
        folder = Path(path)
        if not folder.is_absolute():
            raise StorageError("config.path must be an absolute path.")
        self._root = folder.resolve()
        if not any(self._root.is_relative_to(root.resolve()) for root in roots):
            raise StorageError(
                "This folder lies below none of [engine] connector_roots, so it may not be read."
            )

    def check(self) -> None:
        """Whether the folder is there and can be listed."""
        with _problems("The folder"):
            next(self._root.iterdir(), None)

    def list(self, prefix: str) -> Iterator[StoredFile]:
        """Regular files below the folder, in order."""
        with _problems("The folder"):
            for path in sorted(self._root.rglob("*")):
                key = path.relative_to(self._root).as_posix()
                if key.startswith(prefix) and path.is_file() and self._inside(path):
                    stat = path.stat()
                    yield StoredFile(key, f"{stat.st_size}-{stat.st_mtime_ns}", stat.st_size)

    def read(self, key: str, most: int) -> bytes:
        """The file's bytes."""
        path = self._path(key)
        with _problems(f"{key!r}"), path.open("rb") as file:
            return file.read(most + 1)

    def write(self, key: str, data: bytes) -> None:
        """Write a file whole, or not at all."""
        path = self._path(key)
        with _problems(f"{key!r}"):
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)

    def close(self) -> None:
        """Nothing is held."""

    def _path(self, key: str) -> Path:
        path = self._root / key
        if not key or "\0" in key or not self._inside(path):
            raise StorageError(f"{key!r} does not lie in the connector's folder.")
        return path

    def _inside(self, path: Path) -> bool:
        return path.resolve().is_relative_to(self._root)


@contextlib.contextmanager
def _problems(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(f"{what} cannot be used: {error.strerror}.") from error
