"""Fitting the cells of a row to columns: order is kept, and kinds must agree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flexorchd.engine.steps.fields.amounts import Amount, NumberStyle
from flexorchd.engine.steps.fields.dates import DateStyle

_NO_COLUMN, _NO_CELL = -1.5, -0.3
_LETTERS = re.compile(r"[^\W\d_]")
_LEADING = re.compile(r"(\d{1,3}\.?) (?=[^\W\d_])")
_UNIT = re.compile(r"\s?[^\W\d_]{1,6}\.?(?:\([^\W\d_]{1,3}\))?")
_DAY = re.compile(r"(?:0?[1-9]|[12]\d|3[01])(?:\.(?:0?[1-9]|1[0-2])\.?|[/-](?:0?[1-9]|1[0-2]))")
_NAMED_DAY = re.compile(r"\d{1,2}\.? [^\W\d_]{3,9}\.?|[^\W\d_]{3,9}\.? \d{1,2}")
# Letters behind an amount that say debit or credit.
_SIDES = frozenset(("S", "H", "D", "C", "DR", "CR", "DB", "WN", "MA", "B", "A"))
_MOST_CELLS = 24


# What a cell holds, by the column it may stand under.
_KINDS = ("text", "code", "count", "measure", "money", "rate", "date", "day")


def _scores(*scores: float) -> Mapping[str, float]:
    return dict(zip(_KINDS, scores, strict=True))


_TEXTS = _scores(3.0, 1.0, -3.0, -1.0, -3.0, -3.0, -2.0, -2.0)
_MONEY = _scores(-4.0, -4.0, 1.8, -3.0, 3.0, -4.0, -4.0, 1.0)
_COUNT = _scores(-4.0, -4.0, 3.0, 3.0, 0.8, -4.0, -4.0, 0.5)
_RATE = _scores(-2.0, -1.0, 1.0, -1.0, 0.4, 3.0, -4.0, -1.0)
_DATE = _scores(-4.0, -4.0, -4.0, -4.0, -4.0, -4.0, 4.0, 3.0)
_CODE = _scores(0.2, 2.0, 1.0, 0.0, -2.0, -3.0, -3.0, -1.0)
_UNITS = _scores(0.5, 0.5, -2.0, 0.0, -3.0, -3.0, -4.0, -3.0)
_NOTHING = _scores(-0.5, 0.0, -0.5, -0.5, -1.0, 0.0, -0.5, -0.5)
_FITS: Mapping[str, Mapping[str, float]] = {
    "description": {**_TEXTS, "text": 3.2},
    "category": _TEXTS,
    "quantity": _COUNT,
    "ordered": _COUNT,
    "position": {**_COUNT, "count": 2.0, "measure": -3.0, "money": -3.0, "code": 0.0},
    "item_no": _CODE,
    "unit": _UNITS,
    "rate": _RATE,
    "date": _DATE,
    "value_date": {**_DATE, "date": 3.5},
    "": _NOTHING,
}


@dataclass(frozen=True, slots=True)
class Fit:
    """Cells by column, the cells that found none, and how well all fits."""

    cells: Mapping[str, str]
    spare: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Fitting:
    """Fits rows to columns, reading numbers and dates as the document writes them."""

    numbers: NumberStyle
    dates: DateStyle

    def is_money(self, text: str) -> bool:
        """Whether a text holds an amount of money."""
        return any(amount.is_money for amount in self.numbers.amounts(text))

    def fit(self, columns: Sequence[str], cells: Sequence[str]) -> Fit:
        """The best way to lay the cells, in order, under the columns."""
        cells = cells[:_MOST_CELLS]
        kinds = [self.kind(cell) for cell in cells]
        # best[j]: score and path for all columns so far and the first j cells.
        best: list[tuple[float, tuple[int, ...]]] = [
            (_NO_COLUMN * j, (-1,) * j) for j in range(len(cells) + 1)
        ]
        for number, column in enumerate(columns):
            fits = _FITS.get(column, _MONEY)
            row = [(best[0][0] + _NO_CELL, best[0][1])]
            for j, kind in enumerate(kinds, start=1):
                score, path = best[j - 1]
                # Of equal fits the later column is likelier: balances and totals stand last.
                under = (score + fits[kind] + 0.01 * number, (*path, number))
                without_cell = (best[j][0] + _NO_CELL, best[j][1])
                without_column = (row[j - 1][0] + _NO_COLUMN, (*row[j - 1][1], -1))
                row.append(max(under, without_cell, without_column, key=lambda option: option[0]))
            best = row
        score, path = best[-1]
        named = [(columns[n] if n >= 0 else "", cell) for n, cell in zip(path, cells, strict=True)]
        spare = tuple(cell for name, cell in named if not name)
        return Fit({name: cell for name, cell in named if name}, spare, score)

    def kind(self, text: str) -> str:
        """What a cell holds: one of ``text code count measure money rate date day``."""
        if any(d.end - d.start >= 0.6 * len(text) for d in self.dates.days(text)):
            return "date"
        if _DAY.fullmatch(text) or _NAMED_DAY.fullmatch(text):
            return "day"
        amounts = list(self.numbers.amounts(text))
        if len(amounts) == 1 and _is_all(text, amounts[0]):
            return _kind_of(amounts[0], text)
        if " " not in text and any(c.isdigit() for c in text):
            return "code"
        return "text" if _LETTERS.search(text) else "code"


def _kind_of(amount: Amount, text: str) -> str:
    """The kind of a number: a rate, money, a measure with its unit, a bare count."""
    if amount.percent:
        return "rate"
    behind = text[amount.end :].strip(" .").upper()
    has_unit = bool(_LETTERS.search(behind)) and behind not in _SIDES
    if amount.is_money and not (has_unit and amount.currency is None):
        return "money"
    return "measure" if has_unit else "count"


def _is_all(text: str, amount: Amount) -> bool:
    """Whether a text is a number, with a sign, a currency or a unit at most."""
    around = text[: amount.start] + " " + text[amount.end :]
    return _UNIT.fullmatch(around.strip(" %()*+")) is not None or not around.strip(" %()*+")


def splits(row: Sequence[str], fitting: Fitting) -> Iterator[list[str]]:
    """The ways to take apart the cells of a row in which columns may have run together.

    A row that is a single cell is taken apart more and more; others at their first cells, or whole.
    """
    led = [part for cell in row for part in _leading(cell, fitting)]
    if len(led) > len(row):
        yield led
    most = range(1, _MOST_CELLS) if len(row) == 1 else (_MOST_CELLS,)
    for count in most:
        parts = [atom for part in led for atom in _atoms(part, fitting.numbers, count)]
        if len(parts) <= len(led):
            return
        yield parts
        if len(parts) < len(led) + count:
            return


def _leading(cell: str, fitting: Fitting) -> list[str]:
    """A date or a small number, and the text behind it, where two columns run together so."""
    day = next(fitting.dates.days(cell[:40]), None)
    if day is not None and day.start == 0 and cell[day.end : day.end + 1] == " ":
        return [cell[: day.end], *_leading(cell[day.end :].strip(), fitting)]
    lead = _LEADING.match(cell)
    return [lead.group(1), cell[lead.end() :]] if lead else [cell]


def _atoms(cell: str, numbers: NumberStyle, most: int) -> Iterator[str]:
    """A text and up to so many numbers at its end."""
    tail: list[str] = []
    amounts = list(numbers.amounts(cell))
    while amounts and len(tail) < most and _ends_with(cell, amounts[-1]):
        amount = amounts.pop()
        tail.append(cell[amount.start :].strip())
        cell = cell[: amount.start].rstrip()
    if cell:
        yield cell
    yield from reversed(tail)


def _ends_with(cell: str, amount: Amount) -> bool:
    behind = cell[amount.end :].strip(" %")
    return not behind or _UNIT.fullmatch(behind) is not None
