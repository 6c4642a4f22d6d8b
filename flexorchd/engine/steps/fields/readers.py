"""The kinds of values that stand near labels, and how each is read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from flexorchd.engine.steps.fields.amounts import Amount
from flexorchd.engine.steps.fields.identifiers import reference, tax_ids
from flexorchd.engine.steps.fields.near import Kind, Piece
from flexorchd.engine.steps.fields.reading import Reading

_LONGEST_LEAD = 32
_LONGEST_TEXT = 160
_EDGES = " \t:;,#=*|-–—_·•>"
_LETTER = re.compile(r"[^\W\d_]")


def days(reading: Reading) -> Kind[date]:
    """Dates, of which one must come soon."""

    def read(text: str) -> Sequence[Piece[date]]:
        found = reading.dates.days(text[:200])
        return [Piece(d.value, d.start, d.end) for d in found if d.start <= _LONGEST_LEAD][:1]

    return Kind(read, read)


def references(reading: Reading) -> Kind[str]:
    """The document number with which a text begins, unless it is a date or an amount."""

    def read(text: str) -> Sequence[Piece[str]]:
        text = text[:120]
        found = reference(text)
        if found is None or _is_other(reading, text, found.start, found.end):
            return []
        return [Piece(found.value, found.start, found.end)]

    return Kind(read, read)


def _is_other(reading: Reading, text: str, start: int, end: int) -> bool:
    """Whether what looks like a number of a document is a date, an amount or a share."""
    if any(day.start <= end and start < day.end for day in reading.dates.days(text)):
        return True
    amounts = (a for a in reading.numbers.amounts(text) if a.start <= start < a.end)
    return any(a.currency or a.percent or a.decimals == 2 for a in amounts)


def money(reading: Reading) -> Kind[Amount]:
    """Amounts of money, of which the last in a row is the result.

    A bare number counts only on the label's own line, and if the text holds nothing else.
    """

    def read(text: str) -> Sequence[Piece[Amount]]:
        return read_money(text) or _only_number(text, list(reading.numbers.amounts(text)))

    def read_money(text: str) -> Sequence[Piece[Amount]]:
        amounts = reading.numbers.amounts(text)
        return [Piece(amount, amount.start, amount.end) for amount in amounts if amount.is_money]

    return Kind(read, read_money, last=True)


def _only_number(text: str, amounts: Sequence[Amount]) -> Sequence[Piece[Amount]]:
    if len(amounts) != 1 or amounts[0].percent:
        return []
    (amount,) = amounts
    around = text[: amount.start] + text[amount.end :]
    has_more = bool(_LETTER.search(around)) or any(c.isdigit() for c in around)
    return [] if has_more else [Piece(amount, amount.start, amount.end)]


def tax_numbers(_: Reading) -> Kind[str]:
    """Numbers of tax payers, of which one must come soon."""

    def read(text: str) -> Sequence[Piece[str]]:
        found = tax_ids(text[:120])
        return [Piece(i.value, i.start, i.end) for i in found if i.start <= _LONGEST_LEAD][:1]

    return Kind(read, read)


def texts(_: Reading) -> Kind[str]:
    """The text itself, if it has letters: a name, a subject."""

    def read(text: str) -> Sequence[Piece[str]]:
        value = clean(text)
        named = len(value) <= _LONGEST_TEXT and len(_LETTER.findall(value)) >= 2
        return [Piece(value, 0, len(text))] if named else []

    return Kind(read, read, announced=True)


def periods(reading: Reading) -> Kind[str]:
    """A span of time as it is written: two dates, a month, a quarter, a year."""

    def read(text: str) -> Sequence[Piece[str]]:
        value = clean(text[:80])
        is_period = bool(_YEAR.search(value)) or any(reading.dates.days(value))
        return [Piece(value, 0, len(text))] if is_period and len(value) <= 48 else []

    return Kind(read, read)


_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|\d{1,2}/\d{2}(?!\d)")


def clean(text: str) -> str:
    """The text without the punctuation around it."""
    value = " ".join(text.split()).strip(_EDGES).lstrip(". ")
    return value[1:-1] if value[:1] in "\"'„“«" and value[-1:] in "\"'”“»" else value
