"""Invoices, credit notes and receipts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from flexorchd.engine.steps.fields.candidates import Candidate, best
from flexorchd.engine.steps.fields.document import date_of, document_type, field, number_of
from flexorchd.engine.steps.fields.letterhead import address_window, letterhead
from flexorchd.engine.steps.fields.line_items import priced_lines
from flexorchd.engine.steps.fields.money import currency
from flexorchd.engine.steps.fields.parties import headed
from flexorchd.engine.steps.fields.party_numbers import payment_account, tax_ids_by_party
from flexorchd.engine.steps.fields.readers import days
from flexorchd.engine.steps.fields.reading import Reading
from flexorchd.engine.steps.fields.totals import totals


def read(reading: Reading) -> Mapping[str, Candidate | None]:
    """The fields of an invoice."""
    amounts = totals(reading)
    issued = date_of(reading, "invoice_date", "invoice_no")
    due = field(reading, {"due_date": 1.0}, days(reading))
    issued, due = in_order(issued, due)
    customer = best([*headed(reading, "customer")]) or address_window(reading)
    return {
        "document_no": number_of(reading, "invoice_no"),
        "document_date": issued,
        "due_date": due,
        "currency": currency(reading),
        "vendor": seller(reading, customer),
        "customer": customer,
        **tax_ids_by_party(reading),
        **amounts,
        "iban": payment_account(reading),
        "line_items": priced_lines(reading, sums_of(amounts)),
    }


def seller(reading: Reading, customer: Candidate | None) -> Candidate | None:
    """The seller by heading or letterhead, who is not the customer."""
    candidates = [*headed(reading, "seller"), *letterhead(reading)]
    return best(c for c in candidates if customer is None or c.value != customer.value)


def in_order(
    issued: Candidate | None, due: Candidate | None
) -> tuple[Candidate | None, Candidate | None]:
    """Both dates, without the weaker if a document would be due before it was issued."""
    if issued is None or due is None:
        return issued, due
    first, last = issued.value, due.value
    if isinstance(first, date) and isinstance(last, date) and last < first:
        return (issued, None) if issued.confidence >= due.confidence else (None, due)
    return issued, due


def sums_of(amounts: Mapping[str, Candidate]) -> list[Decimal]:
    """The amounts that the lines may add up to."""
    values = (amounts[name].value for name in ("net_amount", "total_amount") if name in amounts)
    return [value for value in values if isinstance(value, Decimal)]


INVOICE = document_type(
    "document_no document_date currency vendor total_amount net_amount tax_amount line_items",
    "invoice_date due_date delivery_date order_date delivery_no delivery_note_date contract_no "
    "quote_no gross total net tax due other_amount settled seller customer ship_to customer_vat_id "
    "quote_date",
    read,
)
