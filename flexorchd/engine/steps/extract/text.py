"""TXT in any usual encoding."""

from __future__ import annotations

from flexorchd.engine.model import Content
from flexorchd.engine.steps.extract import charset, failures
from flexorchd.engine.steps.extract.source import Source


def read(source: Source) -> Content:
    """The text as it stands.

    Raises:
        DocumentError: MALFORMED, where the bytes are no text.
    """
    text = charset.decode(source.data, source.locale)
    if text is None:
        raise failures.malformed("file", "is not text in any known encoding")
    return Content("txt", text)
