"""The words of a PDF page and their places, from pdfium's characters."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from flexorchd.engine.steps.extract import placement
from flexorchd.engine.steps.extract.placement import Box, PageText, Placed

# What pdfium hands out for a hyphen at the end of a line.
_HYPHENS = frozenset({0x02, 0xFFFE})
# In heights of a font: how far apart characters of one word may be, in either direction.
_JUMP = 0.5


def page_text(page: pdfium.PdfPage) -> PageText:
    """The page's words.

    Raises:
        pdfium.PdfiumError: the page's text cannot be read.
    """
    textpage = page.get_textpage()
    try:
        return placement.page_text(_words(textpage))
    finally:
        textpage.close()


def _words(textpage: pdfium.PdfTextPage) -> Iterator[Placed]:
    """Characters up to a blank or a jump; pdfium itself puts blanks where it sees words end."""
    handle = textpage.raw
    box = raw.FS_RECTF()
    pointer = ctypes.byref(box)
    start = 0
    text: list[int] = []
    edges = (0.0, 0.0, 0.0, 0.0)
    for index in range(textpage.count_chars()):
        code = raw.FPDFText_GetUnicode(handle, index)
        blank = (code <= 0x20 and code not in _HYPHENS) or code == 0xA0
        if not blank:
            raw.FPDFText_GetLooseCharBox(handle, index, pointer)
            here = (box.left, box.bottom, box.right, box.top)
        if text and (blank or _jumps(edges, here)):
            yield _placed(handle, start, text, edges)
            text = []
        if blank:
            continue
        if not text:
            start, edges = index, here
        text.append(0x2D if code in _HYPHENS else code)
        edges = _around(edges, here)
    if text:
        yield _placed(handle, start, text, edges)


def _jumps(word: Box, char: Box) -> bool:
    """Whether a character lies apart from the word so far."""
    reach = _JUMP * min(
        max(word[2] - word[0], word[3] - word[1]), char[3] - char[1] + char[2] - char[0]
    )
    return (
        char[0] > word[2] + reach
        or char[2] < word[0] - reach
        or char[1] > word[3] + reach
        or char[3] < word[1] - reach
    )


def _around(one: Box, other: Box) -> Box:
    left, bottom, right, top = other
    return min(one[0], left), min(one[1], bottom), max(one[2], right), max(one[3], top)


def _placed(handle: object, start: int, codes: list[int], box: Box) -> Placed:
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(handle, start, ctypes.byref(x), ctypes.byref(y))
    angle = raw.FPDFText_GetCharAngle(handle, start)
    return Placed(_decoded(codes), box, (x.value, y.value), max(angle, 0.0))


def _decoded(codes: list[int]) -> str:
    """The characters of pdfium's units, which are halves of pairs beyond the basic plane."""
    text = "".join(map(chr, codes))
    if any(0xD800 <= code < 0xE000 for code in codes):
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
