"""Every type in eight languages and several layouts: nearly all is found, and hardly anything is wrong."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from flexorchd.engine.model import DOCUMENT_TYPES, Fields
from flexorchd.engine.steps.classify import classify
from flexorchd.engine.steps.fields import extract_fields
from flexorchd.engine.steps.language import detect_language

from .corpus import MAKERS, Made, documents
from .wording import LANGUAGES

TYPES = tuple(make.__name__ for make in MAKERS)
TABLES = ("line_items", "transactions")


@cache
def corpus() -> tuple[tuple[Made, Fields], ...]:
    return tuple(
        (made, extract_fields(made.content, made.document_type, made.language))
        for made in documents()
    )


def tally(kept: list[tuple[Made, Fields]], *, tables: bool) -> Counter[str]:
    counts: Counter[str] = Counter()
    for made, fields in kept:
        for name, expected in made.expected.items():
            if (name in TABLES) == tables:
                found = fields.values.get(name)
                counts[
                    "right" if found == expected else "missing" if found is None else "wrong"
                ] += 1
    return counts


@pytest.mark.parametrize("document_type", TYPES)
def test_fields_are_right_in_every_layout(document_type: str) -> None:
    counts = tally([c for c in corpus() if c[0].document_type == document_type], tables=False)
    assert counts["wrong"] == 0
    assert counts["right"] >= 0.99 * counts.total()


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_are_read_where_cells_are_apart(language: str) -> None:
    kept = [c for c in corpus() if c[0].language == language and "-plain-" not in c[0].name]
    counts = tally(kept, tables=True)
    assert counts["wrong"] == 0
    assert counts["right"] >= 0.98 * counts.total()


def test_tables_run_together_are_mostly_read_and_never_many_wrong() -> None:
    counts = tally([c for c in corpus() if "-plain-" in c[0].name], tables=True)
    assert counts["right"] >= 0.7 * counts.total()
    assert counts["wrong"] <= 0.2 * counts.total()


def test_every_value_says_how_it_was_found_and_how_sure_it_is() -> None:
    for _, fields in corpus():
        assert fields.methods.keys() == fields.confidence.keys() == fields.values.keys()
        assert all(0.5 <= confidence <= 1.0 for confidence in fields.confidence.values())
        assert fields.records == (fields.values,)
        assert all(value not in ("", [], None) for value in fields.values.values())
        assert set(fields.methods.values()) <= {"label", "table", "pattern", "position"}


@pytest.mark.parametrize("document_type", TYPES)
def test_expected_fields_of_a_complete_document_are_all_there(document_type: str) -> None:
    made, fields = next(c for c in corpus() if c[0].document_type == document_type)
    assert set(fields.expected) - set(fields.values) <= {"document_date"}, made.name


def test_type_and_language_are_told() -> None:
    for made, _ in corpus():
        assert detect_language(made.content.text) == made.language, made.name
        found = classify(made.content, "auto", made.language)
        assert found.document_type == made.document_type, (made.name, found)
        assert found.method == "keywords"
        assert found.evidence


def test_all_types_of_the_catalogue_are_known() -> None:
    for document_type in DOCUMENT_TYPES:
        assert extract_fields(corpus()[0][0].content, document_type, "en").expected
