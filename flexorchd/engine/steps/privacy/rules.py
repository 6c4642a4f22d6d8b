"""How a number is recognised: by its form, its check digits, and what the document says it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from flexorchd.engine.model import Finding
from flexorchd.engine.steps.privacy.checksums import CONVINCING
from flexorchd.engine.steps.privacy.labels import Labels
from flexorchd.engine.steps.privacy.scope import Scope
from flexorchd.engine.steps.privacy.windows import NUMBER, lines_with

SEPARATOR = r"[ .\-–‑/\u00a0\u2009\u202f]"
_NOT_ALNUM = re.compile(r"[\W_]+")
_BEFORE = r"(?<![\w@#\\])(?<!\d\.)(?:(?<!\d,)|(?<=\d{5},))(?<!\w[/\-])"
_AFTER = r"(?![\w@])(?!-\w)(?![./]\d)(?!,\d{1,3}(?!\d))"

Standing = Literal["anywhere", "at home", "labelled"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of number.

    Attributes:
        type: the PII type.
        country: whose it is.
        form: the number as it is written where nothing announces it.
        loose: the number as it may be written right after its label.
        check: whether a bare number can exist.
        standing: where form and check together convince without a label: in any document, in one of the
            rule's country, or nowhere.
        kinds: the kinds of label that may announce it.
    """

    type: str
    country: str
    form: re.Pattern[str]
    loose: re.Pattern[str]
    check: Callable[[str], bool]
    standing: Standing
    kinds: frozenset[str]

    def accepts(self, written: str) -> bool:
        """Whether a written number passes the check, and is more than one digit again and again."""
        number = bare(written)
        return len(set(number)) > 1 and self.check(number)


def bare(written: str) -> str:
    """A number without separators, in capitals."""
    return _NOT_ALNUM.sub("", written).upper()


def grouped(*writings: str) -> str:
    """A pattern for a number in groups: ``"2 3 3 3"`` is eleven digits in four groups, ``"11"`` in one.

    In several groups it is a number only where no further group of digits goes on beside it.
    """
    return "|".join(map(_writing, writings))


def _writing(writing: str) -> str:
    groups = [f"\\d{{{size}}}" for size in writing.split()]
    return groups[0] if len(groups) == 1 else rf"(?<!\d[ ]){SEPARATOR.join(groups)}(?![ ]\d)"


def spaced(*units: str) -> str:
    """A pattern for single characters with at most one separator between any two."""
    return f"{SEPARATOR}?".join(units)


def digits(least: int, most: int | None = None) -> str:
    """A pattern for so many digits, with at most one separator between any two."""
    return rf"\d(?:{SEPARATOR}?\d){{{least - 1},{(most or least) - 1}}}"


def rule(
    pii_type: str,
    form: str,
    check: Callable[[str], bool],
    standing: Standing,
    *,
    loose: str | None = None,
    kinds: str = "",
) -> Rule:
    """Build a rule.

    Args:
        pii_type: the PII type; its ending names the country.
        form: see `Rule`; for instance from `grouped`.
        check: see `Rule`.
        standing: see `Rule`.
        loose: see `Rule`; `form` where it is left out.
        kinds: further kinds of label, beside the type itself.
    """
    return Rule(
        type=pii_type,
        country=pii_type.rpartition("_")[2],
        form=re.compile(f"{_BEFORE}(?:{form}){_AFTER}"),
        loose=re.compile(rf"(?:{loose or form})(?!\w)"),
        check=check,
        standing=standing,
        kinds=frozenset((pii_type, *kinds.split())),
    )


def standing_alone(rules: tuple[Rule, ...], text: str, labels: Labels) -> Iterator[Finding]:
    """Numbers that convince by themselves and are not said to be something else."""
    places = list(lines_with(NUMBER, text))
    for kind in rules:
        for match in chain.from_iterable(kind.form.finditer(text, *place) for place in places):
            sure = kind.check in CONVINCING or not labels.claims("other", *match.span())
            if sure and kind.accepts(match.group()):
                yield Finding(match.start(), match.end(), kind.type)


def announced(
    rules: tuple[Rule, ...], text: str, labels: Labels, scope: Scope
) -> Iterator[Finding]:
    """Numbers that a label announces. A label that names the type itself outweighs a failed check."""
    for offset, kinds in labels.announced.items():
        candidates = [r for r in rules if not kinds.isdisjoint(r.kinds)]
        if found := _best(candidates, text, offset, kinds, scope):
            yield found


def _best(
    candidates: list[Rule], text: str, offset: int, kinds: set[str], scope: Scope
) -> Finding | None:
    matches = [(r, m) for r in candidates if (m := r.loose.match(text, offset))]
    checked = [(r, m) for r, m in matches if r.accepts(m.group())]
    named = [(r, m) for r, m in matches if r.type in kinds and "other" not in kinds]
    for pool in (checked, named):
        if pool:
            kind, match = max(pool, key=lambda rm: (rm[0].country in scope, rm[1].end()))
            return Finding(match.start(), match.end(), kind.type)
    return None
