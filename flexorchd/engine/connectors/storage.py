"""What the engine wants of connected storage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


class StorageError(Exception):
    """The storage cannot be reached, or refuses; the message is for people, without secrets."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in connected storage.

    Attributes:
        key: its path there.
        version: changes when the content may have changed.
        size: bytes.
    """

    key: str
    version: str
    size: int


class Storage(Protocol):
    """Every operation raises `StorageError` when it cannot be done."""

    def check(self) -> None:
        """Whether it can be reached and listed."""

    def list(self, prefix: str) -> Iterator[StoredFile]:
        """The files whose key begins with `prefix`."""

    def read(self, key: str, most: int) -> bytes:
        """The first bytes of a file, up to `most` and one more where there are more."""

    def write(self, key: str, data: bytes) -> None:
        """Put a file there, in place of an earlier one."""

    def close(self) -> None:
        """Let go of connections."""
