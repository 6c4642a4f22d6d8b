"""The rows of a dataset, as every format reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

Row = Mapping[str, object]
"""Column name to value: text, numbers, truth values, dates, and lists and mappings of them."""

METADATA = ("job_id", "document_type", "language", "quality_grade", "quality_score", "pii_masked")
"""Columns that say where a row comes from and how good it is; the others are the document's."""


class Rows:
    """Rows that can be read more than once, narrowed to `columns` where those are given.

    Args:
        rows: a list, or any object whose ``__iter__`` starts from the beginning again. Formats with
            a header or a schema read the rows twice, so that no format has to hold them.
        columns: the columns to keep, in this order; None keeps all as they first appear.

    Attributes:
        chosen: the columns given.
        count: how many rows the last reading gave.

    Raises:
        TypeError: `rows` is an iterator, which can be read only once.
    """

    def __init__(self, rows: Iterable[Row], columns: Sequence[str] | None = None) -> None:
        if isinstance(rows, Iterator):
            raise TypeError(
                "rows are read twice: pass a list, or an object that can be iterated again"
            )
        self._rows = rows
        self.chosen = columns
        self.count = 0

    def __iter__(self) -> Iterator[Row]:
        self.count = 0
        for row in self._rows:
            self.count += 1
            yield row if self.chosen is None else _narrowed(row, self.chosen)

    @cached_property
    def columns(self) -> list[str]:
        """The columns given, or else all that occur, in the order in which they first appear."""
        if self.chosen is not None:
            return list(self.chosen)
        return list(dict.fromkeys(name for row in self._rows for name in row))


def _narrowed(row: Row, columns: Sequence[str]) -> Row:
    return {name: row[name] for name in columns if name in row}
