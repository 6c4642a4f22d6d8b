"""Amounts as people write them, read as exact decimals in the writing that the document uses.

``1.234`` is a thousand and something, or one and something: the document's other numbers decide,
then the locale it was sent with, then the custom of its language, and else it is no amount at all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from flexorchd.engine.steps.fields.currency import currency_after, currency_before
from flexorchd.formats.exact import plain

_DIGITS = re.compile(r"\d+(?:[.,'’]\d+)*")
_COMMA_LANGUAGES = frozenset(["tr", "de", "fr", "it", "es", "nl", "pl", "pt", "da", "fi"])
_POINT_LANGUAGES = frozenset(("en", "us", "uk", "gb"))
# Writing 1 234,56; elsewhere a blank parts two numbers, such as a quantity and a price.
_BLANK_GROUPING = frozenset(
    ["fr", "pl", "cs", "sk", "hu", "uk", "ru", "bg", "no", "nb", "sv", "fi", "lt", "lv", "et"]
)
_MINUS = ("-", "−", "–")
_GLUE = ("_", "/", "#", "@")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in a text.

    Attributes:
        value: the exact number, with its sign.
        start: where it begins in the text, its currency and sign included.
        end: where it ends.
        currency: the ISO code beside it, or the sign if that has no single code, or None.
        decimals: how many digits follow the decimal separator.
        percent: whether it is a rate and no amount.
        ambiguous: whether only the custom of the language told thousands from fractions.
    """

    value: Decimal
    start: int
    end: int
    currency: str | None = None
    decimals: int = 0
    percent: bool = False
    ambiguous: bool = False

    @property
    def is_money(self) -> bool:
        """Whether it is written as an amount of money, and not as a bare count or rate."""
        return not self.percent and (self.currency is not None or self.decimals == 2)


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How a document writes its numbers.

    Attributes:
        decimal: ``,`` or ``.``, or None where the document does not show it.
        assumed: the separator that its locale or language would have.
        blanks: whether blanks group thousands.
    """

    decimal: str | None = None
    assumed: str | None = None
    blanks: bool = False

    @classmethod
    def of(cls, text: str, locale: str = "und", language: str = "und") -> NumberStyle:
        """The writing that the text itself shows, with what is assumed where it shows none."""
        votes: Counter[str] = Counter()
        for match in _DIGITS.finditer(text):
            if separator := _shown_decimal(match.group()):
                beside = currency_before(text, match.start()) or currency_after(text, match.end())
                votes[separator] += 5 if beside else 1
        named = locale if locale != "und" else language
        assumed = "," if named in _COMMA_LANGUAGES else "." if named in _POINT_LANGUAGES else None
        return cls(_winner(votes), assumed, bool({locale, language} & _BLANK_GROUPING))

    def amounts(self, text: str) -> Iterator[Amount]:
        """The numbers of a text, left to right."""
        for start, end in self._spans(text):
            if (amount := self._read(text, start, end)) is not None:
                yield amount

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where numbers stand; groups that blanks part are joined where the document does so."""
        spans = [match.span() for match in _DIGITS.finditer(text)]
        position = 0
        while position < len(spans):
            start, end = spans[position]
            position += 1
            while (
                self.blanks
                and position < len(spans)
                and _continues(text, (start, end), spans[position])
            ):
                end = spans[position][1]
                position += 1
            yield start, end

    def _read(self, text: str, start: int, end: int) -> Amount | None:
        before, after = currency_before(text, start), currency_after(text, end)
        if not _stands_alone(text, start, end, before=bool(before), after=bool(after)):
            return None
        number = self._number(text[start:end].replace(" ", ""))
        if number is None:
            return None
        value, decimals, ambiguous = number
        first = before[1] if before else start
        last = after[1] if after and not before else end
        currency = before or after
        negative, first, last = _sign(text, start, first, last)
        return Amount(
            plain(-value if negative else value),
            first,
            last,
            currency[0] if currency else None,
            decimals,
            _is_percent(text, start, end),
            ambiguous,
        )

    def _number(self, digits: str) -> tuple[Decimal, int, bool] | None:
        """Value, decimals, and whether the reading rests on custom alone."""
        separators = [c for c in digits if not c.isdigit()]
        if not separators:
            return Decimal(digits), 0, False
        groups = re.split(r"[.,'’]", digits)
        shown = _shown_decimal(digits)
        if shown is not None:
            return _joined(groups, fraction=separators[-1] == shown)
        if len(separators) == 1 and separators[0] in ".,":
            return self._ambiguous(groups, separators[0])
        return _joined(groups, fraction=False) if _are_groups(groups) else None

    def _ambiguous(self, groups: list[str], separator: str) -> tuple[Decimal, int, bool] | None:
        if self.decimal is not None:
            return _joined(groups, fraction=self.decimal == separator)
        # Custom may tell that these are thousands, but not that a fraction has three digits.
        if self.assumed is None or self.assumed == separator:
            return None
        return _joined(groups, fraction=False, ambiguous=True)


