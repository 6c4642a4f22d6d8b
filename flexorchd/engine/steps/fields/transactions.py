"""The transactions of a bank statement, with the signs that its balances vouch for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flexorchd.engine.model import Record
from flexorchd.engine.steps.fields.candidates import Candidate
from flexorchd.engine.steps.fields.dates import MONTHS
from flexorchd.engine.steps.fields.grid import Grid, Line, sources
from flexorchd.engine.steps.fields.page import words
from flexorchd.engine.steps.fields.reading import Reading

_COLUMNS = (
    "date", "value_date", "description", "amount", "debit", "credit", "balance", "item_no",
)  # fmt: skip
_PARTIAL = re.compile(r"(\d{1,2})([./-])(\d{1,2})\.?$")
_NEGATIVE = re.compile(r"\s(?:S|D|DR|Dr|Db|DB|Wn|B)\.?$|^(?:S|DR) ")
_BALANCES = frozenset(("opening_balance", "closing_balance"))
_CENT = Decimal("0.01")
_MORE_LINES = 3


@dataclass(slots=True)
class _Move:
    """A transaction as its row says it, its amount not yet signed where a column tells the sign."""

    day: date
    description: str
    amount: Decimal
    balance: Decimal | None
    signed: bool
    more: int = 0


def transactions(
    reading: Reading,
    opening: Decimal | None,
    period: tuple[Candidate | None, Candidate | None],
) -> Candidate | None:
    """The transactions: ``date description amount balance``.

    Args:
        reading: the document.
        opening: the balance before the first of them, if known.
        period: the statement's first and last day, which tell the year of days without one.
    """
    choices: list[Candidate] = []
    for source in sources(reading, _COLUMNS):
        together: list[_Move] = []
        for grid in source:
            if "date" in grid.columns and {"amount", "debit", "credit"} & set(grid.columns):
                together += _moves(reading, grid, period)
        if candidate := _candidate(together, opening):
            choices.append(candidate)
    return max(choices, key=_rank, default=None)


def _rank(candidate: Candidate) -> tuple[float, int]:
    return candidate.confidence, len(candidate.value) if isinstance(candidate.value, list) else 0


def _candidate(moves: Sequence[_Move], opening: Decimal | None) -> Candidate | None:
    if not moves:
        return None
    vouched = _sign(moves, opening)
    if not all(move.signed for move in moves):
        return None
    return Candidate([_record(move) for move in moves], 0.9 if vouched else 0.75, "table")


def _record(move: _Move) -> Record:
    record: Record = {"date": move.day, "description": move.description, "amount": move.amount}
    return record if move.balance is None else record | {"balance": move.balance}


def _sign(moves: Sequence[_Move], opening: Decimal | None) -> bool:
    """Give each amount the sign by which one balance becomes the next; whether all agree."""
    before, agree = opening, True
    for move in moves:
        if before is not None and move.balance is not None:
            step = move.balance - before
            if abs(abs(step) - abs(move.amount)) <= _CENT:
                move.amount = abs(move.amount) if step > 0 else -abs(move.amount)
                move.signed = True
            else:
                agree = False
        else:
            agree = False
        before = move.balance
    return agree


def _moves(
    reading: Reading, grid: Grid, period: tuple[Candidate | None, Candidate | None]
) -> list[_Move]:
    moves: list[_Move] = []
    two_sided = {"debit", "credit"} <= set(grid.columns)
    for line in grid.lines:
        if _is_balance(reading, line):
            continue
        move = _move(reading, line, period, sure=not two_sided or line.exact)
        if move is not None:
            moves.append(move)
        elif moves and _continues(reading, line, moves[-1]):
            moves[-1].description += f" {line.text}"
            moves[-1].more += 1
    return moves


def _is_balance(reading: Reading, line: Line) -> bool:
    text = tuple(words(line.text))
    for match in reading.labeller.phrases.find(text):
        concepts = {term.concept for term in match.meanings}
        if concepts & _BALANCES and match.end - match.start > 1:
            return True
    return False


def _continues(reading: Reading, line: Line, move: _Move) -> bool:
    """Whether a row is more of the description above it."""
    plain = not any(a.is_money for a in reading.numbers.amounts(line.text))
    return (
        plain
        and not reading.labeller.first(line.text)
        and move.more < _MORE_LINES
        and len(line.text) <= 90
    )


def _move(
    reading: Reading,
    line: Line,
    period: tuple[Candidate | None, Candidate | None],
    *,
    sure: bool,
) -> _Move | None:
    day = _day(reading, line.cells.get("date") or line.cells.get("value_date"), period)
    description = line.cells.get("description")
    if day is None or description is None:
        return None
    found = list(_amounts(reading, line))
    if len(found) != 1:
        return None
    column, amount = found[0]
    balance = _money(reading, line.cells.get("balance"))
    if column == "amount":
        return _Move(day, description, amount, balance, signed=True)
    signed = -abs(amount) if column == "debit" else amount
    return _Move(day, description, signed, balance, signed=sure)


def _amounts(reading: Reading, line: Line) -> Iterator[tuple[str, Decimal]]:
    for column in ("amount", "debit", "credit"):
        amount = _money(reading, line.cells.get(column))
        if amount is not None and not (amount == 0 and column != "amount"):
            yield column, amount


def _money(reading: Reading, text: str | None) -> Decimal | None:
    """The amount of a cell, with the sign that a letter behind it gives."""
    amounts = list(reading.numbers.amounts(text)) if text else []
    if text is None or len(amounts) != 1:
        return None
    value = amounts[0].value
    if _NEGATIVE.search(text):
        return -abs(value)
    return value


def _day(
    reading: Reading, text: str | None, period: tuple[Candidate | None, Candidate | None]
) -> date | None:
    """The date of a cell, its year taken from the period where it has none."""
    if text is None:
        return None
    full = next(reading.dates.days(text), None)
    if full is not None:
        return full.value
    parts = partial_day(text, month_first=reading.dates.order == "mdy")
    return _in_period(*parts, period) if parts else None


def partial_day(text: str, *, month_first: bool = False) -> tuple[int, int] | None:
    """Day and month of a date without a year: ``05.03.``, ``5 mars``."""
    if match := _PARTIAL.match(text.strip()):
        first, second = int(match.group(1)), int(match.group(3))
        day, month = (second, first) if month_first else (first, second)
        return (day, month) if 1 <= day <= 31 and 1 <= month <= 12 else None
    spelled = [word.key for word in words(text)]
    if len(spelled) == 2:
        number, name = sorted(spelled, key=str.isalpha)
        if number.isdigit() and name in MONTHS and 1 <= int(number) <= 31:
            return int(number), MONTHS[name]
    return None


def _in_period(
    day: int, month: int, period: tuple[Candidate | None, Candidate | None]
) -> date | None:
    start, end = (c.value if c else None for c in period)
    years = [d.year for d in (end, start) if isinstance(d, date)]
    for year in years:
        try:
            candidate = date(year, month, day)
        except ValueError:
            return None
        inside = not isinstance(end, date) or candidate <= end
        if inside and (not isinstance(start, date) or candidate >= start.replace(day=1)):
            return candidate
    return None
