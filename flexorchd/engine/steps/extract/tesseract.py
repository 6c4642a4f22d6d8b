"""Tesseract through tesserocr, in the languages whose data is on this machine."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path

import tesserocr
from PIL import Image

from flexorchd.engine.steps.extract.ocr import Recognized
from flexorchd.engine.steps.extract.placement import Placed

# The engine's languages, in the order in which they are tried on a document of unknown language.
_LANGUAGES = {
    "en": "eng",
    "de": "deu",
    "fr": "fra",
    "it": "ita",
    "es": "spa",
    "nl": "nld",
    "pl": "pol",
    "tr": "tur",
}
_FURTHER = {
    "pt": "por",
    "sv": "swe",
    "da": "dan",
    "fi": "fin",
    "no": "nor",
    "cs": "ces",
    "hu": "hun",
    "ro": "ron",
}
_NO_LANGUAGE = frozenset({"osd", "equ", "snum"})
_DUBIOUS = 0.3
# What pictures are said to have; Tesseract guesses badly where it is not told.
_DPI = 300


@cache
def _folder() -> Path | None:
    """Where the language data lies."""
    prefix = os.environ.get("TESSDATA_PREFIX")
    places = [Path(prefix), Path(prefix, "tessdata")] if prefix else []
    places += sorted(Path("/usr/share/tesseract-ocr").glob("*/tessdata"), reverse=True)
    roots = (
        Path("/usr/share"),
        Path("/usr/local/share"),
        Path("/opt/homebrew/share"),
        Path(sys.prefix, "share"),
    )
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


class Tesseract:
    """One document's engine: the languages are loaded once.

    Args:
        locale: ``und`` or a language code.
        named: Tesseract's names of languages, which win over the locale.
    """

    def __init__(self, locale: str, named: tuple[str, ...] = ()) -> None:
        self._languages = _chosen(locale, named)
        self._missing = sorted(set(named) - set(self._languages))

    @property
    def warnings(self) -> tuple[str, ...]:
        """Names the configured languages that are not there."""
        if not self._missing:
            return ()
        return (f"Tesseract's language data is not installed for: {', '.join(self._missing)}.",)

    def recognize(self, picture: Image.Image) -> Recognized:
        """The words of a grey picture in all of the document's languages."""
        return _recognize(self._full, picture)

    def glance(self, picture: Image.Image) -> Recognized:
        """The words in one language: several take many times as long over what is no text."""
        return _recognize(self._quick, picture)

    @cached_property
    def _full(self) -> tesserocr.PyTessBaseAPI:
        return _api("+".join(self._languages))

    @cached_property
    def _quick(self) -> tesserocr.PyTessBaseAPI:
        return _api("eng" if "eng" in installed() else self._languages[0])


def _api(languages: str) -> tesserocr.PyTessBaseAPI:
    return tesserocr.PyTessBaseAPI(
        path=str(_folder()), lang=languages, psm=tesserocr.PSM.AUTO, oem=tesserocr.OEM.LSTM_ONLY
    )


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
