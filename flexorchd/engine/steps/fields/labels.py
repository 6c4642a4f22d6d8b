"""Labels: the words on a page that say what stands beside or below them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from flexorchd.engine.steps.fields.currency import code_of
from flexorchd.engine.steps.fields.dates import DateStyle
from flexorchd.engine.steps.fields.lexicon import Term
from flexorchd.engine.steps.fields.page import Cell, Word, words
from flexorchd.engine.steps.fields.phrases import Match, Phrases

_FOREIGN, _FOREIGN_WORD, _FOREIGN_SHORT = 0.85, 0.7, 0.4
_SHORT = 4
_PROSE_WORDS = 9
_QUALIFIED = re.compile(r" +([^\W\d_]+(?: [^\W\d_]+){0,5}) ?:")
# Whose date it is that follows a number with a small word between.
_DATES = {
    "generic_no": "generic_date", "invoice_no": "invoice_date", "order_no": "order_date",
    "quote_no": "quote_date", "delivery_no": "delivery_note_date", "contract_no": "contract_date",
    "statement_no": "statement_date", "report_no": "report_date", "declaration_no": "report_date",
    "payroll_no": "pay_date",
}  # fmt: skip
_JOINTS = ("/", "-", "_", "@", ".", "'", "’")
_JOINING = frozenset(("/", "&", "und", "and", "et", "/ "))
_RATE = re.compile(r"\d+(?:[.,]\d+)? ?%|% ?\d+(?:[.,]\d+)?")
_ASIDES = re.compile(r"[\s.:]*(?:\([^()]{0,60}\)[\s.:]*)*")


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
        match = _QUALIFIED.match(self.rest)
        return match is not None and code_of(match.group(1)) is None

    @property
    def in_prose(self) -> bool:
        """Whether it is likely a word of a sentence."""
        spelled = sum(1 for word in self.cell.words if word.key.isalpha() and len(word.key) > 1)
        return spelled >= _PROSE_WORDS and not _has_colon(self.cell.text, self.end)


@dataclass(frozen=True, slots=True)
class Labeller:
    """Finds the labels of cells.

    Attributes:
        phrases: the dictionary of what may be a label.
        language: the document's language; words of others weigh less.
        dates: how the document writes dates, whose words are no labels.
    """

    phrases: Phrases[Term]
    language: str
    dates: DateStyle

    def labels(self, cell: Cell) -> Iterator[Label]:
        """The labels of a cell, left to right."""
        spelled = _without_rates(cell)
        matches = self._matches(cell.text, spelled)
        inherited: dict[str, float] = {}
        numbers: dict[str, float] = {}
        for number, match in enumerate(matches):
            start, end = _span(match, spelled)
            next_start = _next_start(matches[number:], cell.text, spelled)
            weights = _weights(match, self.language)
            if inherited and "generic_no" in weights:
                weights = inherited
            if "generic_date" in weights and _is_short(match) and numbers:
                # "Your order No. 4711 of 1 May": the date is the order's.
                weights = {_DATES.get(c, "other_date"): w for c, w in numbers.items()}
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
            numbers = {c: w for c, w in weights.items() if c.endswith("_no")}
            inherited = numbers if _ASIDES.fullmatch(cell.text, end, next_start) else {}

    def first(self, text: str) -> frozenset[str]:
        """What the label stands for with which a text begins, if it begins with one."""
        first = next(iter(self._matches(text, tuple(words(text)))), None)
        if first is None or first.start > 0:
            return frozenset()
        weights = _weights(first, self.language)
        return frozenset(concept for concept, weight in weights.items() if weight > _FOREIGN_SHORT)

    def _matches(self, text: str, spelled: Sequence[Word]) -> list[Match[Term]]:
        """The phrases that are labels, and neither remarks on one nor its value."""
        kept: list[Match[Term]] = []
        for match in self.phrases.find(spelled):
            start, end = _span(match, spelled)
            if not self._is_label(match, text, start, end):
                continue
            if kept and _in_parentheses(text, spelled[match.end - 1].start):
                continue
            if kept and _is_value(kept[-1], match, text, spelled):
                continue
            kept.append(match)
        return kept

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
        in_date = any(day.start < start < day.end for day in self.dates.days(text))
        if in_date or text[start - 1 : start] in _JOINTS:
            return False
        return _announces(text, end) or match.start == 0 or _numbers_follow(match, text, end)


def _next_start(matches: Sequence[Match[Term]], text: str, spelled: Sequence[Word]) -> int:
    """Where the value of the first label ends; labels joined by a stroke or an "and" share theirs."""
    for label, following in pairwise(matches):
        start = spelled[following.start].start
        if text[spelled[label.end - 1].end : start].strip(" .:") not in _JOINING:
            return start
    return len(text)


def _span(match: Match[Term], spelled: Sequence[Word]) -> tuple[int, int]:
    return spelled[match.start].start, spelled[match.end - 1].end


def _is_value(before: Match[Term], match: Match[Term], text: str, spelled: Sequence[Word]) -> bool:
    """Whether a phrase is what the label before it announces: ``Customer: Firma Braun``."""
    label_end, start = spelled[before.end - 1].end, spelled[match.start].start
    if not _has_colon(text, label_end) or _has_colon(text, spelled[match.end - 1].end):
        return False
    own = {term.concept for term in before.meanings}
    same = any(term.concept in own for term in match.meanings)
    return same or text[label_end:start].strip() == ":"


def _numbers_follow(match: Match[Term], text: str, end: int) -> bool:
    """Whether a small word stands before a number, and may be the label of one."""
    of_numbers = any(term.concept.endswith(("_no", "_date", "tax")) for term in match.meanings)
    return of_numbers and text[end:].lstrip(" .°")[:1].isdigit()


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
