"""Amounts: exact in every writing, and none where the document does not tell which it is."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexorchd.engine.steps.fields.amounts import NumberStyle

AMOUNTS = st.decimals(min_value=0, max_value=Decimal("99999999.99"), places=2)
WRITINGS = {
    "1,234.56": (",", "."),
    "1.234,56": (".", ","),
    "1'234.56": ("'", "."),
    "1234,56": ("", ","),
}


def written(amount: Decimal, group: str, point: str) -> str:
    whole, _, cents = f"{amount:,.2f}".partition(".")
    return whole.replace(",", group) + point + cents


def first(text: str, language: str = "und", locale: str = "und") -> Decimal | None:
    style = NumberStyle.of(text, locale, language)
    return next((amount.value for amount in style.amounts(text)), None)


@pytest.mark.parametrize("writing", WRITINGS)
@given(amount=AMOUNTS)
def test_an_amount_with_cents_is_read_exactly_in_any_language(
    writing: str, amount: Decimal
) -> None:
    assert first(f"Total: {written(amount, *WRITINGS[writing])} EUR") == amount


@given(amount=AMOUNTS)
def test_blanks_group_where_the_language_does_so(amount: Decimal) -> None:
    assert first(f"{written(amount, ' ', ',')} zł", "pl") == amount


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-12,50", "-12.50"),
        ("- 12,50 €", "-12.50"),
        ("12,50-", "-12.50"),
        ("€ -12,50", "-12.50"),
        ("-€12.50", "-12.50"),
        ("(12.50)", "-12.50"),
        ("($12.50)", "-12.50"),
        ("12,50 €", "12.50"),
        ("CHF 1'000.00", "1000.00"),
        ("1,23,456.00", "123456.00"),
        ("29.99€TTC", "29.99"),
        ("EUR34,73", "34.73"),
    ],
)
def test_signs_and_currencies_may_stand_before_and_behind(text: str, value: str) -> None:
    assert first(text) == Decimal(value)


def test_what_is_ambiguous_is_decided_by_the_document() -> None:
    assert list(values("1.234 EUR\n56,78 EUR")) == [Decimal(1234), Decimal("56.78")]
    assert list(values("1.234 EUR\n56.78 EUR")) == [Decimal("1.234"), Decimal("56.78")]


def values(text: str) -> list[Decimal]:
    return [amount.value for amount in NumberStyle.of(text).amounts(text)]


def test_what_stays_ambiguous_is_no_amount() -> None:
    assert first("1.234 EUR") is None
    assert first("1,234 EUR") is None


def test_locale_and_language_tell_thousands_but_never_fractions_of_three_digits() -> None:
    assert first("1.234 EUR", locale="de") == 1234
    assert first("1,234 USD", language="en") == 1234
    assert first("1,234 EUR", locale="de") is None


@pytest.mark.parametrize(
    "text",
    ["INV-2024-001", "192.168.1.20", "14.03.2026", "12:30", "2024/17", "A123", "100ml", "1.2.3"],
)
def test_references_dates_and_times_are_no_money(text: str) -> None:
    assert not [a for a in NumberStyle.of(text, language="de").amounts(text) if a.is_money]


@pytest.mark.parametrize("text", ["19 %", "%18", "7,5%"])
def test_rates_are_told_from_amounts(text: str) -> None:
    (amount,) = NumberStyle.of(text, language="tr").amounts(text)
    assert amount.percent
    assert not amount.is_money


def test_an_amount_behind_a_rate_is_an_amount() -> None:
    amounts = list(NumberStyle.of("MwSt. 19 % 931,25 €").amounts("MwSt. 19 % 931,25 €"))
    assert [(a.value, a.is_money) for a in amounts] == [
        (Decimal(19), False),
        (Decimal("931.25"), True),
    ]


@given(st.text(alphabet="0123456789.,' -€$%()", max_size=60))
def test_no_text_breaks_the_reader_and_what_it_reads_has_no_exponent(text: str) -> None:
    for amount in NumberStyle.of(text, language="fr").amounts(text):
        assert "E" not in str(amount.value)
        assert 0 <= amount.start < amount.end <= len(text)
