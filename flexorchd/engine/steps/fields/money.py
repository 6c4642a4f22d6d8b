"""The currency of a document."""

from __future__ import annotations

from collections import Counter

from flexorchd.engine.steps.fields.candidates import Candidate, labelled
from flexorchd.engine.steps.fields.currency import CODES, code_of, named_currency, settle
from flexorchd.engine.steps.fields.near import Kind, Piece
from flexorchd.engine.steps.fields.page import words
from flexorchd.engine.steps.fields.reading import Reading


def currency(reading: Reading) -> Candidate | None:
    """The currency that the document names, else the one that stands beside its amounts."""
    named = [
        Candidate(near.value, confidence, "label", near.cell)
        for near, confidence in labelled(reading, {"currency": 1.0}, Kind(_codes, _codes))
        if confidence >= 0.5
    ]
    if named:
        return max(named, key=lambda candidate: candidate.confidence)
    text = reading.text
    beside = Counter(
        code
        for row in reading.page.rows
        for cell in row
        for amount in reading.numbers.amounts(cell.text)
        if amount.currency and (code := settle(amount.currency, reading.language, text))
    )
    if beside:
        code, count = beside.most_common(1)[0]
        share = count / beside.total()
        return Candidate(code, 0.5 + 0.45 * share, "pattern") if share > 0.5 else None
    spelled = named_currency(text) or _only_code(text)
    return Candidate(spelled, 0.65, "pattern") if spelled else None


def _only_code(text: str) -> str | None:
    """The ISO code that stands somewhere in the text, if it is the only one."""
    codes = {code for word in words(text) if (code := text[word.start : word.end]) in CODES}
    return codes.pop() if len(codes) == 1 else None


def _codes(text: str) -> list[Piece[str]]:
    """The code or sign that comes first in a text."""
    stripped = text.strip(" .:()-")
    head = stripped.split(" ", 1)[0] if stripped else ""
    code = code_of(head.strip("().,;"))
    if code is None:
        first = next(words(stripped), None)
        code = code_of(stripped[first.start : first.end]) if first else None
    return [Piece(code, 0, len(text))] if code and len(code) == 3 else []
