"""What OCR gives, and what an engine for it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PIL import Image

from flexorchd.engine.steps.extract.placement import Placed, page_text

# So many words, so sure on average, are text that lies the right way up.
_ENOUGH = 12
_CONFIDENT = 0.75
# A word that counts.
_LIKELY = 0.5


@dataclass(frozen=True, slots=True)
class Recognized:
    """The words of a picture, and how sure the engine is of each, from 0.0 to 1.0."""

    words: tuple[Placed, ...]
    confidences: tuple[float, ...]

    @property
    def text(self) -> str:
        """The words as lines in reading order."""
        return page_text(self.words).text

    @property
    def confidence(self) -> float:
        """The mean of the words', 0.0 for none."""
        return sum(self.confidences) / len(self.confidences) if self.confidences else 0.0

    @property
    def characters(self) -> float:
        """How many characters can be counted on."""
        pairs = zip(self.words, self.confidences, strict=True)
        return sum(
            len(word.text) * confidence for word, confidence in pairs if confidence >= _LIKELY
        )

    @property
    def makes_sense(self) -> bool:
        """Whether this is text that lies the right way up."""
        return len(self.words) >= _ENOUGH and self.confidence >= _CONFIDENT


class Engine(Protocol):
    """Reads pictures of text."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the reader should know about this engine's set-up."""

    def glance(self, picture: Image.Image) -> Recognized:
        """The words of a grey picture, quickly: enough to see whether it is words, and in what language."""

    def recognize(self, picture: Image.Image, seen: Recognized) -> Recognized:
        """The words of a grey picture; `seen` is what a glance at a part of it showed."""
