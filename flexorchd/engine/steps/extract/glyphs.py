"""The words of a PDF page and their places, from pdfium's characters."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from flexorchd.engine.steps.extract.layout import Word

# What pdfium hands out for a hyphen at the end of a line.
_HYPHENS = frozenset({0x02, 0xFFFE})
_UNMAPPED = re.compile("[\x00-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd]")
_QUARTER = math.pi / 2
_OBLIQUE = 0.1
# In heights of a font: how far apart characters of one word may be, in either direction.
_JUMP = 0.5


@dataclass(frozen=True, slots=True)
class PageText:
    """A page's words by the direction they are read in.

    Attributes:
        directions: the words of each direction, in its own upright coordinates; the main one first.
        oblique: text at other angles, such as watermarks, in the file's order.
    """

    directions: tuple[tuple[Word, ...], ...]
    oblique: str

    @property
    def characters(self) -> int:
        """How many visible characters the page has."""
        return sum(len(word.text) for words in self.directions for word in words) + len(self.oblique)

    @property
    def unreadable(self) -> float:
        """The share of characters that stand for nothing, because their font does not say what for."""
        text = "".join(word.text for words in self.directions for word in words)
        return len(_UNMAPPED.findall(text)) / len(text) if text else 0.0


@dataclass(frozen=True, slots=True)
class _Run:
    """Characters in a row: their text, box (y upwards), origin and clockwise angle."""

    text: str
    box: tuple[float, float, float, float]
    origin: tuple[float, float]
    angle: float

    @property
    def quarter(self) -> int:
        return round(self.angle / _QUARTER) % 4

    @property
    def is_oblique(self) -> bool:
        return abs(self.angle - round(self.angle / _QUARTER) * _QUARTER) > _OBLIQUE


def page_text(page: pdfium.PdfPage) -> PageText:
    """The page's words.

    Raises:
        pdfium.PdfiumError: the page's text cannot be read.
    """
    textpage = page.get_textpage()
    try:
        runs = list(_runs(textpage))
    finally:
        textpage.close()
    straight: dict[int, list[_Run]] = {}
    for run in runs:
        if not run.is_oblique:
            straight.setdefault(run.quarter, []).append(run)
    by_length = sorted(straight.values(), key=lambda group: -sum(len(run.text) for run in group))
    return PageText(
        directions=tuple(tuple(_upright(group)) for group in by_length),
        oblique=" ".join(run.text for run in runs if run.is_oblique),
    )


def _upright(runs: list[_Run]) -> Iterator[Word]:
    """Words in coordinates turned so that they read from left to right and stand on level lines."""
    angle = median(run.angle for run in runs)
    cosine, sine = math.cos(angle), math.sin(angle)
    for run in runs:
        left, bottom, right, top = run.box
        corners = ((left, bottom), (left, top), (right, bottom), (right, top))
        along = [x * cosine - y * sine for x, y in corners]
        down = [-x * sine - y * cosine for x, y in corners]
        x, y = run.origin
        yield Word(min(along), max(along), -x * sine - y * cosine, max(down) - min(down), run.text)


def _runs(textpage: pdfium.PdfTextPage) -> Iterator[_Run]:
    """Characters up to a blank or a jump; pdfium itself puts blanks where it sees words end."""
    handle = textpage.raw
    box = raw.FS_RECTF()
    pointer = ctypes.byref(box)
    start = 0
    text: list[int] = []
    edges = (0.0, 0.0, 0.0, 0.0)
    for index in range(textpage.count_chars()):
        code = raw.FPDFText_GetUnicode(handle, index)
        blank = code <= 0x20 and code not in _HYPHENS or code == 0xA0
        if not blank:
            raw.FPDFText_GetLooseCharBox(handle, index, pointer)
            here = (box.left, box.bottom, box.right, box.top)
        if text and (blank or _jumps(edges, here)):
            yield _run(handle, start, text, edges)
            text = []
        if blank:
            continue
        if not text:
            start, edges = index, here
        text.append(0x2D if code in _HYPHENS else code)
        edges = _around(edges, here)
    if text:
        yield _run(handle, start, text, edges)


def _jumps(word: tuple[float, ...], char: tuple[float, ...]) -> bool:
    """Whether a character lies apart from the word so far."""
    reach = _JUMP * min(max(word[2] - word[0], word[3] - word[1]), char[3] - char[1] + char[2] - char[0])
    return (
        char[0] > word[2] + reach or char[2] < word[0] - reach or char[1] > word[3] + reach or char[3] < word[1] - reach
    )


def _around(one: tuple[float, float, float, float], other: Iterable[float]) -> tuple[float, float, float, float]:
    left, bottom, right, top = other
    return min(one[0], left), min(one[1], bottom), max(one[2], right), max(one[3], top)


def _run(handle: object, start: int, codes: list[int], box: tuple[float, float, float, float]) -> _Run:
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(handle, start, ctypes.byref(x), ctypes.byref(y))
    angle = raw.FPDFText_GetCharAngle(handle, start)
    return _Run(_decoded(codes), box, (x.value, y.value), max(angle, 0.0) % (4 * _QUARTER))


def _decoded(codes: list[int]) -> str:
    """The characters of pdfium's units, which are halves of pairs beyond the basic plane."""
    text = "".join(map(chr, codes))
    if any(0xD800 <= code < 0xE000 for code in codes):
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
