"""What the values of a column have in common, gathered before any of them is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Literal

from flexorchd.formats.rows import Rows

Form = Literal["bool", "int64", "float64", "decimal", "text", "list", "struct"]
"""How a column can be stored without losing anything; ``text`` takes whatever is mixed."""

DIGITS = 38  # of a 128-bit decimal
_DIGITS_PER_BIT = 0.30103
_INT64 = range(-(2**63), 2**63)
_MOST_FIELDS = 100  # a mapping with more names than this has data for names


class Shape:
    """The values of one column, or of one place inside a nested column.

    Attributes:
        fields: the shape of each field, where all values are mappings.
        items: the shape of the members, where all values are lists.
        scale: the most digits after the point.
    """

    __slots__ = ("_kinds", "_large", "_whole", "fields", "items", "scale")

    def __init__(self) -> None:
        self.fields: dict[str, Shape] = {}
        self.items: Shape | None = None
        self.scale = 0
        self._kinds: set[str] = set()
        self._large = False
        self._whole = 0

    def add(self, value: object) -> None:
        """Take a value into account; None fits every shape."""
        match value:
            case None:
                return
            case bool():
                self._kinds.add("bool")
            case int():
                self._add_int(value)
            case Decimal():
                self._add_decimal(value)
            case float():
                self._kinds.add("float")
            case str() | date():
                self._kinds.add("text")
            case Mapping():
                self._add_mapping(value)
            case list() | tuple():
                self._add_list(value)
            case _:
                raise TypeError(f"a row cannot hold a {type(value).__name__}")

    def _add_int(self, value: int) -> None:
        self._kinds.add("int")
        self._large = self._large or value not in _INT64
        self._whole = max(self._whole, int(value.bit_length() * _DIGITS_PER_BIT) + 1)

    def _add_decimal(self, value: Decimal) -> None:
        _, digits, exponent = value.as_tuple()
        if not isinstance(exponent, int):  # NaN and infinity
            self._kinds.add("text")
            return
        self._kinds.add("decimal")
        self.scale = max(self.scale, -exponent)
        self._whole = max(self._whole, len(digits) + exponent)

    def _add_mapping(self, value: Mapping[str, object]) -> None:
        self._kinds.add("struct")
        for name, inner in value.items():
            if len(self.fields) <= _MOST_FIELDS:
                self.fields.setdefault(name, Shape()).add(inner)

    def _add_list(self, value: Iterable[object]) -> None:
        self._kinds.add("list")
        self.items = self.items or Shape()
        for item in value:
            self.items.add(item)

    @property
    def form(self) -> Form:
        """The narrowest form that holds every value exactly."""
        match sorted(self._kinds):
            case ["bool"]:
                return "bool"
            case ["int"] if not self._large:
                return "int64"
            case ["float"] | ["float", "int"]:
                return "float64"
            case ["decimal"] | ["int"] | ["decimal", "int"] if self._whole + self.scale <= DIGITS:
                return "decimal"
            case ["list"]:
                return "list"
            case ["struct"] if 0 < len(self.fields) <= _MOST_FIELDS:
                return "struct"
            case _:
                return "text"


def shapes(rows: Rows) -> dict[str, Shape]:
    """The shape of each column, from one reading of the rows."""
    found = {name: Shape() for name in rows.chosen or ()}
    for row in rows:
        for name, value in row.items():
            found.setdefault(name, Shape()).add(value)
    return found
