"""What holds for any text: offsets, nothing lost, nothing left, work in proportion to the length."""

from __future__ import annotations

from itertools import pairwise
from statistics import median
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexorchd.engine.model import Finding
from flexorchd.engine.steps.privacy import Masker, find_pii
from tests.engine.privacy.test_find import CATALOGUE, EXAMPLES

SNIPPETS = st.sampled_from(
    [
        *(sentence.format(value) for _, value, _, sentence in EXAMPLES),
        "Name:\t",
        "\nTel\n",
        "IBAN\tName\tTel\n",
        "Herr ",
        "Dear ",
        "+49 ",
        "\n\n",
        "\t",
        "1 234,50 €",
        "İ",
        "\u0307",
        "🎉",
        "\0",
        "\u2028",
    ]
)
TEXTS = st.lists(
    st.one_of(SNIPPETS, st.text(max_size=8), st.text("0123456789 .-/+()@:", max_size=24)),
    max_size=12,
)
LOCALES = st.sampled_from(
    ["und", "tr", "de", "en", "fr", "it", "nl", "es", "pl", "pt", "sv", "da", "fi", "be", "xx"]
)


@given(TEXTS.map("".join), LOCALES)
@settings(max_examples=250, deadline=None)
def test_findings_are_sorted_apart_inside_the_text_and_of_the_catalogue(text, locale):
    findings = find_pii(text, locale)
    assert all(f.type in CATALOGUE for f in findings)
    assert all(0 <= f.start < f.end <= len(text) for f in findings)
    assert all(a.end <= b.start for a, b in pairwise(findings))
    assert all(text[f.start : f.end].strip() for f in findings)


@given(TEXTS.map("".join), LOCALES, st.sampled_from(["redact", "token", "hash", "replace"]))
@settings(max_examples=150, deadline=None)
def test_a_masked_text_keeps_the_rest_in_order(text, locale, strategy):
    findings = find_pii(text, locale)
    masked = Masker(strategy, b"key").mask_text(text, findings)
    at = last = 0
    for finding in [*findings, Finding(len(text), len(text), "")]:
        kept = text[last : finding.start]
        assert masked.startswith(kept, at) or kept in masked[at:]
        at = masked.index(kept, at) + len(kept)
        last = finding.end


@given(TEXTS.map("\n".join), LOCALES)
@settings(max_examples=150, deadline=None)
def test_a_masked_text_holds_no_number_that_was_found(text, locale):
    findings = find_pii(text, locale)
    masked = Masker("redact", b"key").mask_text(text, findings)
    values = {text[f.start : f.end] for f in findings if f.type != "name" and f.end - f.start > 8}
    assert not {value for value in values if f" {value} " in f" {masked} "}


@given(st.lists(SNIPPETS, max_size=8).map("\n".join), LOCALES)
@settings(max_examples=100, deadline=None)
def test_masking_twice_is_masking_once(text, locale):
    once = Masker("redact", b"key").mask_text(text, find_pii(text, locale))
    twice = Masker("redact", b"key").mask_text(once, find_pii(once, locale))
    assert twice == once


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=6))
def test_masking_any_findings_loses_nothing_of_the_rest(text, places):
    findings, last = [], 0
    for start, length in sorted(places):
        if start >= last and start + length <= len(text):
            findings.append(Finding(start, start + length, "email"))
            last = start + length
    masked = Masker("redact", b"").mask_text(text, findings)
    hidden = {at for f in findings for at in range(f.start, f.end)}
    rest = "".join(char for at, char in enumerate(text) if at not in hidden)
    assert masked.replace("[MASKED_EMAIL]", "") == rest.replace("[MASKED_EMAIL]", "")


HOSTILE = [
    "SGK" + " " * 200, "Ad" + " " * 200, "a.", "a.a@", "+1", "1.1.", "1 ", "0(", "Aa ", "Name: ", "DE12",
    "\n", ";1", "Tel\t1\n", "Name\tTel\tIBAN\n", "A'", "::", "1:2:", "01.", "Sayın Ay ", "Dear Mr ", "x",
    "532 123 45 67 ", "Herr von der ", "12/", "€1", "\u00a01",
]  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
def test_time_grows_with_the_text_and_no_faster(unit):
    def cost(size: int) -> float:
        text = (unit * (size // len(unit) + 1))[:size]
        times = []
        for _ in range(3):
            started = process_time()
            find_pii(text)
            times.append(process_time() - started)
        return median(times)

    find_pii("warm up")
    small, large = cost(4_000), cost(16_000)
    assert large < 10 * small + 0.05
