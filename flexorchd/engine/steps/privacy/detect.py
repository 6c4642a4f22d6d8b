"""Personal data in a text: where it is and of which type."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from flexorchd.engine.model import Finding
from flexorchd.engine.steps.privacy import accounts, audit, names, network, phones, rules
from flexorchd.engine.steps.privacy.identifiers import RULES
from flexorchd.engine.steps.privacy.labels import Labels, read_labels
from flexorchd.engine.steps.privacy.scope import COUNTRIES, Scope, scope_of

_BLANK = "\0"
_DATE = re.compile(
    r"(?<![\w.])(?:\d{1,2}([./\-])\d{1,2}\1(?:19|20)\d\d|(?:19|20)\d\d([./\-])\d{1,2}\2\d{1,2})(?![\w]|[./\-]\d)"
    r"|(?<![\w.])\d{1,2}\.\d{1,2}\.\d\d ?[\-–] ?\d{1,2}\.\d{1,2}\.\d\d(?!\w)"
)
_TOKEN = re.compile(r"\w+")
_SHORTEST_ECHO = 5


def find_pii(text: str, locale: str = "und", language: str = "und") -> list[Finding]:
    """Find personal data, each with one of the catalogue's PII types. Time is linear in any text.

    Args:
        text: any text.
        locale: the sender's: ``und``, a language or a country; see `scope_of`.
        language: the detected language, ISO 639-1, or ``und``.

    Returns:
        Sorted findings that do not overlap.
    """
    return detect(text, scope_of(locale, language))


def detect(
    text: str, scope: Scope, known: Iterable[tuple[str, str]] = frozenset()
) -> list[Finding]:
    """Find personal data, what is surest first, and each look sees only what the ones before it left.

    Args:
        text: any text.
        scope: the document's countries.
        known: types and values that are personal data wherever they stand.
    """
    labels = read_labels(text)
    looked = audit.look(text)
    draft = _Draft(text)
    draft.take((*audit.network(looked, text, labels), *network.emails(text), *network.ip_v6(text)))
    draft.take(accounts.ibans(draft.text, labels))
    draft.hide(_DATE)
    draft.take(_announced(draft.text, labels, scope))
    draft.take((*audit.numbers(looked, text), *accounts.cards(draft.text, labels)))
    draft.take(phones.international(draft.text, labels, scope))
    draft.take(rules.standing_alone(_at_home(scope), draft.text, labels))
    draft.take(rules.standing_alone(_anywhere(), draft.text, labels))
    draft.take(phones.national(draft.text, labels, scope))
    draft.take(names.people(draft.text, labels, scope))
    draft.take(names.known(draft.text))
    values = ((finding.type, text[finding.start : finding.end]) for finding in draft.findings)
    draft.take(_echoes(draft.text, (*known, *values)))
    return sorted(draft.findings)


class _Draft:
    """A text in which what was found is blanked."""

    def __init__(self, text: str) -> None:
        self.text = text.replace(_BLANK, " ")
        self.findings: list[Finding] = []

    def hide(self, pattern: re.Pattern[str]) -> None:
        """Blank what is nobody's, so that no number begins or ends in it."""
        self.text = pattern.sub(lambda match: _BLANK * len(match.group()), self.text)

    def take(self, found: Iterable[Finding]) -> None:
        """Keep what lies on nothing that was found before; of findings that overlap, the longest."""
        kept = _longest(f for f in found if _BLANK not in self.text[f.start : f.end])
        self.findings += kept
        pieces, last = [], 0
        for finding in kept:
            pieces += [self.text[last : finding.start], _BLANK * (finding.end - finding.start)]
            last = finding.end
        self.text = "".join((*pieces, self.text[last:]))


def _longest(found: Iterable[Finding]) -> list[Finding]:
    kept: list[Finding] = []
    for finding in sorted(set(found), key=lambda f: (f.start, -f.end)):
        if not kept or finding.start >= kept[-1].end:
            kept.append(finding)
        elif finding.end - finding.start > kept[-1].end - kept[-1].start:
            kept[-1] = finding
    return kept


def _announced(text: str, labels: Labels, scope: Scope) -> Iterator[Finding]:
    yield from rules.announced(RULES, text, labels, scope)
    yield from phones.announced(text, labels, scope)


def _at_home(scope: Scope) -> tuple[rules.Rule, ...]:
    """The rules of the document's countries; of all countries where nothing is known of the document."""
    home = scope.countries or COUNTRIES
    return tuple(rule for rule in RULES if rule.standing != "labelled" and rule.country in home)


def _anywhere() -> tuple[rules.Rule, ...]:
    return tuple(rule for rule in RULES if rule.standing == "anywhere")


def _echoes(draft: str, values: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    """Known values where nothing gave them away. Every word of the text is looked up once."""
    by_word: dict[str, dict[int, dict[str, str]]] = {}
    for pii_type, value in values:
        first = _TOKEN.match(value)
        if first and _is_telling(value):
            by_word.setdefault(first.group(), {}).setdefault(len(value), {})[value] = pii_type
    for word in _TOKEN.finditer(draft):
        for length, known in by_word.get(word.group(), {}).items():
            end = word.start() + length
            pii_type = known.get(draft[word.start() : end], "")
            if pii_type and not draft[end : end + 1].isalnum():
                yield Finding(word.start(), end, pii_type)


def _is_telling(value: str) -> bool:
    """Whether a value is long enough, and more than a word, so that it means the same elsewhere."""
    return len(value) >= _SHORTEST_ECHO and (" " in value or not value.isalpha())


def count_types(findings: Iterable[Finding]) -> dict[str, int]:
    """How many findings there are of each type, by name of the type."""
    return dict(sorted(Counter(finding.type for finding in findings).items()))
