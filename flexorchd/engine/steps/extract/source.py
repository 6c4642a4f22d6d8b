"""What a reader is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from flexorchd.engine.model import Content


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read: the upload itself, or a file found inside it.

    Attributes:
        data: the bytes.
        filename: its name, which only breaks ties between kinds.
        locale: ``und`` or a language code; chooses charsets and OCR languages.
        ocr_languages: Tesseract's names of languages to read pictures in, beside the locale's.
        depth: how many containers (mails, signatures) it lies in.
    """

    data: bytes
    filename: str
    locale: str = "und"
    ocr_languages: tuple[str, ...] = ()
    depth: int = 0

    @property
    def suffix(self) -> str:
        """The name's ending in lower case, with its dot."""
        return PurePosixPath(self.filename).suffix.lower()

    def inner(self, data: bytes, filename: str) -> Source:
        """A file found inside this one."""
        return replace(self, data=data, filename=filename, depth=self.depth + 1)


Read = Callable[[Source], Content]
"""Reads any file, so that containers can have their parts read without knowing the kinds."""
