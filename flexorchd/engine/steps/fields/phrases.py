"""Finding many phrases at once in words, in time that grows with the words alone.

A phrase is a few folded words. ``*x`` in it stands for any word that ends in ``x`` (German and
Dutch compounds), ``#`` for a word of digits. What stands between words (dots, hyphens, colons)
does not matter, and neither does a lost blank between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from flexorchd.engine.steps.fields.page import Word, words

T = TypeVar("T")


@dataclass(slots=True)
class _Branch(Generic[T]):
    next: dict[str, _Branch[T]] = field(default_factory=dict)
    meanings: list[T] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Match(Generic[T]):
    """A phrase found: words ``start`` up to ``end``, its letters, and all that it means."""

    start: int
    end: int
    length: int
    meanings: Sequence[T]


class Phrases(Generic[T]):
    """A dictionary of phrases.

    Args:
        entries: phrase and meaning; a phrase may have several meanings.
    """

    def __init__(self, entries: Iterable[tuple[str, T]]) -> None:
        self._root: _Branch[T] = _Branch()
        self._endings: set[str] = set()
        for phrase, meaning in entries:
            keys = _keys(phrase)
            self._add(keys, meaning)
            if len(keys) > 1 and not any(key[0] in "*#" for key in keys):
                self._add(["".join(keys)], meaning)

    def _add(self, keys: Sequence[str], meaning: T) -> None:
        branch = self._root
        for key in keys:
            branch = branch.next.setdefault(key, _Branch())
            if key.startswith("*"):
                self._endings.add(key[1:])
        if meaning not in branch.meanings:
            branch.meanings.append(meaning)

    def find(self, text: Sequence[Word]) -> Iterator[Match[T]]:
        """The phrases in the text, left to right, the longest first, none overlapping."""
        position = 0
        while position < len(text):
            match = self._longest(text, position)
            if match is None:
                position += 1
            else:
                yield match
                position = match.end

    def _longest(self, text: Sequence[Word], start: int) -> Match[T] | None:
        best: Match[T] | None = None
        open_branches = [(start, self._root)]
        while open_branches:
            position, branch = open_branches.pop()
            if branch.meanings and (best is None or position > best.end):
                length = sum(len(word.key) for word in text[start:position])
                best = Match(start, position, length, branch.meanings)
            if position < len(text) and branch.next:
                # The last one in is read first: a word itself before what it merely ends in.
                for key in reversed(list(self._readings(text[position].key))):
                    if key in branch.next:
                        open_branches.append((position + 1, branch.next[key]))
        return best

    def _readings(self, word: str) -> Iterator[str]:
        yield word
        if word.isdigit():
            yield "#"
        else:
            for ending in self._endings:
                if word.endswith(ending):
                    yield f"*{ending}"


def _keys(phrase: str) -> list[str]:
    keys: list[str] = []
    for part in phrase.split():
        if part == "#":
            keys.append(part)
        else:
            folded = [word.key for word in words(part)]
            keys += [f"*{key}" for key in folded] if part.startswith("*") else folded
    return keys
