"""E-invoices: each field is its business term, exactly, and not what usually has the same value."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from flexorchd.engine.model import Content, Fields
from flexorchd.engine.steps import einvoice
from flexorchd.engine.steps.classify import classify
from flexorchd.engine.steps.fields import extract_fields

from . import made_einvoices as made


def read(xml: str, document_type: str = "invoice") -> Fields:
    return extract_fields(Content("xml", "", einvoice=xml.encode()), document_type, "und")


def test_ubl_takes_each_business_term() -> None:
    assert read(made.UBL_INVOICE).values == {
        "document_no": "R-2026/17",
        "document_date": date(2026, 3, 5),
        "due_date": date(2026, 4, 4),
        "currency": "EUR",
        "vendor": "Lindner Werkzeuge GmbH",
        "vendor_tax_id": "DE123456789",
        "customer": "Hofmann & Söhne KG",
        "net_amount": Decimal("1000.00"),
        "tax_amount": Decimal("190.00"),
        "total_amount": Decimal("1190.00"),
        "amount_due": Decimal("1000.00"),
        "iban": "DE89370400440532013000",
        "line_items": [
            {
                "description": "Stahlwinkel",
                "quantity": Decimal(10),
                "unit_price": Decimal("115.3333"),
                "total": Decimal("1100.00"),
            }
        ],
    }


def test_without_a_vat_number_the_seller_has_his_other_one_and_the_buyer_none() -> None:
    values = read(made.UBL_INVOICE.replace("<cbc:ID>VAT</cbc:ID>", "<cbc:ID>LOC</cbc:ID>")).values
    assert values["vendor_tax_id"] == "201/113/40209"
    assert "customer_tax_id" not in values


def test_a_credit_note_keeps_its_signs_and_has_no_exponent() -> None:
    values = read(made.UBL_CREDIT_NOTE).values
    assert str(values["total_amount"]) == "-100"
    assert values["due_date"] == date(2026, 3, 20)
    assert values["line_items"] == [
        {"description": "Rückgabe", "quantity": Decimal(-2), "total": Decimal("-100.00")}
    ]


def test_in_turkiye_the_tax_number_is_an_identification() -> None:
    values = read(made.GIB_INVOICE).values
    assert (values["vendor"], values["vendor_tax_id"]) == ("Yıldız Makine A.Ş.", "1288331521")
    assert (values["customer"], values["customer_tax_id"]) == ("Ayşe Çelik", "12345678901")
    assert "total_amount" not in values


@pytest.mark.parametrize("xml", [made.CII_INVOICE, made.ZUGFERD_1])
def test_cii_and_zugferd_1_say_the_same(xml: str) -> None:
    assert read(xml).values == {
        "document_no": "471102",
        "document_date": date(2026, 3, 5),
        "due_date": date(2026, 4, 4),
        "currency": "EUR",
        "vendor": "Lieferant GmbH",
        "vendor_tax_id": "DE123456789",
        "customer": "Kunden AG",
        "net_amount": Decimal("193.77"),
        "tax_amount": Decimal("21.30"),
        "total_amount": Decimal("215.07"),
        "amount_due": Decimal("165.07"),
        "iban": "DE02120300000000202051",
        "line_items": [
            {
                "description": "Kunstrasen",
                "quantity": Decimal("3.0000"),
                "unit_price": Decimal("3.3333"),
                "total": Decimal("10.00"),
            }
        ],
    }


@pytest.mark.parametrize("xml", [made.FATTURAPA, made.FATTURAPA_BROKEN])
def test_fatturapa_has_a_record_for_each_body(xml: str) -> None:
    fields = read(xml)
    assert [record["document_no"] for record in fields.records] == ["7/A", "7/B"]
    assert fields.values == fields.records[0]
    assert fields.values["vendor"] == "Officine Rossi"
    assert fields.values["vendor_tax_id"] == "IT01234567890"
    assert fields.values["customer"] == "Mario Rossi"
    amounts = ("net_amount", "tax_amount", "total_amount", "amount_due")
    assert [str(fields.values[name]) for name in amounts] == ["100.00", "22.00", "122.00", "102.00"]
    assert fields.values["iban"] == "IT60X0542811101000000123456"


def test_a_total_that_fatturapa_does_not_state_is_absent() -> None:
    xml = made.FATTURAPA.replace("<ImportoTotaleDocumento>122.00</ImportoTotaleDocumento>", "")
    assert "total_amount" not in read(xml).values


def test_simplified_fatturapa_states_amounts_with_tax() -> None:
    values = read(made.SIMPLIFIED).values
    assert (values["vendor"], values["customer_tax_id"]) == ("Bar Sport", "IT09876543210")
    amounts = ("net_amount", "tax_amount", "total_amount")
    assert [str(values[name]) for name in amounts] == ["20.00", "2.00", "22.00"]


def test_a_despatch_advice_is_a_delivery_note() -> None:
    content = Content("xml", "", einvoice=made.DESPATCH_ADVICE.encode())
    assert classify(content).document_type == "delivery_note"
    values = extract_fields(content, "delivery_note", "tr").values
    assert (values["document_no"], values["order_no"]) == ("IRS1", "PO-9")
    assert values["line_items"] == [{"description": "Masa", "quantity": Decimal(20)}]


def test_fields_of_an_einvoice_say_so() -> None:
    fields = read(made.UBL_INVOICE)
    assert set(fields.methods.values()) == {"einvoice"}
    assert set(fields.confidence.values()) == {1.0}
    found = classify(Content("xml", "", einvoice=made.UBL_INVOICE.encode()))
    assert (found.document_type, found.method, found.evidence) == (
        "invoice",
        "einvoice",
        ("UBL Invoice",),
    )


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"no xml",
        b"<Invoice/>",
        b"<html><body>Invoice</body></html>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><Invoice><ID>&a;</ID></Invoice>',
        b"<Order><Customer>x</Customer></Order>",
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_einvoice_is_not_taken_for_one(xml: bytes) -> None:
    assert einvoice.read(xml) is None
    assert classify(Content("xml", "", einvoice=xml)).method == "keywords"


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1e999999", "12,50", "twelve", ""])
def test_what_is_no_number_is_no_amount(amount: str) -> None:
    xml = made.UBL_INVOICE.replace('currencyID="EUR">1190.00<', f'currencyID="EUR">{amount}<')
    assert "total_amount" not in read(xml).values


def test_a_hint_of_another_type_reads_the_text_instead() -> None:
    content = Content("pdf", "Effective Date: 1 May 2026", einvoice=made.UBL_INVOICE.encode())
    values = extract_fields(content, "contract", "en").values
    assert values == {"effective_date": date(2026, 5, 1)}
