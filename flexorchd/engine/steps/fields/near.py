"""Values near labels: behind them, in the next cell, in the column below."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flexorchd.engine.steps.fields.labels import Label
from flexorchd.engine.steps.fields.page import Cell, Row
from flexorchd.engine.steps.fields.reading import Reading

T = TypeVar("T")

BEHIND, BESIDE, FARTHER, BELOW, ASKEW = 0.95, 0.93, 0.8, 0.85, 0.5
_ASIDES = re.compile(r"(?:\s*[.:]?\s*\([^()]{0,40}\))+\s*:?")
_TABLE = 0.5
_RATE = re.compile(r"@? ?\d{1,2}(?:[.,]\d{1,2})? ?%|% ?\d{1,2}(?:[.,]\d{1,2})?")
_FILLING = re.compile(r"[\s.:;,#°º*=()/|\-–—_]*")


@dataclass(frozen=True, slots=True)
class Piece(Generic[T]):
    """A value in a text, and where it stands there."""

    value: T
    start: int
    end: int


Reader = Callable[[str], Sequence[Piece[T]]]
"""Reads the values of one kind from a text, left to right."""


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """A kind of value that stands near labels.

    Attributes:
        read: reads it where a label announces it on the same line.
        below: reads it under a label, where less is certain.
        last: whether in a row of values the last is meant (the result) and not the first.
        announced: whether only a label with a colon, or alone in its cell, can have one.
    """

    read: Reader[T]
    below: Reader[T]
    last: bool = False
    announced: bool = False


@dataclass(frozen=True, slots=True)
class Near(Generic[T]):
    """A value near a label.

    Attributes:
        value: the value.
        score: how well its place fits, up to 1.0.
        cell: the cell that it was read from.
        label: the label.
    """

    value: T
    score: float
    cell: Cell
    label: Label


def near(reading: Reading, label: Label, kind: Kind[T]) -> Near[T] | None:
    """The value near a label: on its line, and if nothing stands there, below."""
    if kind.announced and not label.announced:
        return None
    beside = list(_beside(reading, label, kind))
    if beside:
        return beside[-1] if kind.last else beside[0]
    return _below(reading, label, kind.below) if is_empty(label.rest) else None


def is_empty(text: str) -> bool:
    """Whether a text holds only punctuation and rates, as between a label and the edge of its cell."""
    return _FILLING.fullmatch(_RATE.sub("", without_asides(text))) is not None


def without_asides(text: str) -> str:
    """The text without the remarks in parentheses that it begins with."""
    return _ASIDES.sub("", text, count=1) if text.lstrip(" .:").startswith("(") else text


def _beside(reading: Reading, label: Label, kind: Kind[T]) -> Iterator[Near[T]]:
    read, end = kind.read, label.next_start
    # "Old balance of 1 April  812,45": a small word with a date does not end a row of amounts.
    later = [
        x for x in reading.labels[label.cell.row] if x.cell is label.cell and x.start > label.start
    ]
    if kind.last and all(x.short for x in later):
        end = len(label.cell.text)
    for piece in read(without_asides(label.cell.text[label.end : end])):
        yield Near(piece.value, BEHIND, label.cell, label)
    if end < len(label.cell.text):
        return
    row = reading.page.rows[label.cell.row]
    for distance, cell in enumerate(row[label.cell.column + 1 :]):
        if reading.begins_with_label(cell):
            return
        for piece in read(cell.text):
            yield Near(piece.value, FARTHER if distance > 1 else BESIDE, cell, label)


def _below(reading: Reading, label: Label, read: Reader[T]) -> Near[T] | None:
    """What stands under a label, in the first row that holds something of the kind.

    Where the next row holds another, the label heads a column of a table, and means none of them.
    """
    above = reading.page.rows[label.cell.row]
    rows = reading.page.below(label.cell.row, 4)
    for distance, row in enumerate(rows[:3]):
        for cell, score in _under(reading, label, above, row):
            if chosen := _in_column(reading, label, read(cell.text)):
                following = (
                    _under(reading, label, above, rows[distance + 1])
                    if rows[distance + 1 :]
                    else []
                )
                in_table = any(read(next_cell.text) for next_cell, _ in following)
                trust = score - 0.1 * distance
                return Near(chosen.value, trust * (_TABLE if in_table else 1.0), cell, label)
    return None


def _in_column(reading: Reading, label: Label, pieces: Sequence[Piece[T]]) -> Piece[T] | None:
    """The value of the label's column, where one cell holds the headings of several."""
    siblings = [x for x in reading.labels[label.cell.row] if x.cell is label.cell]
    if len(siblings) == len(pieces):
        return pieces[siblings.index(label)]
    return pieces[0] if len(pieces) == len(siblings[:1]) else None


def _under(reading: Reading, label: Label, above: Row, row: Row) -> list[tuple[Cell, float]]:
    """The cells of a row that stand in the label's column, as far as cells tell columns."""
    column = label.cell.column
    if len(row) == len(above):
        cells = [(row[column], BELOW)]
    elif column == 0:
        cells = [(row[0], ASKEW + 0.1)]
    elif column == len(above) - 1 and len(row) > 1:
        cells = [(row[-1], ASKEW + 0.1)]
    else:
        cells = [(cell, ASKEW) for cell in row]
    return [(cell, score) for cell, score in cells if not reading.begins_with_label(cell)]
