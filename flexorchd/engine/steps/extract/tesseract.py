"""Tesseract through tesserocr, in the languages whose data is on this machine."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median

import tesserocr
from PIL import Image

from flexorchd.engine.steps.extract.layout import Word
from flexorchd.engine.steps.extract.ocr import Recognized

# The engine's languages, in the order in which they are tried on a document of unknown language.
_LANGUAGES = {"en": "eng", "de": "deu", "fr": "fra", "it": "ita", "es": "spa", "nl": "nld", "pl": "pol", "tr": "tur"}
_FURTHER = {"pt": "por", "sv": "swe", "da": "dan", "fi": "fin", "no": "nor", "cs": "ces", "hu": "hun", "ro": "ron"}
_NO_LANGUAGE = frozenset({"osd", "equ", "snum"})
_DUBIOUS = 0.3


@cache
def _folder() -> Path | None:
    """Where the language data lies."""
    prefix = os.environ.get("TESSDATA_PREFIX")
    places = [Path(prefix), Path(prefix, "tessdata")] if prefix else []
    places += sorted(Path("/usr/share/tesseract-ocr").glob("*/tessdata"), reverse=True)
    roots = (Path("/usr/share"), Path("/usr/local/share"), Path("/opt/homebrew/share"), Path(sys.prefix, "share"))
    places += [root / "tessdata" for root in roots]
    return next((place for place in places if any(place.glob("*.traineddata"))), None)


def installed() -> tuple[str, ...]:
    """Tesseract's names of the languages whose data is there."""
    folder = _folder()
    names = {path.stem for path in folder.glob("*.traineddata")} if folder else set()
    return tuple(sorted(names - _NO_LANGUAGE))


def _chosen(locale: str, named: tuple[str, ...]) -> tuple[str, ...]:
    """The languages to read in: those named, else the locale's with English, else all of the engine's."""
    there = installed()
    own = {**_LANGUAGES, **_FURTHER}.get(locale.partition("-")[0].lower())
    wanted = named or ((own, "eng") if own in there else tuple(_LANGUAGES.values()))
    return tuple(dict.fromkeys(name for name in wanted if name in there)) or there


@dataclass(frozen=True, slots=True)
class _Found:
    """A word, its box (left, top, right, bottom) and the line that it stands on (two points)."""

    text: str
    confidence: float
    box: tuple[int, int, int, int]
    baseline: tuple[tuple[int, int], tuple[int, int]]

    @property
    def height(self) -> float:
        return self.box[3] - self.box[1]

    @property
    def slope(self) -> float:
        (x0, y0), (x1, y1) = self.baseline
        return math.atan2(y1 - y0, x1 - x0) if x1 > x0 else 0.0

    def word(self, angle: float, height: float) -> Word:
        """The word on a page turned back by `angle`; no lower than the usual `height`."""
        left, _, right, _ = self.box
        (x0, y0), _ = self.baseline
        middle = (left + right) / 2
        y = y0 + (middle - x0) * math.tan(self.slope)
        x = middle * math.cos(angle) + y * math.sin(angle)
        half = (right - left) / 2
        baseline = y * math.cos(angle) - middle * math.sin(angle)
        return Word(x - half, x + half, baseline, max(self.height, height), self.text)

    @property
    def is_rule(self) -> bool:
        """Whether this is a line of a table, or a speck."""
        if any(char.isalnum() for char in self.text):
            return False
        return set(self.text) <= {"|", "¦"} or self.confidence < _DUBIOUS


class Tesseract:
    """One document's engine: the languages are loaded once.

    Args:
        locale: ``und`` or a language code.
        named: Tesseract's names of languages, which win over the locale.
    """

    def __init__(self, locale: str, named: tuple[str, ...] = ()) -> None:
        languages = _chosen(locale, named)
        self._missing = sorted(set(named) - set(languages))
        self._api = tesserocr.PyTessBaseAPI(
            path=str(_folder()), lang="+".join(languages), psm=tesserocr.PSM.AUTO, oem=tesserocr.OEM.LSTM_ONLY
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """Names the configured languages that are not there."""
        if not self._missing:
            return ()
        return (f"Tesseract's language data is not installed for: {', '.join(self._missing)}.",)

    def recognize(self, picture: Image.Image) -> Recognized:
        """The words of a grey picture."""
        self._api.SetImage(picture)
        self._api.SetSourceResolution(300)
        self._api.Recognize()
        found = list(self._found())
        height = median(each.height for each in found) if found else 0.0
        angle = median(each.slope for each in found) if found else 0.0
        kept = [each for each in found if not each.is_rule]
        return Recognized(
            tuple(each.word(angle, height) for each in kept), tuple(each.confidence for each in kept)
        )

    def _found(self) -> Iterator[_Found]:
        iterator = self._api.GetIterator()
        if iterator is None:
            return
        for item in tesserocr.iterate_level(iterator, tesserocr.RIL.WORD):
            box, baseline = item.BoundingBox(tesserocr.RIL.WORD), item.Baseline(tesserocr.RIL.TEXTLINE)
            text = item.GetUTF8Text(tesserocr.RIL.WORD) if box and baseline else ""
            if text.strip():
                yield _Found(text.strip(), item.Confidence(tesserocr.RIL.WORD) / 100, box, baseline)
