"""From words with places on a page to lines in reading order. Pure geometry, for PDF and OCR alike.

One visual row is one line. A gap wider than words have between them becomes a tab, so that labels,
values and the cells of tables stay apart. Where a page is set in columns of prose, these are read one
after the other; tables and address blocks are not, since their rows belong together.
"""

from __future__ import annotations

from bisect import bisect, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its box, `y` growing downwards, in any unit.

    Attributes:
        x0, x1: left and right.
        baseline: where it stands.
        height: of its font, or of its line.
        text: without blanks.
    """

    x0: float
    x1: float
    baseline: float
    height: float
    text: str


@dataclass(frozen=True, slots=True)
class _Segment:
    """Words of a row with no wide gap between them."""

    x0: float
    x1: float
    text: str


_Row = list[_Segment]

# In heights of a line: what two words of one row differ by at most, and what tears a row apart.
_SAME_ROW = 0.6
_SAME_LEVEL = 0.2
_LOW = 0.7
_SHADOW = 0.2
# The share of the narrower of two words by which they may lie on each other, as slanted ones do.
_OVERLAP = 0.3
_WIDE_GAP = 1.0
# In a line of so many words, a gap so many times as wide as the usual one does, or this at the latest.
_STRETCHED_WORDS = 6
_STRETCH = 2.5
_WIDEST_BLANK = 1.6
# What makes two neighbouring stacks of lines columns of prose.
_COLUMN_ROWS = 6
_LONG_LINE = 25
_FULL = 0.75
_MOST = 0.7
_MAX_DEPTH = 6


def lines(words: Sequence[Word]) -> list[str]:
    """The text of a page as lines, cells apart by tabs, columns of prose one after the other."""
    return ["\t".join(segment.text for segment in row) for row in _in_reading_order(_rows(words))]


def _rows(words: Sequence[Word]) -> list[_Row]:
    rows: list[_Line] = []
    # Dashes and raised figures are low, and belong to their line all the same.
    floor = _LOW * median(word.height for word in words) if words else 0.0
    for run in _runs_of_words(words, floor):
        if not (rows and rows[-1].takes(run, floor)):
            rows.append(_Line())
        rows[-1].add(run)
    return [_segments(row.words) for row in rows]


def _runs_of_words(words: Sequence[Word], floor: float) -> Iterator[list[Word]]:
    """Words on the very same level and no wide gap apart, from the top down."""
    levels: list[list[Word]] = []
    for word in sorted(words, key=lambda each: each.baseline):
        if not levels or word.baseline - levels[-1][0].baseline > _SAME_LEVEL * floor:
            levels.append([])
        levels[-1].append(word)
    for level in levels:
        yield from _torn(_without_shadows(sorted(level, key=lambda each: each.x0)))


class _Line:
    """The words of a row from left to right. None lies on another: such a word is of the next row."""

    def __init__(self) -> None:
        self.words: list[Word] = []
        self._tallest: Word | None = None

    def takes(self, run: list[Word], floor: float) -> bool:
        if self._tallest is None:
            return True
        reach = _SAME_ROW * max(min(self._tallest.height, run[0].height), floor)
        if run[0].baseline - self._tallest.baseline > reach:
            return False
        return not any(self._has_something_at(word) for word in run)

    def add(self, run: list[Word]) -> None:
        for word in run:
            insort(self.words, word, key=lambda each: each.x0)
        candidates = run if self._tallest is None else [self._tallest, *run]
        self._tallest = max(candidates, key=lambda each: each.height)

    def _has_something_at(self, word: Word) -> bool:
        index = bisect(self.words, word.x0, key=lambda each: each.x0)
        return any(_overlap(word, each) for each in self.words[max(index - 1, 0) : index + 1])


def _overlap(one: Word, other: Word) -> bool:
    shared = min(one.x1, other.x1) - max(one.x0, other.x0)
    return shared > _OVERLAP * min(one.x1 - one.x0, other.x1 - other.x0)


def _without_shadows(words: list[Word]) -> list[Word]:
    """Without words that are the same printed twice, a little apart, to look bold."""
    return words[:1] + [
        word
        for before, word in pairwise(words)
        if word.text != before.text or abs(word.x0 - before.x0) >= _SHADOW * word.height
    ]


def _segments(row: list[Word]) -> _Row:
    return [
        _Segment(group[0].x0, max(word.x1 for word in group), " ".join(word.text for word in group))
        for group in _torn(row)
    ]


def _torn(row: list[Word]) -> list[list[Word]]:
    """The words of a row, parted at its wide gaps."""
    gap = _wide_gap(row)
    groups = [[row[0]]]
    for before, word in pairwise(row):
        if word.x0 - before.x1 > gap:
            groups.append([])
        groups[-1].append(word)
    return groups


def _wide_gap(row: list[Word]) -> float:
    """What tears a row apart: more where a line of prose is stretched to fill its column."""
    height = median(word.height for word in row)
    if len(row) < _STRETCHED_WORDS:
        return _WIDE_GAP * height
    usual = median(max(word.x0 - before.x1, 0.0) for before, word in pairwise(row))
    return height * min(max(_WIDE_GAP, _STRETCH * usual / height), _WIDEST_BLANK)


def _in_reading_order(rows: list[_Row], depth: int = 0) -> list[_Row]:
    found = _columns(rows) if depth < _MAX_DEPTH else None
    if found is None:
        return rows
    start, end, gutter = found
    left, right = _split(rows[start:end], gutter)
    parts = (rows[:start], left, right, rows[end:])
    return [row for part in parts for row in _in_reading_order(part, depth + 1)]


def _split(rows: list[_Row], gutter: float) -> tuple[list[_Row], list[_Row]]:
    left = [[segment for segment in row if segment.x1 <= gutter] for row in rows]
    right = [[segment for segment in row if segment.x0 >= gutter] for row in rows]
    return [row for row in left if row], [row for row in right if row]


def _columns(rows: list[_Row]) -> tuple[int, int, float] | None:
    """The tallest run of rows that a gutter divides into columns of prose: start, end, where."""
    best: tuple[int, int, float] | None = None
    for gutter in _gutters(rows):
        for start, end in _runs(rows, gutter):
            taller = best is None or end - start > best[1] - best[0]
            if taller and all(map(_is_prose, _split(rows[start:end], gutter))):
                best = (start, end, gutter)
    return best


def _gutters(rows: list[_Row]) -> list[float]:
    """Where gaps between segments are frequent: the middles of gaps, the usual ones first."""
    counts: dict[int, int] = {}
    for row in rows:
        for before, segment in pairwise(row):
            middle = round((before.x1 + segment.x0) / 2)
            counts[middle] = counts.get(middle, 0) + 1
    frequent = sorted(counts, key=lambda middle: -counts[middle])
    return [float(middle) for middle in frequent[:8]]


def _runs(rows: list[_Row], gutter: float) -> list[tuple[int, int]]:
    """Runs of rows in which nothing lies across the gutter."""
    runs: list[tuple[int, int]] = []
    start = 0
    for index, row in enumerate([*rows, None]):
        if row is None or any(segment.x0 < gutter < segment.x1 for segment in row):
            if index - start >= _COLUMN_ROWS:
                runs.append((start, index))
            start = index + 1
    return runs


def _is_prose(column: list[_Row]) -> bool:
    """Whether most of a stack of lines is running text: long unbroken lines, about equally wide."""
    segments = [segment for row in column for segment in row]
    long = [segment for segment in segments if len(segment.text) >= _LONG_LINE]
    if len(long) < _COLUMN_ROWS:
        return False
    width = max(segment.x1 - segment.x0 for segment in long)
    full = sum(1 for segment in long if segment.x1 - segment.x0 >= _FULL * width)
    characters = sum(len(segment.text) for segment in segments)
    return (
        full >= _MOST * len(long)
        and sum(len(segment.text) for segment in long) >= _MOST * characters
    )
