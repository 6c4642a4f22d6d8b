"""Who sells and who buys, who is employed and who pays tax: the names under headings."""

from __future__ import annotations

from collections.abc import Iterator

from flexorchd.engine.steps.fields.candidates import Candidate, best
from flexorchd.engine.steps.fields.labels import Label
from flexorchd.engine.steps.fields.names import SEPARATORS, is_name
from flexorchd.engine.steps.fields.near import is_empty, without_asides
from flexorchd.engine.steps.fields.page import Cell
from flexorchd.engine.steps.fields.readers import clean
from flexorchd.engine.steps.fields.reading import Reading

_HEADINGS = frozenset(("seller", "customer", "buyer", "ship_to"))
_BLOCK_ROWS = 6


def party(reading: Reading, concept: str) -> Candidate | None:
    """The likeliest name at headings of a concept."""
    return best(headed(reading, concept))


def headed(reading: Reading, concept: str, *, announced: bool = False) -> Iterator[Candidate]:
    """The names at headings of a concept.

    Args:
        reading: the document.
        concept: the concept.
        announced: whether only labels with a colon, or alone in their cell, are headings; without
            one it may be a part of the name, as in "Bank of Ireland".
    """
    for label in reading.labelled(concept):
        standing = 0.95 if label.certain else 0.4
        weight = label.concepts[concept] * standing
        if announced and not (label.announced and label.start == 0):
            continue
        for cell, text, closeness in _lines(reading, label):
            if name := _name(reading, cell, text, concept):
                yield Candidate(name, weight * closeness, "label", cell)
                break


def _lines(reading: Reading, label: Label) -> Iterator[tuple[Cell, str, float]]:
    """The lines of the block that a heading opens: its own rest, its right, what is below."""
    if not is_empty(label.rest):
        yield label.cell, without_asides(label.rest), 0.95 if label.announced else 0.75
        if label.next_start < len(label.cell.text) or label.announced:
            return
    row = reading.page.rows[label.cell.row]
    right = row[label.cell.column + 1 : label.cell.column + 2]
    headings = [x for x in reading.labels[label.cell.row] if x.concepts.keys() & _HEADINGS]
    if right and len(headings) <= 1 and not reading.begins_with_label(right[0]):
        yield right[0], right[0].text, 0.9
    for below in reading.page.below(label.cell.row, _BLOCK_ROWS):
        if label.cell.column < len(below):
            cell = below[label.cell.column]
            if _opens_block(reading, cell):
                return
            yield cell, cell.text, 0.9


def _opens_block(reading: Reading, cell: Cell) -> bool:
    return any(
        label.cell is cell
        and label.start == 0
        and label.announced
        and label.concepts.keys() & _HEADINGS
        for label in reading.labels[cell.row]
    )


def _name(reading: Reading, cell: Cell, text: str, concept: str) -> str | None:
    """The name in a line of a block, if it is one, or one with the label "Name"."""
    labels = [x for x in reading.labels[cell.row] if x.cell is cell and x.start == 0]
    if cell.text == text and labels:
        if not labels[0].concepts.keys() & {"name", concept}:
            return None
        if labels[0].announced:
            row = reading.page.rows[cell.row]
            beside = row[cell.column + 1].text if cell.column + 1 < len(row) else ""
            text = labels[0].rest if not is_empty(labels[0].rest) else beside
    whole = clean(text)
    names = (whole, clean(SEPARATORS.split(whole, maxsplit=1)[0]))
    return next((name for name in names if is_name(reading, name)), None)
