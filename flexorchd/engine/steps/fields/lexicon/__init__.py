"""The words of business documents in eight languages, by what they stand for.

Each text file holds sections: a concept in brackets, then a line a language with its phrases.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Term:
    """What a phrase stands for, and the language in which it does."""

    concept: str
    language: str


@cache
def load(name: str) -> tuple[tuple[str, Term], ...]:
    """Every phrase of one file with its meaning.

    Args:
        name: ``references``, ``dates``, ``amounts``, ``parties``, ``columns`` or ``titles``.
    """
    text = files(__package__).joinpath(f"{name}.txt").read_text("utf-8")
    return tuple(_terms(text))


def _terms(text: str) -> Iterator[tuple[str, Term]]:
    concept = ""
    for line in text.splitlines():
        if line.startswith("["):
            concept = line.strip("[]")
        elif line and not line.startswith("#"):
            language, _, phrases = line.partition(": ")
            for phrase in phrases.split("; "):
                yield phrase, Term(concept, language)
