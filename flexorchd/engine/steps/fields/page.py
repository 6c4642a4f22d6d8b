"""The document's text as rows of cells of words, which is how people find a value: by its place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

_CELL_GAP = re.compile(r"(?:\t| {2}| ?\|)[\t |]*")
_COLUMN_GAP = re.compile(r"\t| {2,}| ?\| ?")
_WORD = re.compile(r"[^\W_]+")
_TAB = re.compile("\t")
_LONGEST_LINE, _MOST_TABS = 600, 40
# Letters that Unicode does not take apart into a base and a mark.
_PLAIN = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class Word:
    """A run of letters and digits: its folded form, and where it stands in its cell."""

    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of a line that stands apart from its neighbours."""

    row: int
    column: int
    text: str
    words: tuple[Word, ...]


Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """All rows that are not blank, top to bottom, as cells and as they stand in the text."""

    rows: tuple[Row, ...]
    lines: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Page:
        """The page of a text in which a wide gap, or a tab, parts cells."""
        lines = tuple(part for line in text.split("\n") if line.strip() for part in _wrapped(line))
        return cls(tuple(tuple(_cells(number, line)) for number, line in enumerate(lines)), lines)

    def columns(self, row: int) -> tuple[str, ...]:
        """The cells of a row with those that are empty, where tabs leave room for them."""
        line = self.lines[row].rstrip(" ")
        if line.lstrip(" ").startswith("|"):
            line = line.strip(" ").removeprefix("|").removesuffix("|")
        return tuple(part.strip() for part in _COLUMN_GAP.split(line))

    def below(self, row: int, count: int) -> tuple[Row, ...]:
        """The next rows under a row."""
        return self.rows[row + 1 : row + 1 + count]


def _wrapped(line: str) -> Iterator[str]:
    """The line in parts of bounded length and cells: what looks at a whole row stays linear in all."""
    while len(line) > _LONGEST_LINE or line.count("\t") > _MOST_TABS:
        tabs = [match.start() for match in islice(_TAB.finditer(line), _MOST_TABS)]
        limit = min(_LONGEST_LINE, tabs[-1] if len(tabs) == _MOST_TABS else _LONGEST_LINE)
        blank = max(line.rfind(" ", 0, limit), line.rfind("\t", 0, limit))
        cut = limit if limit < _LONGEST_LINE or blank < limit // 2 else blank
        yield line[:cut]
        line = line[cut:].lstrip("\t ")
    if line.strip():
        yield line


def _cells(row: int, line: str) -> Iterator[Cell]:
    for column, part in enumerate(_CELL_GAP.split(line.strip(" \t|"))):
        text = part.strip()
        yield Cell(row, column, text, tuple(words(text)))


def words(text: str) -> Iterator[Word]:
    """The words of a text."""
    for match in _WORD.finditer(text):
        yield Word(fold(match.group()), match.start(), match.end())


@lru_cache(maxsize=8192)
def fold(word: str) -> str:
    """The word without case and accents, so that ``İSTANBUL`` and ``istanbul`` are one."""
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in parts if not unicodedata.combining(c)).translate(_PLAIN)
