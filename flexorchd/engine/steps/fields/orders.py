"""Orders, offers and delivery notes."""

from __future__ import annotations

from collections.abc import Mapping

from flexorchd.engine.steps.fields.candidates import Candidate, best
from flexorchd.engine.steps.fields.document import date_of, document_type, field, number_of
from flexorchd.engine.steps.fields.invoice import seller, sums_of
from flexorchd.engine.steps.fields.letterhead import address_window, letterhead
from flexorchd.engine.steps.fields.line_items import goods_lines, priced_lines
from flexorchd.engine.steps.fields.money import currency
from flexorchd.engine.steps.fields.parties import party
from flexorchd.engine.steps.fields.readers import days, references
from flexorchd.engine.steps.fields.reading import Reading
from flexorchd.engine.steps.fields.totals import totals

_DAY = {"delivery_date": 1.0}


def read_order(reading: Reading) -> Mapping[str, Candidate | None]:
    """The fields of a purchase order; its letterhead is the buyer's."""
    amounts = totals(reading)
    vendor = party(reading, "seller")
    buyer = party(reading, "buyer")
    if buyer is None or (vendor is not None and buyer.value == vendor.value):
        buyer = best(c for c in letterhead(reading) if vendor is None or c.value != vendor.value)
    return {
        "document_no": number_of(reading, "order_no"),
        "document_date": date_of(reading, "order_date", "order_no"),
        "currency": currency(reading),
        "buyer": buyer,
        "vendor": vendor,
        "delivery_date": field(reading, _DAY, days(reading)),
        "total_amount": amounts.get("total_amount"),
        "line_items": priced_lines(reading, sums_of(amounts)),
    }


def read_proposal(reading: Reading) -> Mapping[str, Candidate | None]:
    """The fields of an offer."""
    amounts = totals(reading)
    customer = party(reading, "customer") or address_window(reading)
    return {
        "document_no": number_of(reading, "quote_no"),
        "document_date": date_of(reading, "quote_date", "quote_no"),
        "currency": currency(reading),
        "vendor": seller(reading, customer),
        "customer": customer,
        "valid_until": field(reading, {"valid_until": 1.0}, days(reading)),
        "total_amount": amounts.get("total_amount"),
        "line_items": priced_lines(reading, sums_of(amounts)),
    }


def read_delivery(reading: Reading) -> Mapping[str, Candidate | None]:
    """The fields of a delivery note."""
    customer = party(reading, "customer") or party(reading, "ship_to") or address_window(reading)
    return {
        "document_no": number_of(reading, "delivery_no"),
        "document_date": date_of(reading, "delivery_note_date", "delivery_no"),
        "vendor": seller(reading, customer),
        "customer": customer,
        "delivery_date": field(reading, _DAY, days(reading)),
        "order_no": field(reading, {"order_no": 1.0}, references(reading)),
        "line_items": goods_lines(reading),
    }


_TRADE = (
    "invoice_date due_date order_date quote_no quote_date delivery_no contract_no "
    "delivery_date gross total net tax due other_amount settled seller ship_to customer_vat_id "
)
PURCHASE_ORDER = document_type(
    "document_no document_date buyer vendor total_amount line_items",
    _TRADE + "buyer",
    read_order,
)
SALES_PROPOSAL = document_type(
    "document_no document_date vendor customer valid_until total_amount line_items",
    _TRADE + "customer valid_until",
    read_proposal,
)
DELIVERY_NOTE = document_type(
    "document_no document_date vendor customer line_items",
    _TRADE + "customer delivery_note_date",
    read_delivery,
)
