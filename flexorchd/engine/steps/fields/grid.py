"""Tables on the page: a row of known headings, and the rows under it fitted to its columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from flexorchd.engine.steps.fields import lexicon
from flexorchd.engine.steps.fields.fitting import Fitting, splits
from flexorchd.engine.steps.fields.lexicon import Term
from flexorchd.engine.steps.fields.page import words
from flexorchd.engine.steps.fields.phrases import Phrases
from flexorchd.engine.steps.fields.reading import Reading

_MOST_WORDS = 8
_FEWEST_COLUMNS = 2
# What a better fit must be worth for each cell that is taken apart for it.
_SPLIT = 0.8


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: what stands in which column, and the text of the whole row.

    Attributes:
        cells: column concept to text; what is empty is absent.
        row: number of the row in its source.
        text: the row's text.
        spare: texts that fit no column.
        exact: whether the format itself keeps the cells apart, so that none can be misplaced.
    """

    cells: Mapping[str, str]
    row: int
    text: str
    spare: tuple[str, ...] = ()
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows under one heading, up to the next heading or the end."""

    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def sources(reading: Reading, wanted: Sequence[str]) -> Iterator[list[Grid]]:
    """The tables of a document, by source: those that its format keeps apart, those of its text.

    Args:
        reading: the document.
        wanted: the column concepts that may occur, the more important first.
    """
    fitting = Fitting(reading.numbers, reading.dates)
    tables = reading.content.tables
    yield [
        g for table in tables for g in _grids(list(table.rows), tuple(wanted), fitting, exact=True)
    ]
    rows = [reading.page.columns(number) for number in range(len(reading.page.rows))]
    yield list(_grids(rows, tuple(wanted), fitting, exact=False))


def grids(reading: Reading, wanted: Sequence[str]) -> Iterator[Grid]:
    """The tables of a document, whatever their source."""
    for source in sources(reading, wanted):
        yield from source


def _grids(
    rows: Sequence[Sequence[str]], wanted: tuple[str, ...], fitting: Fitting, *, exact: bool
) -> Iterator[Grid]:
    heads = [
        (number, columns)
        for number, row in enumerate(rows)
        if (columns := headings(row, wanted, fitting))
    ]
    ends = [*(number for number, _ in heads[1:]), len(rows)]
    for (number, columns), end in zip(heads, ends, strict=False):
        body = range(number + 1, end)
        fit = _exact if exact else _loose
        lines = (fit(rows[n], n, columns, fitting) for n in body if any(rows[n]))
        yield Grid(tuple(c for c in columns if c), tuple(lines))


def headings(row: Sequence[str], wanted: tuple[str, ...], fitting: Fitting) -> tuple[str, ...]:
    """The columns that a row names, an empty name for a column of no interest; else nothing.

    A cell of a text can hold the headings of several columns.
    """
    if any(fitting.is_money(cell) for cell in row):
        return ()
    found: list[str] = []
    for cell in row:
        found += _named(cell, wanted, found) or [""]
    known = [name for name in found if name]
    return tuple(found) if len(known) >= _FEWEST_COLUMNS else ()


def _named(cell: str, wanted: tuple[str, ...], taken: Sequence[str]) -> list[str]:
    """The columns that a cell names, if it is little but their names."""
    text = tuple(words(cell))
    matches = list(_headings(wanted).find(text)) if 0 < len(text) <= 3 * _MOST_WORDS else []
    covered = sum(match.end - match.start for match in matches)
    if not matches or covered < 0.6 * len(text):
        return []
    names: list[str] = []
    for match in matches:
        concepts = [term.concept for term in match.meanings]
        free = [c for c in wanted if c in concepts and c not in (*taken, *names)]
        names.append(free[0] if free else "")
    return names


@cache
def _headings(wanted: tuple[str, ...]) -> Phrases[Term]:
    return Phrases((p, term) for p, term in lexicon.load("columns") if term.concept in wanted)


def _exact(row: Sequence[str], number: int, columns: Sequence[str], _: Fitting) -> Line:
    cells = {name: text for name, text in zip(columns, row, strict=False) if name and text}
    return Line(cells, number, " ".join(row), exact=True)


def _loose(row: Sequence[str], number: int, columns: Sequence[str], fitting: Fitting) -> Line:
    """A row of text, in which cells may be missing, or run together."""
    if len(row) == len(columns) and not all(row):
        return _exact(row, number, columns, fitting)
    row = [cell for cell in row if cell]
    best = fitting.fit(columns, row)
    for parts in splits(row, fitting):
        fit = fitting.fit(columns, parts)
        if fit.score - _SPLIT * (len(parts) - len(row)) > best.score:
            best = fit
    return Line(best.cells, number, " ".join(row), best.spare)
