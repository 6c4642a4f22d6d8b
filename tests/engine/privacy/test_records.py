"""Fields and records: what is masked in them and what stays right."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from flexorchd.engine.steps.privacy import Masker, find_pii, known_values, mask_record

TEXT = """Sayın Ayşe Yılmaz,
T.C. Kimlik No: 10000000146
IBAN: TR33 0006 1005 1978 6457 8413 26
Hesap sahibi: Xanthi Quagmür
Fatura No: 10000000146
"""


def mask(record, text=TEXT, strategy="token", locale="tr", language="tr"):
    masker = Masker(strategy, b"key")
    findings = find_pii(text, locale, language)
    masked_text = masker.mask_text(text, findings)
    return masked_text, *mask_record(record, masker, locale, language, known_values(text, findings))


def test_values_of_the_text_get_its_tokens_in_any_writing():
    text, record, count = mask({"iban": "TR330006100519786457841326", "vendor": "AYŞE YILMAZ"})
    assert "IBAN: <IBAN_TR_1>" in text
    assert record == {"iban": "<IBAN_TR_1>", "vendor": "<NAME_1>"}
    assert count == 2


def test_dates_amounts_currency_and_the_document_number_stay_right():
    record = {
        "document_no": "10000000146",
        "document_date": date(2025, 3, 14),
        "due_date": "14.03.2025",
        "total_amount": Decimal("10000000146.00"),
        "net_amount": "10000000146",
        "currency": "TRY",
        "line_items": [
            {"quantity": 10000000146, "unit_price": "5321234567", "total": Decimal("1.10")}
        ],
    }
    assert mask(record)[1:] == (record, 0)


def test_lists_and_tables_are_masked_at_any_depth():
    record = {
        "line_items": [
            {"description": "kira, ayse@ornek.com.tr", "detail": {"notes": ["0532 123 45 67"]}}
        ]
    }
    _, masked, count = mask(record)
    assert masked == {
        "line_items": [{"description": "kira, <EMAIL_1>", "detail": {"notes": ["<PHONE_TR_1>"]}}]
    }
    assert count == 2


def test_a_value_of_the_text_is_masked_inside_a_longer_one():
    _, masked, _ = mask({"transactions": [{"description": "HAVALE Xanthi Quagmür MART"}]})
    assert masked["transactions"][0]["description"] == "HAVALE <NAME_2> MART"


def test_people_are_masked_by_key_and_companies_stay():
    record = {
        "employee": "Zyx Wvu",
        "account_holder": "Acme GmbH",
        "vendor": "Acme GmbH",
        "customer": "Anna Schmidt",
    }
    _, masked, _ = mask(record, text="", strategy="redact", locale="de")
    assert masked == {
        "employee": "[MASKED_NAME]",
        "account_holder": "Acme GmbH",
        "vendor": "Acme GmbH",
        "customer": "[MASKED_NAME]",
    }


def test_an_account_is_masked_by_key_even_with_a_wrong_check():
    _, masked, _ = mask({"iban": "DE00 3704 0044 0532 0130 00"}, text="", strategy="redact")
    assert masked == {"iban": "[MASKED_IBAN_DE]"}


def test_a_tax_number_is_read_with_its_key_as_its_label():
    _, masked, _ = mask(
        {"vendor_tax_id": "1234567890", "customer_tax_id": "IT01234567890"},
        text="",
        strategy="redact",
    )
    assert masked == {"vendor_tax_id": "[MASKED_TAX_ID_TR]", "customer_tax_id": "IT01234567890"}


def test_the_record_itself_is_not_changed():
    record = {"parties": ["Ayşe Yılmaz"], "subject": "kira"}
    _, masked, _ = mask(record)
    assert record == {"parties": ["Ayşe Yılmaz"], "subject": "kira"}
    assert masked == {"parties": ["<NAME_1>"], "subject": "kira"}


def test_neighbouring_values_do_not_run_into_each_other():
    record = {"subject": "Tel", "title": "123456", "summary": "Vorname", "notes": "Zufall"}
    _, masked, count = mask(record, text="", locale="de")
    assert (masked, count) == (record, 0)
