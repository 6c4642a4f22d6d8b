"""Tesseract through tesserocr, in the languages whose data is on this machine."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator

from PIL import Image

from flexorchd.engine.steps.extract import tessdata
from flexorchd.engine.steps.extract.placement import Placed
from flexorchd.engine.steps.extract.recognition import Recognized

# Read when the library is loaded: its threads slow down both each other and other documents' pages.
os.environ.setdefault("OMP_THREAD_LIMIT", "1")

import tesserocr

# What Leptonica finds odd about a page goes to standard error, and helps nobody.
tesserocr.set_leptonica_log_level(tesserocr.LeptLogLevel.NONE)

_DUBIOUS = 0.3
# What pictures are said to have; Tesseract guesses badly where it is not told.
_DPI = 300


class Tesseract:
    """One document's engine. Each set of languages is loaded once.

    Args:
        locale: ``und`` or a language code.
        named: Tesseract's names of further languages.
    """

    def __init__(self, locale: str, named: tuple[str, ...] = ()) -> None:
        own = tessdata.of_locale(locale)
        self._given = tessdata.there((own, *(named or ("eng",)))) if own or named else ()
        self._missing = sorted(set(named) - set(tessdata.installed()))
        self._apis: dict[tuple[str, ...], tesserocr.PyTessBaseAPI] = {}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Names the configured languages that are not there."""
        if not self._missing:
            return ()
        return (f"Tesseract's language data is not installed for: {', '.join(self._missing)}.",)

    def glance(self, picture: Image.Image) -> Recognized:
        """The words in one language: several take many times as long over what is no text."""
        return _recognize(
            self._api((tessdata.there(("eng",)) or self._given or tessdata.installed())[:1]),
            picture,
        )

    def recognize(self, picture: Image.Image, seen: Recognized) -> Recognized:
        """The words in the languages given, else in the one seen, else in all of the engine's.

        Few languages are quicker, and better: accents are lost to a language that has none.
        """
        text = " ".join(word.text for word in seen.words)
        languages = self._given or tessdata.of_text(text) or tessdata.usual()
        return _recognize(self._api(languages), picture)

    def _api(self, languages: tuple[str, ...]) -> tesserocr.PyTessBaseAPI:
        if languages not in self._apis:
            self._apis[languages] = tesserocr.PyTessBaseAPI(
                path=str(tessdata.folder()),
                lang="+".join(languages),
                psm=tesserocr.PSM.AUTO,
                oem=tesserocr.OEM.LSTM_ONLY,
            )
        return self._apis[languages]


def _recognize(api: tesserocr.PyTessBaseAPI, picture: Image.Image) -> Recognized:
    api.SetImage(picture)
    api.SetSourceResolution(_DPI)
    api.Recognize()
    found = [each for each in _found(api) if not _is_rule(*each)]
    return Recognized(
        tuple(word for word, _ in found), tuple(confidence for _, confidence in found)
    )


def _found(api: tesserocr.PyTessBaseAPI) -> Iterator[tuple[Placed, float]]:
    iterator = api.GetIterator()
    if iterator is None:
        return
    for item in tesserocr.iterate_level(iterator, tesserocr.RIL.WORD):
        box, line = item.BoundingBox(tesserocr.RIL.WORD), item.Baseline(tesserocr.RIL.TEXTLINE)
        text = item.GetUTF8Text(tesserocr.RIL.WORD).strip() if box and line else ""
        if text:
            yield _placed(text, box, line), item.Confidence(tesserocr.RIL.WORD) / 100


def _placed(
    text: str, box: tuple[int, int, int, int], line: tuple[tuple[int, int], tuple[int, int]]
) -> Placed:
    """The word in coordinates that grow upwards."""
    left, top, right, bottom = box
    (x0, y0), (x1, y1) = line
    return Placed(text, (left, -bottom, right, -top), (x0, -y0), math.atan2(y1 - y0, x1 - x0))


def _is_rule(word: Placed, confidence: float) -> bool:
    """Whether this is a line of a table, or a speck."""
    if any(char.isalnum() for char in word.text):
        return False
    return set(word.text) <= {"|", "¦"} or confidence < _DUBIOUS
