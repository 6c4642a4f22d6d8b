"""Spans of time: two dates, of which the first may leave out what the second says; a month."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from itertools import pairwise

from flexorchd.engine.steps.fields.candidates import Candidate, best
from flexorchd.engine.steps.fields.dates import MONTHS, DateStyle, full_year, month_span
from flexorchd.engine.steps.fields.labels import Label
from flexorchd.engine.steps.fields.page import Cell, words
from flexorchd.engine.steps.fields.reading import Reading

Span = tuple[date, date]

_TO = r"(?:[-–—]|to|through|until|bis|au|al|a|hasta el|hasta|t/m|tot en met|tot|do|ile)"
_BARE_DAY = re.compile(rf"(?<![\d.,/])(\d{{1,2}})(?:er|º|°|\.)?\s*{_TO}\s*$", re.IGNORECASE)
_DAY_MONTH = re.compile(rf"(?<![\d.,/])(\d{{1,2}})([./-])(\d{{1,2}})\.?\s*{_TO}\s*$", re.IGNORECASE)
_NAMED_DAY = re.compile(
    rf"(?<![\w.,/])(?:(\d{{1,2}})\.?\s*([^\W\d_]{{3,10}})|([^\W\d_]{{3,10}})\.?\s*(\d{{1,2}}))"
    rf"\s*{_TO}\s*$",
    re.IGNORECASE,
)
_MONTH_YEAR = re.compile(r"(?<![^\W\d_])([^\W\d_]{3,10})\.?[ /-]{1,3}(?:de |del )?(\d{4})(?!\d)")
_NUMERIC_MONTH = re.compile(r"(?<![\d./-])(0?[1-9]|1[0-2])[./-]((?:19|20)\d\d)(?![\d./-])")
_TOP_ROWS = 40


def spans(text: str, style: DateStyle) -> Iterator[Span]:
    """The spans that a text says, the clearest first."""
    days = list(style.days(text))
    for first, second in pairwise(days):
        if second.start - first.end <= 24 and first.value <= second.value:
            yield first.value, second.value
    for day in days:
        if start := _shortened(text[max(0, day.start - 28) : day.start], day.value, style):
            yield start, day.value
    if not days:
        yield from _months(text)


def _shortened(before: str, end: date, style: DateStyle) -> date | None:
    """The first day, written without its year or month: ``1 - 31 March 2026``."""
    with suppress(ValueError):
        if match := _DAY_MONTH.search(before):
            first, second = int(match.group(1)), int(match.group(3))
            day, month = (second, first) if style.order == "mdy" else (first, second)
            return _before(end, month, day)
        if match := _NAMED_DAY.search(before):
            name = match.group(2) or match.group(3)
            month_number = MONTHS.get(next(words(name)).key)
            if month_number:
                return _before(end, month_number, int(match.group(1) or match.group(4)))
        if match := _BARE_DAY.search(before):
            start = end.replace(day=int(match.group(1)))
            return start if start <= end else None
    return None


def _before(end: date, month: int, day: int) -> date:
    start = date(end.year, month, day)
    return start if start <= end else date(end.year - 1, month, day)


def _months(text: str) -> Iterator[Span]:
    for match in _MONTH_YEAR.finditer(text):
        if month := MONTHS.get(next(words(match.group(1))).key):
            yield month_span(int(match.group(2)), month)
    for match in _NUMERIC_MONTH.finditer(text):
        yield month_span(full_year(match.group(2)), int(match.group(1)))


def period_of(reading: Reading) -> tuple[Candidate | None, Candidate | None]:
    """The first and the last day of the document's period."""
    found: list[tuple[Span, float, Cell]] = []
    for label in reading.labelled("period"):
        standing = label.concepts["period"] * (1.0 if label.certain else 0.7)
        for cell, text, closeness in _texts(reading, label):
            if (span := next(spans(text, reading.dates), None)) is not None:
                found.append((span, 0.92 * standing * closeness, cell))
                break
    for row in reading.page.rows[:_TOP_ROWS]:
        line = " ".join(cell.text for cell in row)
        days = list(reading.dates.days(line))
        if 1 <= len(days) <= 2 and (span := next(spans(line, reading.dates), None)) is not None:
            found.append((span, 0.6, row[0]))
    starts = [Candidate(span[0], trust, "label", cell) for span, trust, cell in found]
    ends = [Candidate(span[1], trust, "label", cell) for span, trust, cell in found]
    return best(starts), best(ends)


def _texts(reading: Reading, label: Label) -> Iterator[tuple[Cell, str, float]]:
    """What follows a label on its line, labels between two dates included; then what is below."""
    cell = label.cell
    row = reading.page.rows[cell.row]
    behind = " ".join((cell.text[label.end :], *(c.text for c in row[cell.column + 1 :])))
    yield cell, behind, 1.0
    for below in reading.page.below(cell.row, 1):
        if cell.column < len(below):
            yield below[cell.column], below[cell.column].text, 0.85
