"""Dates as people write them, in the order of day and month that the document uses.

``03/04/2026`` is no date until something tells the order: another date of the document, then its
locale, then its language; for English, which has both orders, only the country of its money.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Literal

from flexorchd.engine.steps.fields.page import fold

Order = Literal["dmy", "mdy"]

_MONTHS = """
january januar janvier gennaio enero januari styczen ocak janeiro jan janv gen ene sty oca jaenner stycznia
february februar fevrier febbraio febrero februari luty subat fevereiro feb fevr febr lut sub lutego fev
march marz mars marzo maart marzec mart marco mar mrt mrz maerz marca
april avril aprile abril kwiecien nisan apr avr abr kwi nis kwietnia
may mai maggio mayo mei maj mayis maio mag maja
june juni juin giugno junio czerwiec haziran junho jun giu cze haz czerwca
july juli juillet luglio julio lipiec temmuz julho jul juil lug lip tem lipca
august aout agosto augustus sierpien agustos aug ago sie agu sierpnia aou
september septembre settembre septiembre wrzesien eylul setembro sep sept set wrz eyl wrzesnia
october oktober octobre ottobre octubre pazdziernik ekim outubro oct okt ott paz eki pazdziernika out
november novembre noviembre listopad kasim novembro nov lis kas listopada
december dezember decembre dicembre diciembre grudzien aralik dezembro dec dez dic gru ara grudnia des
"""  # fmt: skip
MONTHS = {
    name: number
    for number, line in enumerate(_MONTHS.strip().splitlines(), start=1)
    for name in line.split()
}
_MONTH = r"[^\W\d_]{3,12}"
_ORDINAL = r"(?:st|nd|rd|th|er|º|ª|°|\.)?"
_ISO = re.compile(r"(?<![\w./-])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?![\d/-])")
_NUMERIC = re.compile(
    r"(?<![\w/.,-])(\d{1,2})[ ]?([./-])[ ]?(\d{1,2})[ ]?\2[ ]?(\d{4}|\d{2})(?![\w/-]|[.,]\d)"
)
_DAY_FIRST = re.compile(
    rf"(?<![\w.,])(\d{{1,2}}){_ORDINAL}[ /.-]{{0,2}}(?:de |of |d['’])?({_MONTH})\.?,?[ /.-]{{0,2}}"
    rf"(?:de |del |of )?(\d{{4}}|['’]?\d{{2}})(?!\d)"
)
_MONTH_FIRST = re.compile(
    rf"(?<![^\W_])({_MONTH})\.?[ -](\d{{1,2}})(?:st|nd|rd|th)? ?,? ?[ -]?(\d{{4}})(?!\d)"
)
_FIRST_YEAR, _LAST_YEAR = 1950, 2100


@dataclass(frozen=True, slots=True)
class Day:
    """A date in a text: its value, and where it stands."""

    value: date
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DateStyle:
    """How a document orders day and month; None where nothing tells it."""

    order: Order | None

    @classmethod
    def of(cls, text: str, locale: str = "und", language: str = "und") -> DateStyle:
        """The order that the text shows, else the one that locale or language have."""
        shown = {_shown_order(match) for match in _NUMERIC.finditer(text)} - {None}
        if len(shown) == 1:
            return cls(shown.pop())
        return cls(_customary(locale) or _customary(language) or _of_english(text, language))

    def days(self, text: str) -> Iterator[Day]:
        """The dates of a text, left to right."""
        found = [*self._numeric(text), *_iso(text), *_spelled(text)]
        end = 0
        for day in sorted(found, key=lambda day: (day.start, -day.end)):
            if day.start >= end:
                end = day.end
                yield day

    def _numeric(self, text: str) -> Iterator[Day]:
        for match in _NUMERIC.finditer(text):
            first, separator, second, year = match.groups()
            order = _shown_order(match) or ("dmy" if separator == "." else self.order)
            if order is None and first == second:
                order = "dmy"
            if order is not None:
                day, month = (first, second) if order == "dmy" else (second, first)
                yield from _made(year, int(month), day, match)


def _shown_order(match: re.Match[str]) -> Order | None:
    first, second = int(match.group(1)), int(match.group(3))
    if first > 12 >= second:
        return "dmy"
    return "mdy" if second > 12 >= first else None


def _customary(tag: str) -> Order | None:
    if tag == "us":
        return "mdy"
    return None if tag in ("und", "en") else "dmy"


def _of_english(text: str, language: str) -> Order | None:
    """English writes both orders: the country of the money, where the text shows just one."""
    if language != "en":
        return None
    american = "$" in text or "USD" in text
    other = any(mark in text for mark in ("£", "€", "GBP", "EUR", "AUD", "NZD", "INR", "VAT"))
    return None if american == other else "mdy" if american else "dmy"


def _iso(text: str) -> Iterator[Day]:
    for match in _ISO.finditer(text):
        yield from _made(match.group(1), int(match.group(3)), match.group(4), match)


def _spelled(text: str) -> Iterator[Day]:
    for match in _DAY_FIRST.finditer(text):
        if month := MONTHS.get(fold(match.group(2))):
            yield from _made(match.group(3), month, match.group(1), match)
    for match in _MONTH_FIRST.finditer(text):
        if month := MONTHS.get(fold(match.group(1))):
            yield from _made(match.group(3), month, match.group(2), match)


def _made(year: str, month: int, day: str, match: re.Match[str]) -> Iterator[Day]:
    number = full_year(year.lstrip("'’"))
    with suppress(ValueError):
        if _FIRST_YEAR <= number <= _LAST_YEAR:
            yield Day(date(number, month, int(day)), match.start(), match.end())


def full_year(digits: str) -> int:
    """The year of two or four digits; two are of this century up to 69."""
    number = int(digits)
    if len(digits) > 2:
        return number
    return 2000 + number if number < 70 else 1900 + number


def month_span(year: int, month: int) -> tuple[date, date]:
    """The first and the last day of a month."""
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])
