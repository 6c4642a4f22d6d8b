"""One Arrow file out of a Hugging Face dataset folder, for services that export only the latter."""

from __future__ import annotations

import re
import zipfile
from contextlib import ExitStack
from itertools import chain
from typing import BinaryIO

from flexorchd.client.errors import UnexpectedAnswerError, UnsupportedOperationError

PART = re.compile(r"(?:.*/)?data-(\d+)-of-\d+\.arrow")


def join(folder: BinaryIO, target: BinaryIO) -> int:
    """Write the streams of a zipped dataset folder as one Arrow IPC file, batch by batch.

    Args:
        folder: the zip, seekable.
        target: gets the file.

    Returns:
        The bytes written.

    Raises:
        UnsupportedOperationError: pyarrow is not installed.
        UnexpectedAnswerError: the zip holds no such folder.
    """
    try:
        import pyarrow
        from pyarrow import ipc
    except ImportError:
        raise UnsupportedOperationError(
            "This service has no arrow export, and making one from its others takes pyarrow: "
            'pip install "flexorchd[engine]".'
        ) from None
    out = _Counting(target)
    try:
        with zipfile.ZipFile(folder) as archive:
            parts = sorted(name for name in archive.namelist() if PART.fullmatch(name))
            if not parts:
                raise UnexpectedAnswerError("datasets.export", "the zip holds no data-*.arrow")
            with ExitStack() as stack:
                streams = (ipc.open_stream(stack.enter_context(archive.open(p))) for p in parts)
                first = next(streams)
                writer = stack.enter_context(ipc.new_file(out, first.schema))
                for stream in chain([first], streams):
                    for batch in stream:
                        writer.write_batch(batch)
    except (zipfile.BadZipFile, pyarrow.ArrowException) as error:
        raise UnexpectedAnswerError("datasets.export", f"the zip cannot be read: {error}") from None
    return out.size


class _Counting:
    """As much of a file object as the writer needs, with a count."""

    closed = False

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = 0

    def write(self, data: bytes) -> int:
        written = self._file.write(data)
        self.size += written
        return written

    def flush(self) -> None:
        self._file.flush()
