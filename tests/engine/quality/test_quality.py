"""Scores, grades and warnings of extractions."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexorchd.engine.model import Classification, Content, Fields
from flexorchd.engine.steps.quality import score

LETTER = """Dear Mrs Anderson,

thank you for your letter of 12 March. We have looked into the delivery and found that two boxes were left
at the depot in Leeds. They will reach you on Thursday, and we have taken the freight off your next bill.

Kind regards,
Peter Hughes
"""
GENERAL = Classification("general", "keywords", 0.5)
INVOICE = Classification("invoice", "keywords", 0.9)
EXPECTED = ("vendor", "document_no", "document_date", "total_amount", "currency", "line_items")
FILLED = {
    "vendor": "Acme GmbH",
    "document_no": "2025-00417",
    "document_date": "2025-03-14",
    "total_amount": Decimal("119.00"),
    "currency": "EUR",
    "line_items": [{"description": "Desk", "total": Decimal("100.00")}],
}


def general(text: str, **content):
    return score(Content(content.pop("kind", "txt"), text, **content), Fields({}), GENERAL)


def invoice(values, **content):
    return score(Content("pdf", LETTER, **content), Fields(values, expected=EXPECTED), INVOICE)


def test_a_clean_letter_is_an_a_without_warnings():
    quality = general(LETTER)
    assert (quality.grade, quality.warnings, quality.field_fill_rate) == ("A", (), None)


def test_a_well_filled_invoice_is_an_a():
    quality = invoice(FILLED)
    assert (quality.grade, quality.field_fill_rate, quality.warnings) == ("A", 1.0, ())


def test_missing_fields_cost_and_are_named():
    quality = invoice({"vendor": "Acme GmbH", "currency": "EUR", "line_items": []})
    assert quality.grade in ("B", "C")
    assert quality.field_fill_rate == pytest.approx(2 / 6, abs=0.001)
    assert "document no, document date, total amount, line items" in quality.warnings[-1]


def test_each_further_field_raises_the_score():
    scores = [invoice(dict(list(FILLED.items())[:count])).score for count in range(len(FILLED) + 1)]
    assert scores == sorted(scores)
    assert len(set(scores)) == len(scores)


@pytest.mark.parametrize(
    "text",
    [
        "@@@###!!!" * 100,
        "@@@### " * 100,
        "asdf qwer " * 100,
        "asdf qwer jkl; uiop zxcv",
        "xkqz wvbn trjk pqfg",
    ],
)
def test_gibberish_is_no_good_grade(text):
    quality = general(text)
    assert quality.grade in ("C", "D")
    assert quality.warnings


def test_noise_above_a_fifth_is_never_an_a():
    words = LETTER.split()
    noisy = " ".join(word if place % 3 else "@#%&~^!" for place, word in enumerate(words))
    quality = general(noisy)
    assert 0.20 < quality.noise < 0.50
    assert quality.grade in ("B", "C")
    assert "Part of the text" in quality.warnings[0]


def test_an_unsure_ocr_caps_at_c():
    sure, unsure = general(LETTER, ocr_confidence=0.95), general(LETTER, ocr_confidence=0.69)
    assert sure.grade == "A"
    assert (unsure.grade, unsure.ocr_confidence) == ("C", 0.69)
    assert "300 dpi" in unsure.warnings[0]


def test_a_document_without_text_has_no_points():
    quality = general(" \n", kind="pdf")
    assert (quality.score, quality.grade) == (0.0, "D")
    assert quality.warnings == ("No text could be read from this document.",)


def test_pages_without_text_cost():
    quality = general("A single line of text on a cover.", kind="pdf", page_count=12)
    assert quality.grade != "A"
    assert "very little text" in quality.warnings[0]


def test_what_the_extraction_warned_of_costs_and_is_passed_on():
    quality = general(LETTER, warnings=("Page 3 could not be read.",))
    assert quality.score < 100
    assert "Page 3 could not be read." in quality.warnings


@given(
    st.text(max_size=200),
    st.one_of(st.none(), st.floats(0, 1)),
    st.integers(1, 50),
    st.lists(st.text(max_size=20), max_size=8),
    st.sets(st.sampled_from(EXPECTED)),
)
def test_any_extraction_gets_a_score_and_the_grade_that_belongs_to_it(
    text, confidence, pages, warnings, names
):
    content = Content(
        "pdf", text, ocr_confidence=confidence, page_count=pages, warnings=tuple(warnings)
    )
    quality = score(
        content, Fields({name: FILLED[name] for name in names}, expected=EXPECTED), INVOICE
    )
    assert 0.0 <= quality.score <= 100.0
    least = {"A": 85, "B": 65, "C": 45, "D": 0}[quality.grade]
    assert quality.score >= least
    if confidence is None or confidence >= 0.7:
        assert quality.score < {"A": 101, "B": 85, "C": 65, "D": 45}[quality.grade]
    else:
        assert quality.grade in ("C", "D")
