"""UBL 2: Peppol BIS, XRechnung, GİB e-Fatura and e-İrsaliye, orders and offers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from flexorchd.engine.model import Record
from flexorchd.engine.steps.einvoice.document import EDocument, account, present
from flexorchd.engine.steps.einvoice.node import Node

_VAT = "VAT"
# In Türkiye the tax number is an identification of the party, under one of these schemes.
_GIB_TAX_SCHEMES = ("VKN", "TCKN")
_TOTALS = "LegalMonetaryTotal|RequestedMonetaryTotal"
_SELLER = "AccountingSupplierParty/Party"
_BUYER = "AccountingCustomerParty/Party"


def read(root: Node) -> EDocument | None:
    """The document, or None where the root is none of UBL's."""
    kind = _KINDS.get(root.name)
    # Other vocabularies have an "Invoice" and an "Order" too, but no id right below it.
    if kind is None or root.text("ID") is None:
        return None
    document_type, record = kind
    return EDocument(document_type, f"UBL {root.name}", (record(root),))


def _invoice(root: Node) -> Record:
    totals = root.first(_TOTALS) or root
    currency = root.text("DocumentCurrencyCode") or _currency_of(totals)
    return present(
        {
            "document_no": root.text("ID"),
            "document_date": root.day("IssueDate"),
            "due_date": _due_date(root),
            "currency": currency,
            "vendor": _name(root.first(_SELLER)),
            "vendor_tax_id": _seller_tax_id(root.first(_SELLER)),
            "customer": _name(root.first(_BUYER)),
            "customer_tax_id": _buyer_tax_id(root.first(_BUYER)),
            "net_amount": totals.amount("TaxExclusiveAmount"),
            "tax_amount": _tax(root, currency),
            "total_amount": totals.amount("TaxInclusiveAmount"),
            "amount_due": totals.amount("PayableAmount"),
            "iban": _iban(root),
            "line_items": [_line(line) for line in root.all(_LINES)],
        }
    )


_LINES = "InvoiceLine|CreditNoteLine|DebitNoteLine"
_QUANTITY = "InvoicedQuantity|CreditedQuantity|DebitedQuantity|Quantity"


def _line(line: Node) -> Record:
    return present(
        {
            "description": line.text("Item/Name", "Item/Description"),
            "quantity": line.amount(_QUANTITY),
            "unit_price": line.amount("Price/PriceAmount"),
            "total": line.amount("LineExtensionAmount"),
        }
    )


def _due_date(root: Node) -> date | None:
    """BT-9, which in a credit note stands with the payment means."""
    return root.day("DueDate", "PaymentMeans/PaymentDueDate", "PaymentTerms/PaymentDueDate")


def _currency_of(totals: Node) -> str | None:
    payable = totals.first("PayableAmount")
    return payable.attribute("currencyID") or None if payable else None


def _tax(root: Node, currency: str | None) -> Decimal | None:
    """BT-110: the tax total in the document's currency, not the one for accounting (BT-111)."""
    amounts = root.all("TaxTotal/TaxAmount")
    own = (node for node in amounts if node.attribute("currencyID") in (currency, ""))
    return next((value for node in own if (value := node.own_amount()) is not None), None)


def _name(party: Node | None) -> str | None:
    if party is None:
        return None
    registered = party.text("PartyLegalEntity/RegistrationName", "PartyName/Name")
    person = [party.text("Person/FirstName"), party.text("Person/FamilyName")]
    return registered or " ".join(part for part in person if part) or None


def _tax_schemes(party: Node) -> Iterator[tuple[str, str]]:
    for entry in party.all("PartyTaxScheme"):
        if number := entry.text("CompanyID"):
            yield (entry.text("TaxScheme/ID") or "").upper(), number


def _seller_tax_id(party: Node | None) -> str | None:
    """BT-31, else BT-32."""
    if party is None:
        return None
    schemes = list(_tax_schemes(party))
    vat = [number for scheme, number in schemes if scheme == _VAT]
    return next(iter(vat + [number for _, number in schemes]), None) or _gib_tax_id(party)


