"""Letterheads: the sender that is printed on a page without a label, and the recipient below him."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from flexorchd.engine.steps.fields.candidates import Candidate
from flexorchd.engine.steps.fields.labels import Label
from flexorchd.engine.steps.fields.names import SEPARATORS, firm, fold_all, is_name
from flexorchd.engine.steps.fields.page import Cell, Row
from flexorchd.engine.steps.fields.readers import clean
from flexorchd.engine.steps.fields.reading import Reading

_POSTCODE = re.compile(
    r"\b(?:[A-Z]{1,2}-)?\d{2}-?\d{3}\b|\b\d{4,5}\b|\b[A-Z]{1,2}\d[\dA-Z]? \d[A-Z]{2}\b"
)
_LETTERHEAD_ROWS = 12
_MOST_WORDS = 24


def letterhead(reading: Reading) -> Iterator[Candidate]:
    """Names of firms where a sender prints his own: above, in the sender's line, in the footer."""
    counts: Counter[str] = Counter()
    places: dict[str, Cell] = {}
    taken = {cell.row for label in reading.labelled("customer") for cell in _below(reading, label)}
    for row in reading.page.rows:
        for cell in row:
            name = firm(cell.text) if len(cell.words) <= _MOST_WORDS else None
            if name and cell.row not in taken and is_name(reading, name):
                counts[fold_all(name)] += 1
                places.setdefault(fold_all(name), cell)
    for key, count in counts.items():
        cell = places[key]
        high = 0.62 if cell.row < _LETTERHEAD_ROWS else 0.5
        sender = 0.15 if _is_sender_line(reading.page.rows[cell.row]) else 0.0
        name = firm(cell.text) or ""
        yield Candidate(name, min(0.85, high + sender + 0.06 * min(count - 1, 3)), "position", cell)


def _below(reading: Reading, label: Label) -> Iterator[Cell]:
    if label.certain:
        yield label.cell
        for row in reading.page.below(label.cell.row, 3):
            if label.cell.column < len(row):
                yield row[label.cell.column]


def _is_sender_line(row: Row) -> bool:
    """The small line above an address window: name, street and town, parted by dashes or dots."""
    line = " | ".join(cell.text for cell in row)
    return len(SEPARATORS.findall(line)) >= 2 and bool(_POSTCODE.search(line))


def address_window(reading: Reading) -> Candidate | None:
    """The recipient below the sender's line of a letter."""
    for row in reading.page.rows[:_LETTERHEAD_ROWS]:
        if _is_sender_line(row):
            for below in reading.page.below(row[0].row, 2):
                name = clean(below[0].text)
                if is_name(reading, name) and not reading.begins_with_label(below[0]):
                    return Candidate(name, 0.65, "position", below[0])
    return None
