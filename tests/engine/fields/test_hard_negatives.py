"""What looks like a field and is none: no value is better than a wrong one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from flexorchd.engine.model import Content, Fields
from flexorchd.engine.steps.fields import extract_fields


def invoice(text: str, language: str = "en") -> Fields:
    return extract_fields(Content("txt", text), "invoice", language)


def test_a_phone_number_or_a_customer_number_is_no_document_number() -> None:
    found = invoice("INVOICE\nPhone: 555-0132\nCustomer No: 77812\nFax 555 0133\nTotal: $10.00")
    assert "document_no" not in found.values


def test_an_invoice_that_mentions_an_order_keeps_them_apart() -> None:
    found = invoice(
        "Rechnung\nIhre Bestellung Nr. 4711 vom 01.02.2026\nRechnungsnr. 99\nSumme 5,00 €", "de"
    )
    assert found.values["document_no"] == "99"
    assert "document_date" not in found.values


def test_due_delivery_and_invoice_dates_keep_their_places() -> None:
    text = (
        "Invoice Date\tDelivery Date\tDue Date\n2026-03-05\t2026-03-02\t2026-04-04\nInvoice No\n17"
    )
    found = invoice(text)
    assert found.values["document_date"] == date(2026, 3, 5)
    assert found.values["due_date"] == date(2026, 4, 4)


def test_a_document_is_not_due_before_it_is_issued() -> None:
    found = invoice(
        "Invoice Date: 2026-03-05\nin two parts, payment due by 2026-01-01 and later\nNo: 5"
    )
    assert found.values["document_date"] == date(2026, 3, 5)
    assert "due_date" not in found.values


def test_subtotal_total_and_amount_due_are_three_things() -> None:
    found = invoice(
        "Subtotal\t$100.00\nTax\t$8.00\nTotal\t$108.00\nPaid\t$50.00\nAmount Due\t$58.00"
    )
    assert found.values["net_amount"] == Decimal("100.00")
    assert found.values["total_amount"] == Decimal("108.00")
    assert found.values["amount_due"] == Decimal("58.00")


def test_what_is_due_after_a_payment_is_not_the_total() -> None:
    found = invoice("Paid on account\t$50.00\nPayments received\t$50.00\nBalance Due\t$58.00")
    assert "total_amount" not in found.values


def test_amounts_that_contradict_each_other_are_not_all_given() -> None:
    found = invoice("Subtotal\t$100.00\nVAT\t$8.00\nTotal\t$250.00")
    assert {"net_amount", "tax_amount", "total_amount"} - set(found.values)


def test_the_recipient_is_not_the_vendor() -> None:
    found = invoice(
        "Bill To:\nGlobex Corporation Ltd\n1 High Street\n\nInvoice No: 8\nTotal: £5.00"
    )
    assert found.values["customer"] == "Globex Corporation Ltd"
    assert "vendor" not in found.values


def test_a_price_list_in_prose_has_no_total() -> None:
    found = invoice(
        "We sell tea for $5.00 and coffee for $6.00, and the total experience is priceless."
    )
    assert "total_amount" not in found.values


def test_an_iban_of_the_payer_is_not_the_one_to_pay_into() -> None:
    text = "Der Betrag wird von Ihrem Konto DE89370400440532013000 eingezogen.\nRechnung Nr. 5"
    assert "iban" not in invoice(text, "de").values


def test_an_iban_with_a_wrong_checksum_is_left_out() -> None:
    assert "iban" not in invoice("IBAN: DE89370400440532013001").values


@pytest.mark.parametrize(
    ("line", "concept"),
    [
        ("Date of associated invoice: 01/01/2026", "en"),
        ("DATE DE FACTURE ASSOCIÉE : 01/01/2026", "fr"),
    ],
)
def test_the_date_of_another_invoice_does_not_win(line: str, concept: str) -> None:
    found = invoice(f"Facture N° : 77\nDate : 31/01/2026\n{line}", "fr")
    assert found.values["document_date"] == date(2026, 1, 31), concept


def test_a_column_of_dates_is_no_date_of_the_document() -> None:
    text = (
        "EXPENSE REPORT\nDate\tCategory\tAmount\n2026-03-09\tHotel\t120.00\n2026-03-10\tTaxi\t34.50"
    )
    assert (
        "document_date" not in extract_fields(Content("txt", text), "expense_report", "en").values
    )


def test_a_balance_tells_debits_from_credits_and_nothing_else_does() -> None:
    rows = "Date\tDescription\tDebit\tCredit\n2026-03-09\tRent\t800.00\n2026-03-10\tPay\t900.00"
    found = extract_fields(Content("txt", f"BANK STATEMENT\n{rows}"), "bank_statement", "en")
    assert "transactions" not in found.values


def test_an_empty_document_has_no_fields() -> None:
    for document_type in ("invoice", "bank_statement", "contract", "general"):
        found = extract_fields(Content("txt", ""), document_type, "und")
        assert found.values == {}
        assert found.records == ()