def _buyer_tax_id(party: Node | None) -> str | None:
    """BT-48, which is a VAT identifier and nothing else."""
    if party is None:
        return None
    vat = [number for scheme, number in _tax_schemes(party) if scheme in (_VAT, "")]
    return next(iter(vat), None) or _gib_tax_id(party)


def _gib_tax_id(party: Node) -> str | None:
    for node in party.all("PartyIdentification/ID"):
        if node.attribute("schemeID").upper() in _GIB_TAX_SCHEMES and node.own_text():
            return node.own_text()
    return None


def _iban(root: Node) -> str | None:
    accounts = root.all("PaymentMeans/PayeeFinancialAccount/ID")
    found = (account(node.own_text()) for node in accounts)
    return next((iban for iban in found if iban), None)


def _order(root: Node) -> Record:
    totals = root.first("AnticipatedMonetaryTotal|LegalMonetaryTotal") or root
    lines = root.all("OrderLine/LineItem")
    return present(
        {
            "document_no": root.text("ID"),
            "document_date": root.day("IssueDate"),
            "currency": root.text("DocumentCurrencyCode") or _currency_of(totals),
            "buyer": _name(root.first("BuyerCustomerParty/Party")),
            "vendor": _name(root.first("SellerSupplierParty/Party")),
            "delivery_date": root.day(
                "Delivery/RequestedDeliveryPeriod/EndDate",
                "Delivery/RequestedDeliveryPeriod/StartDate",
                "OrderLine/LineItem/Delivery/RequestedDeliveryPeriod/EndDate",
            ),
            "total_amount": totals.amount("TaxInclusiveAmount", "PayableAmount"),
            "line_items": [_line(line) for line in lines],
        }
    )


def _quotation(root: Node) -> Record:
    totals = root.first("QuotedMonetaryTotal") or root
    return present(
        {
            "document_no": root.text("ID"),
            "document_date": root.day("IssueDate"),
            "currency": root.text("PricingCurrencyCode") or _currency_of(totals),
            "vendor": _name(root.first("SellerSupplierParty/Party")),
            "customer": _name(
                root.first("OriginatorCustomerParty/Party|BuyerCustomerParty/Party")
                or root.first("BuyerCustomerParty/Party")
            ),
            "valid_until": root.day("ValidityPeriod/EndDate"),
            "total_amount": totals.amount("TaxInclusiveAmount", "PayableAmount"),
            "line_items": [_line(line) for line in root.all("QuotationLine/LineItem")],
        }
    )


def _despatch_advice(root: Node) -> Record:
    lines = root.all("DespatchLine")
    return present(
        {
            "document_no": root.text("ID"),
            "document_date": root.day("IssueDate"),
            "vendor": _name(root.first("DespatchSupplierParty/Party")),
            "customer": _name(root.first("DeliveryCustomerParty/Party")),
            "delivery_date": root.day(
                "Shipment/Delivery/ActualDeliveryDate",
                "Shipment/Delivery/EstimatedDeliveryPeriod/EndDate",
                "Shipment/Delivery/Despatch/ActualDespatchDate",
            ),
            "order_no": root.text("OrderReference/ID"),
            "line_items": [_goods(line) for line in lines],
        }
    )


def _goods(line: Node) -> Record:
    description = line.text("Item/Name", "Item/Description")
    return present({"description": description, "quantity": line.amount("DeliveredQuantity")})


_KINDS = {
    "Invoice": ("invoice", _invoice),
    "CreditNote": ("invoice", _invoice),
    "DebitNote": ("invoice", _invoice),
    "Order": ("purchase_order", _order),
    "OrderChange": ("purchase_order", _order),
    "OrderResponse": ("purchase_order", _order),
    "Quotation": ("sales_proposal", _quotation),
    "DespatchAdvice": ("delivery_note", _despatch_advice),
}
