"""What a type of document is made of, and what all types share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flexorchd.engine.steps.fields.candidates import Candidate, best, labelled
from flexorchd.engine.steps.fields.near import Kind, T
from flexorchd.engine.steps.fields.page import Cell
from flexorchd.engine.steps.fields.readers import days, periods, references
from flexorchd.engine.steps.fields.reading import Reading

# Labels that matter in every document, if only because they end the value before them.
COMMON = frozenset(
    [
        "order_no",
        "invoice_no",
        "generic_no",
        "customer_no",
        "phone",
        "page",
        "bank_code",
        "register_no",
        "article_no",
        "generic_date",
        "other_date",
        "contact",
        "name",
        "vat_id",
        "iban",
        "currency",
    ]
)
_TITLE_DATE = 0.65


@dataclass(frozen=True, slots=True)
class DocumentType:
    """How documents of one type are read.

    Attributes:
        expected: names of the fields that a good one has.
        concepts: the labels that matter.
        read: finds the fields.
    """

    expected: tuple[str, ...]
    concepts: frozenset[str]
    read: Callable[[Reading], Mapping[str, Candidate | None]]


def document_type(
    expected: str,
    concepts: str,
    read: Callable[[Reading], Mapping[str, Candidate | None]],
) -> DocumentType:
    """A type from names parted by blanks."""
    return DocumentType(tuple(expected.split()), COMMON | frozenset(concepts.split()), read)


def field(reading: Reading, concepts: Mapping[str, float], kind: Kind[T]) -> Candidate | None:
    """The likeliest value of a kind near labels of the concepts."""
    return best(
        Candidate(value.value, confidence, "label", value.cell)  # type: ignore[arg-type]
        for value, confidence in labelled(reading, concepts, kind)
    )


def number_of(reading: Reading, own: str) -> Candidate | None:
    """The document's number, under its own label or a general one."""
    return field(reading, {own: 1.0, "generic_no": 0.7}, references(reading))


def date_of(reading: Reading, own: str, title: str = "") -> Candidate | None:
    """The document's date, under its own label, a general one, or beside its title.

    Args:
        reading: the document.
        own: the concept of its own label.
        title: the concept of the numbers whose labels are the document's title.
    """
    concepts = {own: 1.0, "generic_date": 0.75} | ({title: 0.72} if title else {})
    found = field(reading, concepts, days(reading))
    beside = _beside_title(reading, title) if title and found is None else None
    return found or beside or _of_letter(reading) or _alone(reading)


def _beside_title(reading: Reading, title: str) -> Candidate | None:
    """The only date in the row that holds the title."""
    for label in reading.labelled(title):
        row = reading.page.rows[label.cell.row]
        dates = [day for cell in row for day in reading.dates.days(cell.text)]
        if label.start == 0 and not label.in_prose and len(dates) == 1:
            return Candidate(dates[0].value, _TITLE_DATE, "position", label.cell)
    return None


def _of_letter(reading: Reading) -> Candidate | None:
    """The date of a letter: alone in a line near the top, or behind a place and a comma."""
    for row in reading.page.rows[:25]:
        labels = reading.labels[row[0].row]
        for cell in row if len(row) <= 2 and all(label.short for label in labels) else ():
            dates = list(reading.dates.days(cell.text))
            if len(dates) == 1 and _is_dateline(
                cell.text, dates[0].start, dates[0].end, alone=len(row) == 1
            ):
                return Candidate(dates[0].value, 0.6, "position", cell)
    return None


def _alone(reading: Reading) -> Candidate | None:
    """The only date near the top that fills a cell of its own, outside of tables."""
    cells = [cell for row in reading.page.rows[:25] if len(row) <= 2 for cell in row]
    found = {
        day.value: cell
        for cell in cells
        for day in reading.dates.days(cell.text)
        if day.end - day.start == len(cell.text) and not _answers(reading, cell)
    }
    if len(found) != 1:
        return None
    value, cell = found.popitem()
    return Candidate(value, 0.55, "position", cell)


def _answers(reading: Reading, cell: Cell) -> bool:
    """Whether a cell is the value of a label before it, which says that it is another date."""
    return any(
        label.cell.column < cell.column and ("date" in concept or "period" in concept)
        for label in reading.labels[cell.row]
        for concept in label.concepts
    )


def _is_dateline(text: str, start: int, end: int, *, alone: bool) -> bool:
    place, behind = text[:start].rstrip(), text[end:].strip(" .")
    lead = place.removesuffix("den").removesuffix("le").removesuffix("a").rstrip()
    return not behind and ((alone and not place) or (lead.endswith(",") and len(lead.split()) <= 4))


def period_text(reading: Reading) -> Candidate | None:
    """The period as the document writes it."""
    return field(reading, {"period": 1.0}, periods(reading))
