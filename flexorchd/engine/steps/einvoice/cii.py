"""UN/CEFACT Cross Industry Invoice: XRechnung, ZUGFeRD 1 and 2, Factur-X, and Order-X."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from flexorchd.engine.model import Record
from flexorchd.engine.steps.einvoice.document import EDocument, account, present
from flexorchd.engine.steps.einvoice.node import Node

# ZUGFeRD 1 names many elements otherwise than the later versions; each pair means the same.
_DOCUMENT = "ExchangedDocument|HeaderExchangedDocument"
_TRANSACTION = "SupplyChainTradeTransaction|SpecifiedSupplyChainTradeTransaction"
_AGREEMENT = "ApplicableHeaderTradeAgreement|ApplicableSupplyChainTradeAgreement"
_SELLER = f"{_AGREEMENT}/SellerTradeParty"
_BUYER = f"{_AGREEMENT}/BuyerTradeParty"
_DELIVERY = "ApplicableHeaderTradeDelivery|ApplicableSupplyChainTradeDelivery"
_SETTLEMENT = "ApplicableHeaderTradeSettlement|ApplicableSupplyChainTradeSettlement"
_TOTALS = (
    "SpecifiedTradeSettlementHeaderMonetarySummation|SpecifiedTradeSettlementMonetarySummation"
)
_LINE_AGREEMENT = "SpecifiedLineTradeAgreement|SpecifiedSupplyChainTradeAgreement"
_LINE_DELIVERY = "SpecifiedLineTradeDelivery|SpecifiedSupplyChainTradeDelivery"
_LINE_SETTLEMENT = "SpecifiedLineTradeSettlement|SpecifiedSupplyChainTradeSettlement"
_LINE_TOTALS = (
    "SpecifiedTradeSettlementLineMonetarySummation|SpecifiedTradeSettlementMonetarySummation"
)


def read(root: Node) -> EDocument | None:
    """The document, or None where the root is none of CII's."""
    if root.name in ("CrossIndustryInvoice", "CrossIndustryDocument"):
        return EDocument("invoice", root.name, (_invoice(root),))
    if root.name == "SCRDMCCBDACIOMessageStructure":
        return EDocument("purchase_order", "Order-X", (_order(root),))
    return None


def _invoice(root: Node) -> Record:
    transaction = root.first(_TRANSACTION) or root
    settlement = transaction.first(_SETTLEMENT) or root
    totals = settlement.first(_TOTALS) or root
    currency = settlement.text("InvoiceCurrencyCode")
    terms = "SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString"
    return present(
        {
            **_heading(root),
            "due_date": settlement.day(terms),
            "currency": currency,
            "vendor": transaction.text(f"{_SELLER}/Name"),
            "vendor_tax_id": _tax_id(transaction, _SELLER, "VA", "FC"),
            "customer": transaction.text(f"{_BUYER}/Name"),
            "customer_tax_id": _tax_id(transaction, _BUYER, "VA"),
            "net_amount": totals.amount("TaxBasisTotalAmount"),
            "tax_amount": _tax(totals, currency),
            "total_amount": totals.amount("GrandTotalAmount"),
            "amount_due": totals.amount("DuePayableAmount"),
            "iban": _iban(settlement),
            "line_items": list(_lines(transaction, "BilledQuantity")),
        }
    )


def _order(root: Node) -> Record:
    transaction = root.first(_TRANSACTION) or root
    settlement = transaction.first(_SETTLEMENT) or root
    requested = "RequestedDeliverySupplyChainEvent/OccurrenceDateTime/DateTimeString"
    return present(
        {
            **_heading(root),
            "currency": settlement.text("OrderCurrencyCode"),
            "buyer": transaction.text(f"{_BUYER}/Name"),
            "vendor": transaction.text(f"{_SELLER}/Name"),
            "delivery_date": transaction.day(f"{_DELIVERY}/{requested}"),
            "total_amount": settlement.amount(f"{_TOTALS}/GrandTotalAmount"),
            "line_items": list(_lines(transaction, "RequestedQuantity")),
        }
    )


def _heading(root: Node) -> Record:
    return present(
        {
            "document_no": root.text(f"{_DOCUMENT}/ID"),
            "document_date": root.day(f"{_DOCUMENT}/IssueDateTime/DateTimeString"),
        }
    )


def _tax_id(transaction: Node, party: str, *schemes: str) -> str | None:
    nodes = list(transaction.all(f"{party}/SpecifiedTaxRegistration/ID"))
    for scheme in schemes:
        for node in nodes:
            if node.attribute("schemeID").upper() == scheme and node.own_text():
                return node.own_text()
    return None


def _tax(totals: Node, currency: str | None) -> Decimal | None:
    """BT-110: the tax total in the document's currency, not the one for accounting (BT-111)."""
    nodes = totals.all("TaxTotalAmount")
    own = (node for node in nodes if node.attribute("currencyID") in (currency, ""))
    return next((value for node in own if (value := node.own_amount()) is not None), None)


def _iban(settlement: Node) -> str | None:
    accounts = settlement.all(
        "SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount"
    )
    found = (account(node.text("IBANID", "ProprietaryID")) for node in accounts)
    return next((iban for iban in found if iban), None)


def _lines(transaction: Node, quantity: str) -> Iterator[Record]:
    for line in transaction.all("IncludedSupplyChainTradeLineItem"):
        price = f"{_LINE_AGREEMENT}/NetPriceProductTradePrice/ChargeAmount"
        record = present(
            {
                "description": line.text("SpecifiedTradeProduct/Name"),
                "quantity": line.amount(f"{_LINE_DELIVERY}/{quantity}"),
                "unit_price": line.amount(price),
                "total": line.amount(f"{_LINE_SETTLEMENT}/{_LINE_TOTALS}/LineTotalAmount"),
            }
        )
        # A line of ZUGFeRD can be a mere note.
        if record:
            yield record
