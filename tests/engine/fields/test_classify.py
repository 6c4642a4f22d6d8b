"""Types: titles and what a document speaks of; thin evidence makes a general document."""

from __future__ import annotations

import pytest

from flexorchd.engine.model import DOCUMENT_TYPES, Content
from flexorchd.engine.steps.classify import classify


def kind(text: str, language: str = "en", title: str | None = None) -> str:
    return classify(Content("txt", text, title=title), "auto", language).document_type


@pytest.mark.parametrize("hint", DOCUMENT_TYPES)
def test_a_hint_is_taken_as_given(hint: str) -> None:
    found = classify(Content("txt", "INVOICE No. 5"), hint)
    assert (found.document_type, found.method, found.confidence) == (hint, "hint", 1.0)


@pytest.mark.parametrize(
    "text",
    [
        "Dear team,\nplease find the minutes of our meeting below. The invoice was discussed briefly.",
        "The quick brown fox jumps over the lazy dog.",
        "Chapter One\nIt was a contract with fate that nobody had signed.",
        "",
        "lorem ipsum dolor sit amet",
        "Our order policy: every order is checked twice before delivery, says the department.",
    ],
)
def test_thin_evidence_makes_a_general_document(text: str) -> None:
    assert kind(text) == "general"


def test_a_reference_to_another_document_is_not_the_title() -> None:
    text = "Rechnung\nBestellung: B-17\nLieferschein: L-3\nAngebot: A-9\nRechnungsnummer: 5\nBetrag 5,00 €"
    assert kind(text, "de") == "invoice"


def test_letters_apart_are_one_word() -> None:
    assert kind("R E C H N U N G\nRechnungsnummer 5\nRechnungsdatum 1.2.2026", "de") == "invoice"


def test_compounds_count_and_settlements_of_wages_are_no_invoices() -> None:
    assert (
        kind("Schlussrechnung\nUSt-IdNr. DE123456789\nRechnungsdatum 1.2.2026", "de") == "invoice"
    )
    assert kind("Gehaltsabrechnung\nSteuerklasse 1\nLohnsteuer 5,00", "de") == "payroll"


def test_a_title_of_the_file_counts() -> None:
    assert (
        kind("opening balance\nclosing balance\nsort code", title="Bank Statement")
        == "bank_statement"
    )


def test_the_evidence_is_kept_most_telling_first() -> None:
    found = classify(
        Content("txt", "PAYSLIP\nGross Pay 5.00\nNet Pay 4.00\nEmployer: X"), "auto", "en"
    )
    assert found.evidence[0] == "payslip"
    assert "gross pay" in found.evidence
    assert 0.5 < found.confidence <= 0.99
