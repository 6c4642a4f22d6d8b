"""What kind of document it is, with the evidence.

A document mostly says so itself: in its title, in large letters, near the top. What it speaks of
further down (amounts due, opening balances, notice periods) settles the rest. Where the evidence is
thin it is a general document.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from flexorchd.engine.model import DOCUMENT_TYPES, Classification, Content
from flexorchd.engine.steps import einvoice
from flexorchd.engine.steps.fields import lexicon
from flexorchd.engine.steps.fields.lexicon import Term
from flexorchd.engine.steps.fields.page import Cell, Page, Row, Word, words
from flexorchd.engine.steps.fields.phrases import Match, Phrases

_TITLE_ROWS = 20
_TITLE_WORDS = 9
_READ_ROWS = 400
_ALONE, _LEADING, _INSIDE, _LATER = 10.0, 6.0, 2.0, 0.5
_OWN_TITLE = 6.0
_SIGN = 1.0
_MOST_SIGNS = 9.0
_FOREIGN = 0.5
_ENOUGH = 5.0
_SURE = 14.0
_MOST_EVIDENCE = 8


@dataclass(slots=True)
class _Case:
    """What speaks for one type."""

    titles: dict[str, float] = field(default_factory=dict)
    signs: dict[str, float] = field(default_factory=dict)

    @property
    def score(self) -> float:
        """The best title counts whole, further ones little; signs count up to a limit."""
        best = max(self.titles.values(), default=0.0)
        others = min(2.0, 0.2 * (sum(self.titles.values()) - best))
        return best + others + min(_MOST_SIGNS, sum(self.signs.values()))

    @property
    def evidence(self) -> tuple[str, ...]:
        """The words that decided, most telling first."""
        weighed = {**self.signs, **self.titles}
        return tuple(sorted(weighed, key=lambda word: -weighed[word]))[:_MOST_EVIDENCE]


def classify(content: Content, hint: str = "auto", language: str = "und") -> Classification:
    """The type of a document.

    Args:
        content: the document.
        hint: ``auto``, or a type, which is taken as given.
        language: the document's language, or ``und``.
    """
    if hint in DOCUMENT_TYPES:
        return Classification(hint, "hint", 1.0, ("given with the document",))
    structured = einvoice.read(content.einvoice)
    if structured is not None:
        return Classification(structured.document_type, "einvoice", 1.0, (structured.syntax,))
    cases = _cases(content, language)
    ranked = sorted(cases.items(), key=lambda case: -case[1].score)
    if not ranked or ranked[0][1].score < _ENOUGH:
        return Classification("general", "keywords", 0.5, ranked[0][1].evidence if ranked else ())
    (name, case), *others = ranked
    rival = others[0][1].score if others else 0.0
    return Classification(name, "keywords", _confidence(case.score, rival), case.evidence)


def _confidence(score: float, rival: float) -> float:
    """How far ahead the type is, and how much speaks for it at all."""
    ahead = (score - rival) / score
    return round(min(0.99, 0.5 + 0.3 * ahead + 0.2 * min(1.0, score / _SURE)), 2)


def _cases(content: Content, language: str) -> dict[str, _Case]:
    cases: dict[str, _Case] = defaultdict(_Case)
    page = Page.of(content.text)
    for match, phrase in _found(_phrases(signs=False), tuple(words(content.title or ""))):
        for name, own in _meant(match, language):
            _raise(cases[name].titles, phrase, own * _OWN_TITLE)
    for row in page.rows[:_READ_ROWS]:
        for cell in row:
            text = _unspaced(cell.words)
            for match, phrase in _found(_phrases(signs=False), text):
                weight = _title_weight(row, cell, match, text)
                for name, own in _meant(match, language):
                    _raise(cases[name].titles, phrase, own * weight)
            for match, phrase in _found(_phrases(signs=True), text):
                for name, own in _meant(match, language):
                    _raise(cases[name].signs, phrase, own * _SIGN)
    return cases


def _found(phrases: Phrases[Term], text: tuple[Word, ...]) -> Iterator[tuple[Match[Term], str]]:
    for match in phrases.find(text):
        yield match, " ".join(word.key for word in text[match.start : match.end])


def _meant(match: Match[Term], language: str) -> Iterator[tuple[str, float]]:
    """The types that a phrase speaks for, in the document's own language more than in others."""
    for term in match.meanings:
        own = language in (term.language, "und")
        yield term.concept.removesuffix("+"), 1.0 if own else _FOREIGN


def _raise(weights: dict[str, float], phrase: str, weight: float) -> None:
    weights[phrase] = max(weight, weights.get(phrase, 0.0))


def _title_weight(row: Row, cell: Cell, match: Match[Term], text: tuple[Word, ...]) -> float:
    """How much a phrase looks like the title of its document, and not like a reference to another."""
    if cell.row >= _TITLE_ROWS:
        return _LATER
    nearness = 1.0 - 0.5 * cell.row / _TITLE_ROWS
    if match.start > 0:
        return _INSIDE * nearness if len(text) <= _TITLE_WORDS else _LATER
    behind = [word.key for word in text[match.end :] if word.key.isalpha() and len(word.key) > 2]
    labels = cell.text[text[match.end - 1].end :].lstrip()[:1] == ":"
    if labels:
        return _INSIDE * nearness
    if not behind:
        return (_ALONE if len(row) <= 3 else _LEADING) * nearness
    return (_LEADING if len(behind) <= _TITLE_WORDS - 3 else _INSIDE) * nearness


def _unspaced(text: tuple[Word, ...]) -> tuple[Word, ...]:
    """Words, where ``I N V O I C E`` is one."""
    joined: list[Word] = []
    for word in text:
        single = len(word.key) == 1 and word.key.isalpha()
        last = joined[-1] if joined else None
        if single and last is not None and word.start - last.end == 1 and _is_spaced(last):
            joined[-1] = Word(last.key + word.key, last.start, word.end)
        else:
            joined.append(word)
    return tuple(joined)


def _is_spaced(word: Word) -> bool:
    """Whether a word is one letter so far, or was joined of letters with blanks between."""
    return word.end - word.start == 2 * len(word.key) - 1


@cache
def _phrases(*, signs: bool) -> Phrases[Term]:
    return Phrases(
        (p, term) for p, term in lexicon.load("titles") if term.concept.endswith("+") == signs
    )
