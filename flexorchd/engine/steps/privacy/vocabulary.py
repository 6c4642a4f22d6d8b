"""The words that stand before personal data, in the languages of the engine, and common given names."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import resources

Phrase = tuple[str, ...]


def _folded(char: str) -> str:
    base = unicodedata.normalize("NFKD", char)[:1].lower()
    return base if len(base) == 1 else char


@cache
def _folding() -> dict[int, str]:
    latin = map(chr, (*range(0x41, 0x5B), *range(0xAA, 0x250), *range(0x1E00, 0x1F00)))
    without_base = dict(zip("ıŁłØøßÆæĐđ’", "illoosaadd'", strict=True))
    return {ord(char): without_base.get(char) or _folded(char) for char in (*latin, "’")}


def fold(text: str) -> str:
    """Lower case without accents, character by character, so that offsets stay."""
    return text.translate(_folding())


def _read(name: str) -> str:
    listed = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    return re.sub(r"(?m)^#.*", "", listed)


@cache
def given_names() -> frozenset[str]:
    """The curated given names, folded."""
    return frozenset(map(fold, _read("given_names.txt").split()))


@cache
def _sections(name: str) -> dict[str, list[Phrase]]:
    sections = (part.partition("]") for part in _read(name).split("[")[1:])
    return {
        kind: [tuple(phrase.split()) for phrase in listed.split(",")]
        for kind, _, listed in sections
    }


@cache
def not_names(section: str) -> frozenset[str]:
    """Words that tell other things from people.

    Args:
        section: ``ends`` a name, is of ``things`` named after people, is the ending of such a word
            (``endings``), or stands before ``places`` named after people.
    """
    return frozenset(phrase[0] for phrase in _sections("not_names.txt")[section])


@cache
def fillers() -> frozenset[str]:
    """Words that may stand between a label and its value."""
    return frozenset(phrase[0] for phrase in _sections("labels.txt")["fillers"])


@cache
def labels() -> dict[str, dict[Phrase, frozenset[str]]]:
    """The phrases of labels by their first word, each with the kinds of value that it announces."""
    by_first: dict[str, dict[Phrase, frozenset[str]]] = {}
    for kind, listed in _sections("labels.txt").items():
        for phrase in listed if kind != "fillers" else ():
            known = by_first.setdefault(phrase[0], {})
            known[phrase] = known.get(phrase, frozenset()) | ({kind} - {"none"})
    return by_first
