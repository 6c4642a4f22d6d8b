"""What passes between the operations and the transport: calls out, answers back.

An operation is a generator of :class:`Call`; for each it is sent the :class:`Answer`, or has the
error thrown into it. It does no I/O, reads no clock and never sleeps, so every path through it can
be played in a test; and one that takes several requests reads from top to bottom.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TypeVar
from urllib.parse import quote

from flexorchd.client.errors import NotFoundError

CHUNK = 256 * 1024
"""Bytes read from a file at a time."""

Result = TypeVar("Result")


class Repeat(Enum):
    """When a call that failed may be sent again by itself."""

    ALWAYS = "it changes nothing, or the same thing twice"
    UNTAKEN = "only when the service surely did not take it"
    NEVER = "the caller decides"


@dataclass(frozen=True, slots=True)
class Upload:
    """One file to send; its bytes are read only when its turn comes.

    Attributes:
        name: the file name that the service is told.
        size: in bytes; other than these makes the request fail, never a wrong upload.
        chunks: opens the content. What it raises cuts the connection and reaches the caller as it
            is; called again if the request is sent again.
    """

    name: str
    size: int
    chunks: Callable[[], Iterable[bytes]]

    @classmethod
    def from_path(cls, path: str | os.PathLike[str], name: str | None = None) -> Upload:
        """A regular file, under its own name unless another is given.

        Raises:
            OSError: the file is not there, or not a regular one.
        """
        status = Path(path).stat()
        if not stat.S_ISREG(status.st_mode):
            raise IsADirectoryError(f"{os.fspath(path)!r} is not a regular file")
        return cls(name or _wire_name(path), status.st_size, partial(_read, os.fspath(path)))


def _wire_name(path: str | os.PathLike[str]) -> str:
    """The file's name as text that can be sent: names on disk need not be UTF-8."""
    return os.fsencode(Path(path).name).decode("utf-8", "replace")


def _read(path: str) -> Iterator[bytes]:
    with Path(path).open("rb", buffering=0) as file:
        while chunk := file.read(CHUNK):
            yield chunk


class Sink(Protocol):
    """Where the body of an answer goes as it arrives."""

    def restart(self) -> None:
        """Forget what has arrived: the body comes again from its first byte.

        Raises:
            OSError: what was written cannot be taken back.
        """

    def write(self, chunk: bytes, /) -> object:
        """Take the next bytes."""


class FileSink:
    """A sink that is a file object, from where it stands."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._start = file.tell() if file.seekable() else None
        self._written = False

    def restart(self) -> None:
        """Go back to where the file stood; see :class:`Sink`."""
        if not self._written:
            return
        if self._start is None:
            raise OSError("the export broke off, and this file cannot be rewound to start again")
        self._file.seek(self._start)
        self._file.truncate()

    def write(self, chunk: bytes, /) -> None:
        """Write all of the chunk."""
        self._written = True
        rest = memoryview(chunk)
        while rest:
            rest = rest[self._file.write(rest) :]


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request to be sent.

    Attributes:
        name: of the operation, such as ``jobs.get``; it stands in errors and reaches the gate.
        method, path: the path below the base URL, already quoted.
        repeat: when it may be sent again.
        params: the query.
        json: a JSON body.
        form: form fields; urlencoded, or multipart when there are uploads.
        uploads: the files of a multipart body.
        sink: takes the body of a good answer as it arrives.
        delay: seconds to wait before it is sent.
    """

    name: str
    method: str
    path: str
    repeat: Repeat = Repeat.ALWAYS
    params: Mapping[str, str | int] = field(default_factory=dict)
    json: Any = field(default=None, repr=False)
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    uploads: tuple[Upload, ...] = ()
    sink: Sink | None = None
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer, out of its envelope.

    Attributes:
        call: the name of the operation.
        data: the payload; `None` where there was no body.
        date: when it was answered, by the service's clock where it told it.
        at: when it arrived, on the monotonic clock.
        dialect: the shape of the envelope: ``L``, ``D`` or ``S``.
        size: bytes of the body.
    """

    call: str
    data: Any
    date: datetime
    at: float
    dialect: str = "L"
    size: int = 0


def path(*steps: str | int) -> str:
    """A path below the base URL from its steps, each quoted.

    Raises:
        NotFoundError: a step that no path can hold, so that nothing has such an id.
    """
    texts = [str(step) for step in steps]
    for text in texts:
        if text.strip() in ("", ".", ".."):
            raise NotFoundError(f"There is nothing with the id {text!r}.")
    return "".join("/" + quote(text, safe="") for text in texts)


def wire_id(value: str | int) -> str | int:
    """An id as it is sent in a body: digits only as a number, anything else as text."""
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else text


Steps = Generator[Call, Answer, Result]
"""An operation: calls out, answers in, and what comes of it."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What became of one HTTP request.

    Attributes:
        operation: such as ``documents.upload`` or ``jobs.list``.
        status: `None` where no answer came.
        seconds: from the first byte out to the last one in.
        server_date: the answer's ``Date``, aware.
        retry_after: seconds, where the service said so.
        error: what will be raised, `None` when all was well.
        bytes_sent: of the body.
    """

    operation: str
    status: int | None
    seconds: float
    server_date: datetime | None
    retry_after: float | None
    error: Exception | None
    bytes_sent: int


class Gate(Protocol):
    """Stands before every single HTTP request: it may pace, count, or forbid."""

    def enter(self, operation: str) -> None:
        """Before a request. May wait; what it raises reaches the caller, and nothing is sent."""

    def leave(self, exchange: Exchange) -> None:
        """After a request, however it ended."""


class OpenGate:
    """The gate that lets everything through."""

    def enter(self, operation: str) -> None:
        """Let it through."""

    def leave(self, exchange: Exchange) -> None:
        """Take no note."""