def _joined(
    groups: list[str], *, fraction: bool, ambiguous: bool = False
) -> tuple[Decimal, int, bool]:
    whole, part = (groups[:-1], groups[-1]) if fraction else (groups, "")
    return Decimal("".join(whole) + (f".{part}" if part else "")), len(part), ambiguous


def _are_groups(groups: list[str]) -> bool:
    head, *rest = groups
    # Groups of two before the last three are India's.
    inner = {len(group) for group in rest[:-1]}
    return 1 <= len(head) <= 3 and len(rest[-1]) == 3 and (inner <= {3} or inner <= {2})


def _shown_decimal(digits: str) -> str | None:
    """The decimal separator, where the number alone proves it; None for all else."""
    separators = [c for c in digits if not c.isdigit()]
    if not separators or separators[-1] not in ".,":
        return None
    groups = re.split(r"[.,'’]", digits)
    last = separators[-1]
    if len(separators) == 1:
        whole, fraction = groups
        proves = len(fraction) != 3 or len(whole) > 3 or whole.startswith("0")
        return last if proves else None
    if last in separators[:-1] or not _are_groups(groups[:-1]):
        return None
    return last


def _winner(votes: Counter[str]) -> str | None:
    total = votes.total()
    return next((mark for mark, count in votes.items() if count >= 0.7 * total), None)


def _continues(text: str, head: tuple[int, int], tail: tuple[int, int]) -> bool:
    """Whether the second run of digits is the next thousand of the first."""
    leading = text[head[0] : head[1]]
    following = re.match(r"\d{3}(?:[.,]\d{1,2})?$", text[tail[0] : tail[1]])
    grouped = re.fullmatch(r"\d{1,3}(?: \d{3})*", leading)
    return text[head[1] : tail[0]] == " " and bool(following) and bool(grouped)


def _stands_alone(text: str, start: int, end: int, *, before: bool, after: bool) -> bool:
    """Whether it is a number of its own and no part of a word, a reference, a date or a time."""
    return (before or _open_left(text, start)) and (after or _open_right(text, end))


def _open_left(text: str, start: int) -> bool:
    beside, beyond = text[start - 1 : start], text[max(0, start - 2) : max(0, start - 1)]
    if beside in _MINUS or beside == ":":
        return not beyond.isalnum() or (beside == ":" and not beyond.isdigit())
    return not (beside.isalnum() or beside in _GLUE)


def _open_right(text: str, end: int) -> bool:
    beside, beyond = text[end : end + 1], text[end + 1 : end + 2]
    if beside in _MINUS or beside == ":":
        return not beyond.isalnum()
    return not (beside.isalnum() or beside in _GLUE)


def _is_percent(text: str, start: int, end: int) -> bool:
    """Whether it is a rate: ``19 %``, or ``%19`` as Turkish writes it."""
    before = text[start - 1 : start] == "%" and not text[max(0, start - 2) : start - 1].isdigit()
    return before or text[end:].lstrip(" ")[:1] == "%"


def _sign(text: str, start: int, first: int, last: int) -> tuple[bool, int, int]:
    """Whether it is negative, and where it begins and ends with the mark that says so.

    The mark is a minus at the number or its currency, a minus after it, or accountants'
    parentheses around all that the text holds.
    """
    for at in (start, first):
        if at and text[at - 1] in _MINUS:
            return True, min(first, at - 1), last
    if text[last : last + 1] in _MINUS and not text[last + 1 : last + 2].strip():
        return True, first, last + 1
    lead, tail = text[max(0, first - 3) : first].strip(), text[last : last + 3].strip()
    if first <= 3 and lead in _MINUS:
        return True, 0, last
    if first <= 3 and last + 3 >= len(text) and (lead, tail) == ("(", ")"):
        return True, first - 1, last + 1
    between = text[first:start]
    return any(mark in between for mark in _MINUS), first, last
