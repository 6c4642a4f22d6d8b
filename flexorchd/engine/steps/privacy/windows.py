"""Text in windows of bounded size, so that a detector's own cost does not grow with the document.

The detectors of flexorch-audit hold patterns that are quadratic, one that is cubic in a run of spaces.
Long runs of white space are therefore shortened first, and the rest is shown in windows that overlap by
more than any value is long; offsets lead back to the original. Lines that can hold no number and no address
need not be looked at for one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

SIZE = 2_000
OVERLAP = 200
_KEPT_SPACE = 4
_LONG_SPACE = re.compile(rf"\s{{{_KEPT_SPACE + 1},}}")
_SPACE = re.compile(r"\s")
NUMBER = re.compile(r"(?:\d[^\d\n]{0,4}){6}")
"""Six digits close enough to each other to be part of one number."""
NUMBER_OR_ADDRESS = re.compile(rf"@|\d\.\d{{1,3}}\.\d|{NUMBER.pattern}")


@dataclass(frozen=True, slots=True)
class Squeezed:
    """A text whose long white space was shortened, and the way back.

    Attributes:
        text: the shortened text.
        starts: where each kept piece begins in `text`.
        shifts: how far the piece lies further on in the original.
    """

    text: str
    starts: tuple[int, ...]
    shifts: tuple[int, ...]

    def original(self, offset: int) -> int:
        """The original's offset of a character of `text`."""
        return offset + self.shifts[bisect_right(self.starts, offset) - 1]


def squeeze(text: str) -> Squeezed:
    """Shorten every run of more than four white-space characters to its first four."""
    pieces, starts, shifts = [], [0], [0]
    kept = last = 0
    for run in _LONG_SPACE.finditer(text):
        piece = text[last : run.start() + _KEPT_SPACE]
        pieces.append(piece)
        kept += len(piece)
        last = run.end()
        starts.append(kept)
        shifts.append(last - kept)
    pieces.append(text[last:])
    return Squeezed("".join(pieces), tuple(starts), tuple(shifts))


def windows(text: str, size: int = SIZE, overlap: int = OVERLAP) -> Iterator[tuple[int, str]]:
    """Cut a text into overlapping windows, at white space where there is some.

    Args:
        text: any text.
        size: most characters in a window.
        overlap: characters, at most, that a window shares with the one before.

    Yields:
        The window's offset and its text.
    """
    start = 0
    while start < len(text):
        end = _cut(text, start + size // 2, start + size)
        yield start, text[start:end]
        if end >= len(text):
            return
        start = _resume(text, end - overlap, end)


def _cut(text: str, low: int, high: int) -> int:
    if high >= len(text):
        return len(text)
    return text.rfind("\n", low, high) + 1 or text.rfind(" ", low, high) + 1 or high


def _resume(text: str, low: int, high: int) -> int:
    space = _SPACE.search(text, low, high)
    return space.end() if space else low


def lines_with(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """The lines in which a pattern is found, neighbours together, as start and end."""
    start = end = 0
    while hit := pattern.search(text, end):
        line = text.rfind("\n", end, hit.start()) + 1
        if line > end + 1 and end > start:
            yield start, end
        start = line if line > end + 1 or end == start else start
        newline = text.find("\n", hit.end())
        end = len(text) if newline < 0 else newline
    if end > start:
        yield start, end
