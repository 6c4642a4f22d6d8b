"""The words that stand before personal data, in the languages of the engine, and common given names."""

from __future__ import annotations

import re
import unicodedata
from importlib import resources

Phrase = tuple[str, ...]


def _folded(char: str) -> str:
    base = unicodedata.normalize("NFKD", char)[:1].lower()
    return base if len(base) == 1 else char


_WITHOUT_BASE = dict(zip("ıŁłØøßÆæĐđ’", "illoosaadd'", strict=True))
_LATIN = map(chr, (*range(0x41, 0x5B), *range(0xAA, 0x250), *range(0x1E00, 0x1F00)))
_FOLDING = {ord(char): _folded(char) for char in _LATIN} | {
    ord(a): b for a, b in _WITHOUT_BASE.items()
}


def fold(text: str) -> str:
    """Lower case without accents, character by character, so that offsets stay."""
    return text.translate(_FOLDING)


def _read(name: str) -> str:
    listed = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    return re.sub(r"(?m)^#.*", "", listed)


def _sections(name: str) -> dict[str, list[Phrase]]:
    sections = (part.partition("]") for part in _read(name).split("[")[1:])
    return {
        kind: [tuple(phrase.split()) for phrase in listed.split(",")]
        for kind, _, listed in sections
    }


def _by_first_word(sections: dict[str, list[Phrase]]) -> dict[str, dict[Phrase, frozenset[str]]]:
    by_first: dict[str, dict[Phrase, frozenset[str]]] = {}
    for kind, phrases in sections.items():
        for phrase in phrases:
            known = by_first.setdefault(phrase[0], {})
            known[phrase] = known.get(phrase, frozenset()) | ({kind} - {"none"})
    return by_first


# Read when the package is imported: processes that are forked for a document share them.
_labels = _sections("labels.txt")
_not_names = {
    kind: frozenset(p[0] for p in phrases) for kind, phrases in _sections("not_names.txt").items()
}

FILLERS = frozenset(phrase[0] for phrase in _labels.pop("fillers"))
"""Words that may stand between a label and its value."""

LABELS = _by_first_word(_labels)
"""The phrases of labels by their first word, each with the kinds of value that it announces."""

GIVEN_NAMES = frozenset(map(fold, _read("given_names.txt").split()))
"""Common given names, folded."""

NAME_ENDS = _not_names["ends"]
"""Words with which a name is over."""

THINGS, THING_ENDINGS = _not_names["things"], tuple(_not_names["endings"])
"""Words, and endings of words, in the names of things that are called after people."""

PLACES = _not_names["places"]
"""Words before the names of places that are called after people."""
