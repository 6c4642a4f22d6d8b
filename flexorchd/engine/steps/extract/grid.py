"""Rows of cells as lines of text."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from flexorchd.engine.model import Table

Cell = Sequence[str]
"""The lines of one cell."""

MAX_SPAN = 16
"""How many columns a cell is believed to span; more is for looks, or to do harm."""

_LONGEST_CELL = 12


def lines(rows: Sequence[Sequence[Cell]]) -> list[str]:
    """Each row as one line with tabs between cells; cells of several lines go down side by side.

    A row with a single filled cell, or with cells as long as columns of prose, is no row but layout:
    its cells stand one after the other.
    """
    return [line for row in rows for line in _row(row)]


def table(rows: Sequence[Sequence[Cell]], name: str | None = None) -> Table | None:
    """The rows that hold anything, a cell's lines joined by a space; None where it is no table."""
    filled = tuple(tuple(" ".join(cell) for cell in row) for row in rows if any(row))
    return Table(filled, name) if any(len(row) > 1 for row in filled) else None


def _row(row: Sequence[Cell]) -> list[str]:
    filled = [cell for cell in row if cell]
    if len(filled) < 2 or max(map(len, filled)) > _LONGEST_CELL:
        return [line for cell in filled for line in cell]
    return ["\t".join(parts).rstrip() for parts in zip_longest(*row, fillvalue="")]
