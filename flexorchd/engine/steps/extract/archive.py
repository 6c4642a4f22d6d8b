"""A zip reader with bounds: what an Office document may hold, and nothing that only looks like one."""

from __future__ import annotations

import io
import zipfile
import zlib

from flexorchd.engine.steps.extract import failures

MAX_MEMBERS = 5_000
MAX_TOTAL = 200 << 20
MAX_RATIO = 250
_RATIO_FROM = 1 << 20
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)


class Package:
    """The parts of a zip-based document.

    The sizes in the directory are checked before anything is unpacked, and a part that lies about
    its size ends as damaged: no more than the declared size is ever unpacked.

    Args:
        data: the file's bytes.
        what: a noun for error messages, such as ``Word document``.

    Raises:
        DocumentError: PROTECTED, TOO_LARGE or MALFORMED.
    """

    def __init__(self, data: bytes, what: str) -> None:
        self._what = what
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN as error:
            raise failures.malformed(what) from error
        self._check()

    def _check(self) -> None:
        members = self._zip.infolist()
        if len(members) > MAX_MEMBERS:
            raise failures.too_large(self._what, f"{MAX_MEMBERS} parts")
        if sum(member.file_size for member in members) > MAX_TOTAL:
            raise failures.too_large(self._what, f"{MAX_TOTAL >> 20} MB unpacked")
        if any(_is_bomb(member) for member in members):
            raise failures.too_large(self._what, "is plausible for its size")
        if any(member.flag_bits & 1 for member in members):
            raise failures.protected(self._what)
        if len({member.filename for member in members}) < len(members):
            raise failures.malformed(self._what, "names a part twice")

    @property
    def names(self) -> list[str]:
        """The parts' names, in the directory's order."""
        return self._zip.namelist()

    def read(self, name: str) -> bytes:
        """A part's bytes.

        Raises:
            DocumentError: MALFORMED, where the part is absent or damaged.
        """
        try:
            return self._zip.read(name)
        except (KeyError, *_BROKEN) as error:
            raise failures.malformed(self._what) from error


def _is_bomb(member: zipfile.ZipInfo) -> bool:
    return member.file_size > _RATIO_FROM and member.file_size > MAX_RATIO * max(
        member.compress_size, 1
    )
