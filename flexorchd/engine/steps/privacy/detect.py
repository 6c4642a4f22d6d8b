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

_TOKEN = re.compile(r"\w+")
_SHORTEST_ECHO = 5


class _Draft:
    """A text in which what was found is blanked, so that later looks see only the rest."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.findings: list[Finding] = []

    def take(self, found: Iterable[Finding]) -> None:
        """Keep new findings; of overlapping ones the longest. What is blanked already is not taken again."""
        kept = [f for f in _longest(found) if "\0" not in self.text[f.start : f.end]]
        self.findings += kept
        pieces, last = [], 0
        for finding in kept:
            pieces += [self.text[last : finding.start], "\0" * (finding.end - finding.start)]
            last = finding.end
        self.text = "".join((*pieces, self.text[last:]))


def _longest(found: Iterable[Finding]) -> list[Finding]:
    """Findings without overlaps, in order: of a group that overlaps, the longest, then what is beside it."""
    kept: list[Finding] = []
    for finding in sorted(set(found), key=lambda f: (f.start, -f.end)):
        if not kept or finding.start >= kept[-1].end:
            kept.append(finding)
        elif finding.end - finding.start > kept[-1].end - kept[-1].start:
            kept[-1] = finding
    return kept


def find_pii(text: str, locale: str = "und", language: str = "und") -> list[Finding]:
    """Find personal data, each with one of the catalogue's PII types.

    What is surest is looked for first, and later looks no longer see it: addresses and accounts, numbers that
    a label announces, numbers with check digits, telephone numbers, names; at last the same values elsewhere.
    Time is linear in the text, whatever is in it.

    Args:
        text: any text.
        locale: the sender's: ``und``, a language or a country; see `scope_of`.
        language: the detected language, ISO 639-1, or ``und``.

    Returns:
        Sorted findings that do not overlap.
    """
    scope = scope_of(locale, language)
    labels = read_labels(text)
    looked = audit.look(text)
    draft = _Draft(text.replace("\0", " "))
    draft.take((*audit.network(looked, text, labels), *network.ip_v6(text)))
    draft.take(accounts.ibans(draft.text, labels))
    draft.take(_announced(draft.text, labels, scope))
    draft.take((*audit.numbers(looked, text), *accounts.cards(draft.text, labels)))
    draft.take(phones.international(draft.text, labels, scope))
    draft.take(rules.standing_alone(_at_home(scope), draft.text, labels))
    draft.take(rules.standing_alone(_anywhere(), draft.text, labels))
    draft.take(phones.national(draft.text, labels, scope))
    draft.take(names.people(draft.text, labels, scope))
    draft.take(names.known(draft.text))
    draft.take(_echoes(draft.text, text, draft.findings))
    return sorted(draft.findings)


def _announced(text: str, labels: Labels, scope: Scope) -> Iterator[Finding]:
    yield from rules.announced(RULES, text, labels, scope)
    yield from phones.announced(text, labels, scope)


def _at_home(scope: Scope) -> tuple[rules.Rule, ...]:
    """The rules of the document's countries; of all countries where nothing is known of the document."""
    home = scope.countries or COUNTRIES
    return tuple(rule for rule in RULES if rule.standing != "labelled" and rule.country in home)


def _anywhere() -> tuple[rules.Rule, ...]:
    return tuple(rule for rule in RULES if rule.standing == "anywhere")


def _echoes(draft: str, text: str, findings: list[Finding]) -> Iterator[Finding]:
    """The same values elsewhere, where nothing gave them away. Every word is looked up once."""
    known: dict[str, dict[int, dict[str, str]]] = {}
    for finding in findings:
        value = text[finding.start : finding.end]
        first = _TOKEN.search(value)
        if first and first.start() == 0 and _is_telling(value):
            known.setdefault(first.group(), {}).setdefault(len(value), {})[value] = finding.type
    for word in _TOKEN.finditer(draft):
        for length, values in known.get(word.group(), {}).items():
            end = word.start() + length
            found = values.get(draft[word.start() : end])
            if found and not draft[end : end + 1].isalnum():
                yield Finding(word.start(), end, found)


def _is_telling(value: str) -> bool:
    return len(value) >= _SHORTEST_ECHO and (" " in value or not value.isalpha())


def count_types(findings: Iterable[Finding]) -> dict[str, int]:
    """How many findings there are of each type, by name of the type."""
    return dict(sorted(Counter(finding.type for finding in findings).items()))
