"""flexorch-audit behind its wrapper: bounded, under the service's names, without its false alarms."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from flexorchd.engine.steps.privacy import audit, find_pii
from flexorchd.engine.steps.privacy.windows import lines_with, squeeze, windows


def test_long_white_space_is_shortened_and_offsets_lead_back():
    text = "a" + " " * 50 + "b\n\n\n\n\n\n\nc"
    squeezed = squeeze(text)
    assert squeezed.text == "a    b\n\n\n\nc"
    assert [text[squeezed.original(at)] for at in range(len(squeezed.text))] == list(squeezed.text)


@given(st.text("ab \n\t", max_size=400), st.integers(20, 60), st.integers(1, 9))
def test_windows_cover_the_text_and_stay_small(text, size, overlap):
    shown = list(windows(text, size, overlap))
    covered = {at for start, window in shown for at in range(start, start + len(window))}
    assert covered == set(range(len(text)))
    assert all(
        text[start : start + len(window)] == window and len(window) <= size
        for start, window in shown
    )
    assert sum(len(window) for _, window in shown) <= 4 * len(text) + size


@given(st.text("abc\n", max_size=60))
def test_lines_with_a_pattern_are_found_whole_and_once(text):
    spans = list(lines_with(re.compile("ab|c"), text))
    lines = [line for start, end in spans for line in text[start:end].split("\n")]
    assert lines == [line for line in text.split("\n") if "ab" in line or "c" in line]


def test_a_value_across_a_windows_edge_is_found():
    text = ("Lorem ipsum dolor 12345678 " * 300) + "an a.b@example.org " + ("0 " * 2000)
    assert "email" in {finding.type for finding in audit.look(text)}
    assert [text[f.start : f.end] for f in find_pii(text) if f.type == "email"] == [
        "a.b@example.org"
    ]


def test_types_that_the_service_does_not_have_are_left_out():
    text = "Kadıköy 34710 İstanbul, Anadolu Sanayi A.Ş., Mersis 1234567890123456, EIN 12-3456789, PO-77812"
    assert {f.type for f in find_pii(text, "tr")} <= {"tax_id_tr"}


def test_keys_that_resemble_others_are_no_alarm():
    assert find_pii("batch_id match_score switch etc TC") == []
