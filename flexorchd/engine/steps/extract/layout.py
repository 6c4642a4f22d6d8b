"""From words with places on a page to lines in reading order. Pure geometry, for PDF and OCR alike.

One visual row is one line. A gap wider than words have between them becomes a tab, so that labels,
values and the cells of tables stay apart. Where a page is set in columns of prose, these are read one
after the other; tables and address blocks are not, since their rows belong together.
"""

from __future__ import annotations

from collections.abc import Sequence
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
_LOW = 0.7
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
    # Dashes and raised figures are low, and belong to their line all the same.
    floor = _LOW * median(word.height for word in words) if words else 0.0
    rows: list[list[Word]] = []
    tallest: Word | None = None
    for word in sorted(words, key=lambda each: each.baseline):
        if tallest is not None and _is_same_row(tallest, word, floor):
            rows[-1].append(word)
            tallest = max(tallest, word, key=lambda each: each.height)
        else:
            rows.append([word])
            tallest = word
    return [_segments(sorted(row, key=lambda each: each.x0)) for row in rows]


def _is_same_row(one: Word, other: Word, floor: float) -> bool:
    return other.baseline - one.baseline <= _SAME_ROW * max(min(one.height, other.height), floor)


def _segments(row: list[Word]) -> _Row:
    gap = _wide_gap(row)
    groups = [[row[0]]]
    for before, word in pairwise(row):
        if _is_shadow(before, word):
            continue
        if word.x0 - before.x1 > gap:
            groups.append([])
        groups[-1].append(word)
    return [
        _Segment(group[0].x0, max(w.x1 for w in group), " ".join(w.text for w in group))
        for group in groups
    ]


def _wide_gap(row: list[Word]) -> float:
    """What tears a row apart: more where a line of prose is stretched to fill its column."""
    height = median(word.height for word in row)
    if len(row) < _STRETCHED_WORDS:
        return _WIDE_GAP * height
    usual = median(max(word.x0 - before.x1, 0.0) for before, word in pairwise(row))
    return height * min(max(_WIDE_GAP, _STRETCH * usual / height), _WIDEST_BLANK)


def _is_shadow(before: Word, word: Word) -> bool:
    """Whether a word is the same printed twice, a little apart, to look bold."""
    return word.text == before.text and abs(word.x0 - before.x0) < 0.2 * word.height


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
