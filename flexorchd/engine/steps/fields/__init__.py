"""Fields of documents: exactly from e-invoices, by rules from all else."""

from __future__ import annotations

from flexorchd.engine.model import Content, Fields
from flexorchd.engine.steps import einvoice
from flexorchd.engine.steps.fields.bank_statement import BANK_STATEMENT
from flexorchd.engine.steps.fields.candidates import THRESHOLD
from flexorchd.engine.steps.fields.contract import CONTRACT
from flexorchd.engine.steps.fields.document import DocumentType
from flexorchd.engine.steps.fields.expenses import BUDGET, EXPENSE_REPORT
from flexorchd.engine.steps.fields.general import GENERAL
from flexorchd.engine.steps.fields.invoice import INVOICE
from flexorchd.engine.steps.fields.orders import DELIVERY_NOTE, PURCHASE_ORDER, SALES_PROPOSAL
from flexorchd.engine.steps.fields.payroll import PAYROLL
from flexorchd.engine.steps.fields.reading import Reading
from flexorchd.engine.steps.fields.tax_declaration import TAX_DECLARATION

_TYPES: dict[str, DocumentType] = {
    "invoice": INVOICE,
    "expense_report": EXPENSE_REPORT,
    "purchase_order": PURCHASE_ORDER,
    "sales_proposal": SALES_PROPOSAL,
    "bank_statement": BANK_STATEMENT,
    "payroll": PAYROLL,
    "budget": BUDGET,
    "delivery_note": DELIVERY_NOTE,
    "tax_declaration": TAX_DECLARATION,
    "contract": CONTRACT,
    "general": GENERAL,
}


def extract_fields(
    content: Content, document_type: str, language: str, locale: str = "und"
) -> Fields:
    """The fields of a document, each with the way it was found and a confidence.

    A field that is not certain enough is absent: none is better than a wrong one.

    Args:
        content: the document.
        document_type: one of the engine's document types.
        language: the document's language, or ``und``.
        locale: what the sender said of its language or country, or ``und``.
    """
    kind = _TYPES[document_type]
    structured = einvoice.read(content.einvoice)
    if structured is not None and structured.document_type == document_type:
        return _structured(structured, kind)
    found = kind.read(Reading(content, language, locale, kind.concepts))
    kept = {name: c for name, c in found.items() if c is not None and c.confidence >= THRESHOLD}
    values = {name: candidate.value for name, candidate in kept.items()}
    return Fields(
        values,
        {name: candidate.method for name, candidate in kept.items()},
        {name: round(candidate.confidence, 2) for name, candidate in kept.items()},
        (values,) if values else (),
        kind.expected,
    )


def _structured(document: einvoice.EDocument, kind: DocumentType) -> Fields:
    first = document.records[0]
    return Fields(
        first,
        dict.fromkeys(first, "einvoice"),
        dict.fromkeys(first, 1.0),
        document.records,
        kind.expected,
    )
