"""Numbers that name things: a checksum where there is one, and a form where there is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexorchd.engine.steps.fields.identifiers import ibans, is_iban, reference, tax_ids

from .wording import IBANS, VAT_IDS


def grouped(iban: str) -> str:
    return " ".join(iban[i : i + 4] for i in range(0, len(iban), 4))


@pytest.mark.parametrize("iban", IBANS.values())
def test_ibans_are_found_compact_and_in_groups_of_four(iban: str) -> None:
    for written in (iban, grouped(iban)):
        assert [found.value for found in ibans(f"IBAN: {written} BIC: COBADEFF")] == [iban]


@given(st.sampled_from(sorted(IBANS.values())), st.data())
def test_an_iban_with_one_wrong_digit_is_none(iban: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(2, len(iban) - 1).filter(lambda i: iban[i].isdigit()))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != iban[place]]))
    assert not is_iban(iban[:place] + digit + iban[place + 1 :])


def test_a_number_before_an_iban_does_not_hide_it() -> None:
    text = "BTW NL001234567B01 IBAN NL91ABNA0417164300"
    assert [found.value for found in ibans(text)] == ["NL91ABNA0417164300"]


@pytest.mark.parametrize("number", [n for pair in VAT_IDS.values() for n in pair])
def test_tax_numbers_are_read_with_and_without_blanks(number: str) -> None:
    assert next(tax_ids(f" {number}")).value == number
    assert next(tax_ids(f"{number[:2]} {number[2:5]} {number[5:]}")).value == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (": INV-2024/001 dated 1 May", "INV-2024/001"),
        ("n° 562044387 du 02", None),
        ("#10293", "10293"),
        (" FV 12/2024 z dnia", "FV 12/2024"),
        ("9314110911/00/M/00/N vom", "9314110911/00/M/00/N"),
        (" Kunde 12", None),
        ("", None),
        ("see below", None),
    ],
)
def test_document_numbers_have_a_digit_and_begin_at_once(text: str, number: str | None) -> None:
    found = reference(text)
    assert (found.value if found else None) == number
