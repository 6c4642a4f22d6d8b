"""Tax declarations and assessments."""

from __future__ import annotations

from collections.abc import Mapping

from flexorchd.engine.steps.fields import lexicon
from flexorchd.engine.steps.fields.candidates import Candidate
from flexorchd.engine.steps.fields.document import (
    date_of,
    document_type,
    field,
    number_of,
    period_text,
)
from flexorchd.engine.steps.fields.money import currency
from flexorchd.engine.steps.fields.parties import party
from flexorchd.engine.steps.fields.phrases import Phrases
from flexorchd.engine.steps.fields.readers import clean, tax_numbers, texts
from flexorchd.engine.steps.fields.reading import Reading
from flexorchd.engine.steps.fields.totals import best_amount

_TITLE_ROWS = 15


def read(reading: Reading) -> Mapping[str, Candidate | None]:
    """The fields of a tax declaration."""
    return {
        "document_no": number_of(reading, "declaration_no"),
        "document_date": date_of(reading, "report_date"),
        "currency": currency(reading),
        "tax_type": field(reading, {"tax_type": 1.0}, texts(reading)) or _title(reading),
        "tax_office": _office(reading),
        "taxpayer": party(reading, "taxpayer"),
        "tax_id": field(reading, {"vat_id": 1.0}, tax_numbers(reading)),
        "period": period_text(reading),
        "tax_due": best_amount(reading, {"tax_due": 1.0}),
    }


def _title(reading: Reading) -> Candidate | None:
    """What the declaration calls itself, as it is written."""
    titles = Phrases((p, t) for p, t in lexicon.load("titles") if t.concept == "tax_declaration")
    for row in reading.page.rows[:_TITLE_ROWS]:
        for cell in row:
            if any(titles.find(cell.words)) and len(cell.words) <= 10:
                return Candidate(clean(cell.text), 0.7, "position", cell)
    return None


def _office(reading: Reading) -> Candidate | None:
    """The tax office behind its label; without a colon the label is part of the name."""
    for label in reading.labelled("tax_office"):
        whole = label.start == 0 and not label.announced and 2 <= len(label.cell.words) <= 6
        if whole and label.certain and not any(c.isdigit() for c in label.cell.text):
            return Candidate(clean(label.cell.text), 0.8 * label.concepts["tax_office"], "label")
    return field(reading, {"tax_office": 1.0}, texts(reading))


TAX_DECLARATION = document_type(
    "tax_type taxpayer tax_id period tax_due",
    "declaration_no report_date due_date period taxpayer tax_office tax_type tax_due other_amount settled",
    read,
)
