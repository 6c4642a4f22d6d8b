"""Bytes on their way out: where writers put them, and how they are cut for the reader."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

SIZE = 64 * 1024


class Sink(io.RawIOBase):
    """A file that only goes forward; what was written is taken from it as it grows."""

    def __init__(self) -> None:
        self._written = bytearray()
        self._position = 0

    def writable(self) -> bool:
        """It is what it is for."""
        return True

    def write(self, data: object, /) -> int:
        """Keep the bytes until they are taken."""
        block = memoryview(data).cast("B")  # type: ignore[arg-type] # any buffer, as io has it
        self._written += block
        self._position += len(block)
        return len(block)

    def tell(self) -> int:
        """How many bytes were written in all."""
        return self._position

    def take(self) -> bytes:
        """What was written since the last time."""
        taken = bytes(self._written)
        self._written.clear()
        return taken


def gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in blocks of at least 64 KiB, but for the last."""
    block = bytearray()
    for piece in pieces:
        block += piece
        if len(block) >= SIZE:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)
