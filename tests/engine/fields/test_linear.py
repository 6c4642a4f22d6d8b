"""No text takes more than linear time: four times as much of it, about four times as long."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from flexorchd.engine.model import Content
from flexorchd.engine.steps.classify import classify
from flexorchd.engine.steps.fields import extract_fields
from flexorchd.engine.steps.language import detect_language

TEXTS: dict[str, Callable[[int], str]] = {
    "one word": lambda n: "A" * n,
    "digits": lambda n: "1" * n,
    "groups of digits": lambda n: "123 " * (n // 4),
    "points": lambda n: "1.1." * (n // 4),
    "labels in a line": lambda n: "Total Invoice No: " * (n // 18),
    "labels in rows": lambda n: "Total\n" * (n // 6),
    "headings": lambda n: "Seller:\n" * (n // 8),
    "tabs": lambda n: "a\t" * (n // 2),
    "pipes": lambda n: "|" * n,
    "brackets": lambda n: "(" * n,
    "blanks": lambda n: " " * n + "x",
    "account numbers": lambda n: "DE89 " * (n // 5),
    "connectors": lambda n: "between and " * (n // 12),
}


def seconds(text: str) -> float:
    content = Content("txt", text)
    started = time.process_time()
    language = detect_language(text)
    classify(content, "auto", language)
    for document_type in ("invoice", "bank_statement", "contract", "general"):
        extract_fields(content, document_type, "en")
    return time.process_time() - started


@pytest.mark.parametrize("name", TEXTS)
def test_time_grows_with_the_text(name: str) -> None:
    seconds("warm up the dictionaries")
    small, large = (seconds(TEXTS[name](size)) for size in (5_000, 20_000))
    assert large < 4 * 2.5 * small + 0.2
