"""Text with its place and angle on a page, sorted by the directions it is read in."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from flexorchd.engine.steps.extract.layout import Word, lines

Box = tuple[float, float, float, float]
"""Left, bottom, right, top; `y` grows upwards."""

_QUARTER = math.pi / 2
# Radians off the nearest quarter turn: more is no skew any longer.
_OBLIQUE = 0.1
_UNMAPPED = re.compile("[\x00-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd]")


@dataclass(frozen=True, slots=True)
class Placed:
    """A word as it lies on the page.

    Attributes:
        text: the word.
        box: around it.
        origin: a point of the line that it stands on.
        angle: of that line, clockwise, in radians.
    """

    text: str
    box: Box
    origin: tuple[float, float]
    angle: float

    @property
    def quarter(self) -> int:
        """The nearest quarter turn, 0 to 3."""
        return round(self.angle / _QUARTER) % 4

    @property
    def is_oblique(self) -> bool:
        """Whether it stands at an angle, as watermarks do."""
        return abs(self.angle - round(self.angle / _QUARTER) * _QUARTER) > _OBLIQUE


@dataclass(frozen=True, slots=True)
class PageText:
    """A page's words by the direction they are read in.

    Attributes:
        directions: the words of each direction, in its own upright coordinates; the main one first.
        oblique: text at other angles, in the file's order.
    """

    directions: tuple[tuple[Word, ...], ...]
    oblique: str

    @property
    def text(self) -> str:
        """The page as lines in reading order."""
        straight = [line for words in self.directions for line in lines(words)]
        return "\n".join([*straight, self.oblique] if self.oblique else straight)

    @property
    def characters(self) -> int:
        """How many visible characters the page has."""
        return len(self._letters)

    @property
    def unreadable(self) -> float:
        """The share of characters that stand for nothing, because their font does not say what for."""
        letters = self._letters
        return len(_UNMAPPED.findall(letters)) / len(letters) if letters else 0.0

    @property
    def _letters(self) -> str:
        return "".join(
            word.text for words in self.directions for word in words
        ) + self.oblique.replace(" ", "")


def page_text(words: Iterable[Placed]) -> PageText:
    """The page's words sorted by direction."""
    straight: dict[int, list[Placed]] = {}
    oblique: list[str] = []
    for word in words:
        if word.is_oblique:
            oblique.append(word.text)
        else:
            straight.setdefault(word.quarter, []).append(word)
    by_length = sorted(straight.values(), key=lambda group: -sum(len(word.text) for word in group))
    return PageText(tuple(tuple(_upright(group)) for group in by_length), " ".join(oblique))


def _upright(words: Sequence[Placed]) -> Iterator[Word]:
    """The words turned so that they read from left to right and stand on level lines."""
    quarter = words[0].quarter * _QUARTER
    # Angles just under a full turn are skews to the left.
    skew = median(math.remainder(word.angle - quarter, 4 * _QUARTER) for word in words)
    for word in words:
        left, bottom, right, top = word.box
        corners = [_turned((x, y), quarter) for x in (left, right) for y in (bottom, top)]
        half = (max(along for along, _ in corners) - min(along for along, _ in corners)) / 2
        height = max(down for _, down in corners) - min(down for _, down in corners)
        middle, _ = _turned(((left + right) / 2, (bottom + top) / 2), quarter + skew)
        _, baseline = _turned(word.origin, quarter + skew)
        yield Word(middle - half, middle + half, baseline, height, word.text)


def _turned(point: tuple[float, float], angle: float) -> tuple[float, float]:
    """How far along and how far down a point lies, for a reader whose lines run at `angle`."""
    x, y = point
    cosine, sine = math.cos(angle), math.sin(angle)
    return x * cosine - y * sine, -x * sine - y * cosine
