"""The body of an upload, streamed.

httpx encodes the form; this feeds it files that are opened only when their turn comes, joins its
small pieces into fewer writes, and knows whether the end of the body was ever let out.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Sequence

import httpx

from flexorchd.client.errors import SourceChangedError
from flexorchd.client.wire import Upload

WRITE = 64 * 1024
"""Pieces are joined until they reach this; a larger one passes uncopied."""


class Part:
    """A file object, as far as httpx's encoder needs one, over an upload's chunks.

    Its size is what was announced. More or fewer bytes raise before the request can end well.
    """

    def __init__(self, upload: Upload) -> None:
        self._upload = upload
        self._content = self._read()

    def tell(self) -> int:
        """Where it stands, for the measuring of its size: always at the start."""
        return 0

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Measures the size, or goes to the start, where it stands already."""
        return self._upload.size if whence == os.SEEK_END else offset

    def read(self, _: int = -1) -> bytes:
        """The next chunk, whatever its size; nothing at the end."""
        return next(self._content, b"")

    def close(self) -> None:
        """Let go of the content, read or not."""
        self._content.close()

    def _read(self) -> Generator[bytes, None, None]:
        left = self._upload.size
        for chunk in self._upload.chunks():
            left -= len(chunk)
            if left < 0:
                break
            if chunk:
                yield chunk
        if left != 0:
            raise SourceChangedError(
                f"{self._upload.name} is not the {self._upload.size} bytes that were announced: "
                "it changed while it was being sent. Nothing was taken; send it again."
            )


class Body(httpx.SyncByteStream):
    """A request's body on its way out.

    Attributes:
        sent: bytes let out so far, counted just before they go.
    """

    def __init__(self, stream: httpx.SyncByteStream, length: int, parts: Sequence[Part]) -> None:
        self._stream = stream
        self._length = length
        self._parts = parts
        self.sent = 0

    @property
    def complete(self) -> bool:
        """Whether the end of the body was let out; `False` is certain."""
        return self.sent >= self._length

    def __iter__(self) -> Iterator[bytes]:
        for block in _joined(self._stream):
            self.sent += len(block)
            yield block

    def close(self) -> None:
        """Let go of the files."""
        for part in self._parts:
            part.close()


def _joined(pieces: httpx.SyncByteStream) -> Iterator[bytes]:
    waiting = bytearray()
    for piece in pieces:
        if len(waiting) + len(piece) > WRITE and waiting:
            yield bytes(waiting)
            waiting.clear()
        if len(piece) >= WRITE:
            yield piece
        else:
            waiting += piece
    if waiting:
        yield bytes(waiting)
