"""Uploads, streamed to disk and hashed as they arrive."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from python_multipart import MultipartParser
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import parse_options_header

from flexorchd.engine.api.envelope import ApiError, invalid
from flexorchd.engine.intake import Received

Incoming = Callable[[], tuple[Path, int]]

_MOST_FILES = 1000
_LONGEST_FIELD = 256 * 1024


class _File:
    """A file that is arriving. Bytes above `most` are counted, not written."""

    def __init__(self, filename: str, incoming: Incoming, most: int) -> None:
        self._filename = filename
        self._path, self._descriptor = incoming()
        self._most = most
        self._hash = hashlib.sha256()
        self._size = 0

    def write(self, data: bytes) -> None:
        self._size += len(data)
        if self._size <= self._most:
            self._hash.update(data)
            view = memoryview(data)
            while view:
                view = view[os.write(self._descriptor, view) :]

    def close(self) -> Received:
        os.close(self._descriptor)
        return Received(self._filename, self._path, self._size, self._hash.hexdigest())


@dataclass(slots=True)
class Form:
    """A form as it was sent.

    Attributes:
        files: parts named ``files``, in order.
        fields: other parts, as text.
        complete: whether its closing boundary arrived.
    """

    files: list[Received] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    complete: bool = False


class _Reader:
    """Callbacks of the parser, which build a `Form`."""

    def __init__(self, form: Form, incoming: Incoming, most: int) -> None:
        self._form = form
        self._incoming = incoming
        self._most = most
        self._name = b""
        self._value = b""
        self._disposition = b""
        self._file: _File | None = None
        self._field: tuple[str, bytearray] | None = None

    def on_part_begin(self) -> None:
        self._disposition = b""

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def on_header_end(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._disposition = self._value
        self._name = self._value = b""

    def on_headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" not in options:
            self._field = (name, bytearray())
        elif name == "files":
            if len(self._form.files) >= _MOST_FILES:
                raise invalid(f"A request holds at most {_MOST_FILES} files.")
            filename = options[b"filename"].decode("utf-8", "replace")
            self._file = _File(filename, self._incoming, self._most)

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self._file.write(data[start:end])
        elif self._field is not None:
            self._field[1].extend(data[start:end])
            if len(self._field[1]) > _LONGEST_FIELD:
                raise invalid(f"The form field {self._field[0]!r} is too long.")

    def on_part_end(self) -> None:
        self.finish_file()
        if self._field is not None:
            name, value = self._field
            self._form.fields[name] = value.decode("utf-8", "replace")
            self._field = None

    def on_end(self) -> None:
        self._form.complete = True

    def finish_file(self) -> None:
        """Close the file that is arriving, if there is one."""
        if self._file is not None:
            self._form.files.append(self._file.close())
            self._file = None


@contextlib.asynccontextmanager
async def read_form(
    stream: AsyncIterator[bytes], content_type: str, incoming: Incoming, most: int
) -> AsyncIterator[Form]:
    """Read a multipart form; its files are deleted on leaving, where they still lie there.

    Args:
        stream: the request's body.
        content_type: its header, with the boundary.
        incoming: gives a new file, see `Originals.incoming`.
        most: bytes of a file that are kept.

    Raises:
        ApiError: 400, not a whole form.
    """
    boundary = parse_options_header(content_type)[1].get(b"boundary")
    if not boundary:
        raise invalid("The multipart form has no boundary.", 400)
    form = Form()
    reader = _Reader(form, incoming, most)
    names = [name for name in dir(reader) if name.startswith("on_")]
    parser = MultipartParser(boundary, {name: getattr(reader, name) for name in names})  # type: ignore[arg-type]
    try:
        with _malformed():
            async for chunk in stream:
                parser.write(chunk)
        if not form.complete:
            raise invalid("The multipart form ended before its closing boundary.", 400)
        yield form
    finally:
        reader.finish_file()
        for file in form.files:
            file.path.unlink(missing_ok=True)


@contextlib.contextmanager
def _malformed() -> Iterator[None]:
    try:
        yield
    except MultipartParseError as error:
        raise ApiError(400, "VALIDATION_ERROR", "The multipart form is malformed.") from error
