"""What a document says its values are: in front of them, above them, or at the head of their column."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from flexorchd.engine.steps.privacy.vocabulary import FILLERS, LABELS, fold

_WORD = re.compile(r"[^\W_]+")
_CELL_BREAK = re.compile(r"[ \u00a0]*[\t|;][ \u00a0]*|[ \u00a0]{2,}")
_WITHIN = re.compile(r"[ .\-–/'’°:&]{1,3}")
_BRACKET = re.compile(r"\s{0,2}[(\[][^()\[\]\n]{1,30}[)\]](?=\s{0,2}[:\-–=.])")
_GAP = re.compile(r"[ \t\u00a0:.,=#\-–—>*|'’\"“”„°]{0,40}(?:\n[ \t*|>]{0,8})?[(\[#]{0,2}")
_CLOSING_GAP = re.compile(r"[ \t]{0,4}[,.!]?[ \t]{0,8}(?:\r?\n[ \t>*]{0,8}){1,4}")
_CLAIMED = re.compile(r"[^\s,;|]{1,40}(?:[ \u00a0.]{1,2}(?=\d)[^\s,;|]{1,20}){0,5}")
_PERSONAL = frozenset({"title", "greeting", "closing"})
_OF_PEOPLE = frozenset({"name", "name_perhaps", "title", "greeting"})
_OF_THINGS = frozenset({"name_perhaps", "other", "version"})
_NUMBER = re.compile(r"\d{3}")
_LETTER_GAP = re.compile(r"[.:]|[ ]{1,2}(?=[+(0])")


@dataclass(slots=True)
class Labels:
    """Where values were announced, and as what.

    Attributes:
        announced: offset of a value to the kinds that its label names.
    """

    announced: dict[int, set[str]] = field(default_factory=dict)
    _claims: dict[str, list[tuple[int, int]]] = field(default_factory=dict)

    def announce(self, offset: int, kinds: frozenset[str]) -> None:
        """Note that the value at `offset` is said to be of one of `kinds`."""
        self.announced.setdefault(offset, set()).update(kinds)

    def settle(self, text: str) -> None:
        """Read how far the values reach that are said to be something else than personal data."""
        for kind in ("other", "version", "ip"):
            starts = sorted(at for at, kinds in self.announced.items() if kind in kinds)
            spans = ((at, claimed.end()) for at in starts if (claimed := _CLAIMED.match(text, at)))
            self._claims[kind] = list(spans)

    def claims(self, kind: str, start: int, end: int) -> bool:
        """Whether `text[start:end]` touches a value that is announced as `kind`."""
        spans = self._claims.get(kind, [])
        at = bisect_left(spans, (end, 0)) - 1
        return at >= 0 and spans[at][1] > start


@dataclass(frozen=True, slots=True)
class _Label:
    start: int
    end: int
    kinds: frozenset[str]


def read_labels(text: str) -> Labels:
    """Find every label of the vocabulary and the value that it announces. Linear in the text."""
    labels = Labels()
    folded = fold(text)
    header: Sequence[frozenset[str]] = ()
    for start, end in _lines(text):
        cells = _cells(text, start, end)
        found = list(_labels_in(folded, start, end))
        heads = _heads(text, cells, found)
        if heads:
            header = heads
            continue
        for label in found:
            if label.kinds:
                _announce(text, label, (start, end), len(cells) > 1, labels)
        header = header if len(cells) > 1 else ()
        for (at, _), kinds in zip(cells, header, strict=False):
            if kinds:
                labels.announce(at, kinds)
    labels.settle(text)
    return labels


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, start + len(line.rstrip("\r\n"))
        start += len(line)


def _cells(text: str, start: int, end: int) -> list[tuple[int, int]]:
    cells, at = [], start
    for gap in _CELL_BREAK.finditer(text, start, end):
        cells.append((at, gap.start()))
        at = gap.end()
    cells.append((at, end))
    return cells


def _labels_in(folded: str, start: int, end: int) -> Iterator[_Label]:
    words = list(_WORD.finditer(folded, start, end))
    at = 0
    while at < len(words):
        length, kinds = _longest(folded, words, at)
        if length:
            last = at + length if kinds & _PERSONAL else _skip_fillers(folded, words, at + length)
            yield _Label(words[at].start(), words[last - 1].end(), kinds)
        at += length or 1


def _longest(folded: str, words: list[re.Match[str]], at: int) -> tuple[int, frozenset[str]]:
    best, kinds = 0, frozenset[str]()
    for phrase, meant in LABELS.get(words[at].group(), {}).items():
        if len(phrase) > best and _reads(folded, words, at, phrase):
            best, kinds = len(phrase), meant
    return best, kinds


def _reads(folded: str, words: list[re.Match[str]], at: int, phrase: tuple[str, ...]) -> bool:
    if at + len(phrase) > len(words):
        return False
    pairs = zip(words[at : at + len(phrase)], phrase, strict=True)
    return all(word.group() == expected for word, expected in pairs) and all(
        _WITHIN.fullmatch(folded, words[place].end(), words[place + 1].start())
        for place in range(at, at + len(phrase) - 1)
    )


def _skip_fillers(folded: str, words: list[re.Match[str]], at: int) -> int:
    last = min(at + 3, len(words))
    while at < last and words[at].group() in FILLERS:
        if not _WITHIN.fullmatch(folded, words[at - 1].end(), words[at].start()):
            break
        at += 1
    return at


def _announce(
    text: str, label: _Label, line: tuple[int, int], in_row: bool, labels: Labels
) -> None:
    if "phone_letter" in label.kinds and not _LETTER_GAP.match(text, label.end):
        return
    bracket = _BRACKET.match(text, label.end)
    pattern = _CLOSING_GAP if "closing" in label.kinds else _GAP
    gap = pattern.match(text, bracket.end() if bracket else label.end)
    below = gap is not None and gap.end() > line[1]
    if gap is None or (below and in_row):
        return
    alone = not below or "closing" in label.kinds or not _WORD.search(text, line[0], label.start)
    labels.announce(gap.end(), label.kinds if alone else label.kinds - _OF_PEOPLE)


def _heads(
    text: str, cells: list[tuple[int, int]], found: list[_Label]
) -> Sequence[frozenset[str]] | None:
    """What the columns below a row hold, if the row is a table's head: several labels and no numbers."""
    if len(cells) < 2 or _NUMBER.search(text, cells[0][0], cells[-1][1]):
        return None
    heads = [frozenset[str]() for _ in cells]
    starts = [start for start, _ in cells]
    for label in found:
        cell = bisect_right(starts, label.start) - 1
        heads[cell] = heads[cell] or label.kinds
    return _of_people(heads) if sum(map(bool, heads)) >= 2 else None


def _of_people(heads: list[frozenset[str]]) -> list[frozenset[str]]:
    """In a table with telephone numbers, accounts or identities, what is a name is a person's."""
    if any(kinds - _OF_THINGS for kinds in heads):
        return [kinds | {"name"} if "name_perhaps" in kinds else kinds for kinds in heads]
    return heads
