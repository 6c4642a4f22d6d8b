"""Tesseract through tesserocr, in the languages whose data is on this machine."""

from __future__ import annotations

import math
import os
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from PIL import Image

from flexorchd.engine.steps.extract.placement import Placed
from flexorchd.engine.steps.extract.recognition import Recognized

# Read when the library is loaded: its threads slow down both each other and other documents' pages.
os.environ.setdefault("OMP_THREAD_LIMIT", "1")

import tesserocr

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
# Words that tell the engine's languages apart even where a reader for English lost their accents.
_TELLING = {
    "eng": "the and of to for with this from your is are invoice page quantity price amount due",
    "deu": "der die das und mit fur von den dem ist bitte rechnung betrag menge preis netto summe mwst",
    "fra": "le les des du et pour vous est une sur dans facture montant quantite prix tva",
    "ita": "il di e per della del con che una dei fattura importo totale quantita prezzo iva",
    "spa": "el los las del y para por con una factura fecha importe cantidad precio",
    "nld": "het een en van voor met op te zijn factuur bedrag aantal prijs btw",
    "pol": "i w na z do nie oraz faktura nr kwota razem ilosc cena wartosc",
    "tur": "ve bir bu icin ile olarak fatura tarihi tutar toplam adet fiyat miktar kdv",
}
_TOLD = 3
_ROOTS = ("/usr/share", "/usr/local/share", "/opt/homebrew/share", f"{sys.prefix}/share")
_NO_LANGUAGE = frozenset({"osd", "equ", "snum"})
_DUBIOUS = 0.3
# What pictures are said to have; Tesseract guesses badly where it is not told.
_DPI = 300


@cache
def _folder() -> Path | None:
    """Where the language data lies."""
    prefix = os.environ.get("TESSDATA_PREFIX")
    if prefix:
        places = [Path(prefix), Path(prefix, "tessdata")]
    else:
        places = sorted(Path("/usr/share/tesseract-ocr").glob("*/tessdata"), reverse=True)
        places += [Path(root, "tessdata") for root in _ROOTS]
    return next((place for place in places if any(place.glob("*.traineddata"))), None)


def installed() -> tuple[str, ...]:
    """Tesseract's names of the languages whose data is there."""
    folder = _folder()
    names = {path.stem for path in folder.glob("*.traineddata")} if folder else set()
    return tuple(sorted(names - _NO_LANGUAGE))


def _of_locale(locale: str) -> str | None:
    """The locale's language; none where the locale says nothing or its data is not there."""
    own = {**_LANGUAGES, **_FURTHER}.get(locale.partition("-")[0].lower())
    return own if own in installed() else None


def _of_text(text: str) -> tuple[str, ...]:
    """The language that a text's small words tell, and English; none where they do not."""
    words = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower().split()
    votes = {
        name: sum(words.count(word) for word in telling.split())
        for name, telling in _TELLING.items()
    }
    best, second = sorted(votes, key=lambda name: -votes[name])[:2]
    return (
        _there((best, "eng")) if votes[best] >= _TOLD and votes[best] > 1.5 * votes[second] else ()
    )


def _there(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name in installed()))


class Tesseract:
    """One document's engine. Each set of languages is loaded once.

    Args:
        locale: ``und`` or a language code.
        named: Tesseract's names of further languages.
    """

    def __init__(self, locale: str, named: tuple[str, ...] = ()) -> None:
        own = _of_locale(locale)
        self._given = _there((own, *(named or ("eng",)))) if own or named else ()
        self._missing = sorted(set(named) - set(installed()))
        self._apis: dict[tuple[str, ...], tesserocr.PyTessBaseAPI] = {}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Names the configured languages that are not there."""
        if not self._missing:
            return ()
        return (f"Tesseract's language data is not installed for: {', '.join(self._missing)}.",)

    def glance(self, picture: Image.Image) -> Recognized:
        """The words in one language: several take many times as long over what is no text."""
        return _recognize(self._api((_there(("eng",)) or self._given or installed())[:1]), picture)

    def recognize(self, picture: Image.Image, seen: Recognized) -> Recognized:
        """The words in the languages given, else in the one seen, else in all of the engine's.

        Few languages are quicker, and better: accents are lost to a language that has none.
        """
        text = " ".join(word.text for word in seen.words)
        languages = self._given or _of_text(text) or _there(_LANGUAGES.values()) or installed()
        return _recognize(self._api(languages), picture)

    def _api(self, languages: tuple[str, ...]) -> tesserocr.PyTessBaseAPI:
        if languages not in self._apis:
            self._apis[languages] = tesserocr.PyTessBaseAPI(
                path=str(_folder()),
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
