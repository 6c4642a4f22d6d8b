"""A document made ready for reading: its page, its writing, and the labels on it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from flexorchd.engine.model import Content
from flexorchd.engine.steps.fields import lexicon
from flexorchd.engine.steps.fields.amounts import NumberStyle
from flexorchd.engine.steps.fields.dates import DateStyle
from flexorchd.engine.steps.fields.lexicon import Term
from flexorchd.engine.steps.fields.page import Cell, Page, Word
from flexorchd.engine.steps.fields.page import words as words_of
from flexorchd.engine.steps.fields.phrases import Match, Phrases

_FOREIGN, _FOREIGN_WORD, _FOREIGN_SHORT = 0.85, 0.7, 0.4
_SHORT = 4
_PROSE_WORDS = 9
_HEAD, _TAIL = 300_000, 100_000


@dataclass(frozen=True, slots=True)
class Label:
    """Words on the page that say what stands beside or below them.

    Attributes:
        concepts: what the words may stand for, with a weight up to 1.0 for each.
        cell: where it stands.
        start: where it begins in the cell's text.
        end: where it ends.
        next_start: where the next label of the cell begins, or the end of its text.
        leading: whether the cell, or what is left of it after another label's value, begins here.
        announced: whether a colon or the end of the cell follows, as after a label.
        short: whether it is a single word of four letters at most, as "an", "from" or "due".
        long: whether it has several words, which seldom stand together for nothing.
    """

    concepts: dict[str, float]
    cell: Cell
    start: int
    end: int
    next_start: int
    leading: bool
    announced: bool
    short: bool
    long: bool

    @property
    def rest(self) -> str:
        """What the cell holds between this label and the next."""
        return self.cell.text[self.end : self.next_start]

    @property
    def certain(self) -> bool:
        """Whether it can only be a label: not in a sentence, and no small word without a colon."""
        return self.leading and not self.in_prose and (self.announced or not self.short)

    @property
    def qualified(self) -> bool:
        """Whether more words come before the colon, which make it the label of something else."""
        return _QUALIFIED.match(self.rest) is not None

    @property
    def in_prose(self) -> bool:
        """Whether it is likely a word of a sentence."""
        spelled = sum(1 for word in self.cell.words if word.key.isalpha() and len(word.key) > 1)
        return spelled >= _PROSE_WORDS and not _has_colon(self.cell.text, self.end)


@dataclass(frozen=True)
class Reading:
    """One document, with all that its fields are read from.

    Attributes:
        content: the document.
        language: its language, or ``und``.
        concepts: the concepts whose labels matter for its type; the page's other words are not
            taken for labels.
    """

    content: Content
    language: str
    locale: str
    concepts: frozenset[str]

    @cached_property
    def text(self) -> str:
        """The text; of a very long one the beginning and the end, where documents say what they are."""
        text = self.content.text
        return text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]}\n{text[-_TAIL:]}"

    @cached_property
    def page(self) -> Page:
        """The rows and cells of the text."""
        return Page.of(self.text)

    @cached_property
    def numbers(self) -> NumberStyle:
        """How the document writes numbers."""
        return NumberStyle.of(self.text, self.locale, self.language)

    @cached_property
    def dates(self) -> DateStyle:
        """How the document writes dates."""
        return DateStyle.of(self.text, self.locale, self.language)

    @property
    def phrases(self) -> Phrases[Term]:
        """The labels that matter, to find in any text."""
        return _phrases(self.concepts)

    @cached_property
    def labels(self) -> tuple[tuple[Label, ...], ...]:
        """The labels of every row, left to right."""
        return tuple(
            tuple(label for cell in row for label in self._labels(cell)) for row in self.page.rows
        )

    def labelled(self, concept: str) -> Iterator[Label]:
        """The labels that may stand for a concept, top to bottom."""
        for row in self.labels:
            for label in row:
                if concept in label.concepts:
                    yield label

    def begins_with_label(self, cell: Cell) -> bool:
        """Whether a cell begins with a label; a small word in the second of two is a value."""
        labels = [x for x in self.labels[cell.row] if x.cell is cell and x.start <= 1]
        is_value = cell.column == 1 and len(self.page.rows[cell.row]) == 2
        return any(not (is_value and x.short and x.end - x.start == len(cell.text)) for x in labels)

    def _labels(self, cell: Cell) -> Iterator[Label]:
        words = _without_rates(cell)
        matches = self._label_matches(cell.text, words)
        inherited: dict[str, float] = {}
        for number, match in enumerate(matches):
            start, end = words[match.start].start, words[match.end - 1].end
            after = matches[number + 1].start if number + 1 < len(matches) else None
            next_start = words[after].start if after is not None else len(cell.text)
            weights = _weights(match, self.language)
            if "generic_no" in weights:
                weights |= inherited
            yield Label(
                weights,
                cell,
                start,
                end,
                next_start,
                leading=match.start == 0 or number > 0,
                announced=_announces(cell.text, end),
                short=_is_short(match),
                long=match.end - match.start > 1,
            )
            # "Invoice (copy) No. 123": the number is the invoice's.
            names = {c: w for c, w in weights.items() if c.endswith("_no")}
            inherited = names if _ASIDES.fullmatch(cell.text, end, next_start) else {}

    def _label_matches(self, text: str, words: Sequence[Word]) -> list[Match[Term]]:
        """The phrases of a cell that are labels, and neither remarks on one nor its value."""
        kept: list[Match[Term]] = []
        for match in self.phrases.find(words):
            start, end = words[match.start].start, words[match.end - 1].end
            if not self._is_label(match, text, start, end):
                continue
            if kept and _in_parentheses(text, words[match.end - 1].start):
                continue
            if kept and _is_value(kept[-1], match, text, words):
                continue
            kept.append(match)
        return kept

    def first_label(self, text: str) -> frozenset[str]:
        """What the label stands for with which a text begins, if it begins with one."""
        first = next(iter(self._label_matches(text, tuple(words_of(text)))), None)
        if first is None or first.start > 0:
            return frozenset()
        weights = _weights(first, self.language)
        return frozenset(concept for concept, weight in weights.items() if weight > _FOREIGN_SHORT)

    def _is_label(self, match: Match[Term], text: str, start: int, end: int) -> bool:
        """Whether a match can be a label: "de" and "service" are words of their languages as well."""
        if text[end : end + 1] in ("-", "/") and text[end + 1 : end + 2].isdigit():
            return False
        foreign = all(self.language not in (term.language, "und") for term in match.meanings)
        if foreign and match.end - match.start == 1:
            announced = _announces(text, end) if match.start == 0 else _has_colon(text, end)
            return announced if _is_short(match) else announced or match.start == 0
        if not _is_short(match):
            return True
        if text[start - 1 : start] in _JOINTS or any(
            d.start < start < d.end for d in self.dates.days(text)
        ):
            return False
        return _announces(text, end) or match.start == 0 or _numbers_follow(match, text, end)


def _is_value(before: Match[Term], match: Match[Term], text: str, words: Sequence[Word]) -> bool:
    """Whether a phrase is what the label before it announces: ``Customer: Firma Braun``."""
    label_end, start = words[before.end - 1].end, words[match.start].start
    if not _has_colon(text, label_end) or _has_colon(text, words[match.end - 1].end):
        return False
    concepts = {term.concept for term in before.meanings} & {
        term.concept for term in match.meanings
    }
    return bool(concepts) or text[label_end:start].strip() == ":"


def _numbers_follow(match: Match[Term], text: str, end: int) -> bool:
    """Whether a small word stands before a number, and may be the label of one."""
    of_numbers = any(term.concept.endswith(("_no", "_date", "tax")) for term in match.meanings)
    return of_numbers and text[end:].lstrip(" .°")[:1].isdigit()


_QUALIFIED = re.compile(r" +[^\W\d_]{3,}(?: [^\W\d_]+){0,2} ?:")
_JOINTS = ("/", "-", "_", "@", ".", "'", "’")
_RATE = re.compile(r"\d+(?:[.,]\d+)? ?%|% ?\d+(?:[.,]\d+)?")
_ASIDES = re.compile(r"[\s.:]*(?:\([^()]{0,60}\)[\s.:]*)*")


def _without_rates(cell: Cell) -> Sequence[Word]:
    """The words of a cell without rates: "incl. 19 % VAT" is labelled as "incl. VAT" is."""
    rates = [match.span() for match in _RATE.finditer(cell.text)] if "%" in cell.text else []
    if not rates:
        return cell.words
    return [w for w in cell.words if not any(s <= w.start < e for s, e in rates)]


def _in_parentheses(text: str, position: int) -> bool:
    return text.rfind("(", 0, position) > text.rfind(")", 0, position)


def _announces(text: str, end: int) -> bool:
    return _has_colon(text, end) or not text[end:].strip(" .)")


def _has_colon(text: str, end: int) -> bool:
    return text[end : end + 8].lstrip(" .)")[:1] in (":", "#", "=", "№", "：") and end < len(text)


def _weights(match: Match[Term], language: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for term in match.meanings:
        own = language in (term.language, "und")
        weight = 1.0 if own else _foreign_weight(match)
        weights[term.concept] = max(weight, weights.get(term.concept, 0.0))
    return weights


def _foreign_weight(match: Match[Term]) -> float:
    if _is_short(match):
        return _FOREIGN_SHORT
    return _FOREIGN if match.end - match.start > 1 else _FOREIGN_WORD


def _is_short(match: Match[Term]) -> bool:
    return match.end - match.start == 1 and match.length <= _SHORT


@cache
def _phrases(concepts: frozenset[str]) -> Phrases[Term]:
    """The dictionary of the labels that matter, built once for a document type."""
    files: Sequence[Iterable[tuple[str, Term]]] = [
        lexicon.load(name) for name in ("references", "dates", "amounts", "parties")
    ]
    return Phrases((p, term) for file in files for p, term in file if term.concept in concepts)
