"""Tesseract's language data: where it lies, and which of it to read a document with."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

# ISO 639-1 to Tesseract's names: the engine's languages, then others that a locale may name.
_LANGUAGES = {
    "en": "eng", "de": "deu", "fr": "fra", "it": "ita", "es": "spa", "nl": "nld", "pl": "pol", "tr": "tur",
}  # fmt: skip
_FURTHER = {
    "pt": "por", "sv": "swe", "da": "dan", "fi": "fin", "no": "nor", "cs": "ces", "hu": "hun", "ro": "ron",
}  # fmt: skip
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


@cache
def folder() -> Path | None:
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
    place = folder()
    names = {path.stem for path in place.glob("*.traineddata")} if place else set()
    return tuple(sorted(names - _NO_LANGUAGE))


def of_locale(locale: str) -> str | None:
    """The locale's language; none where the locale says nothing or its data is not there."""
    own = {**_LANGUAGES, **_FURTHER}.get(locale.partition("-")[0].lower())
    return own if own in installed() else None


def of_text(text: str) -> tuple[str, ...]:
    """The language that a text's small words tell, and English; none where they do not."""
    words = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower().split()
    votes = {
        name: sum(words.count(word) for word in telling.split())
        for name, telling in _TELLING.items()
    }
    best, second = sorted(votes, key=lambda name: -votes[name])[:2]
    told = votes[best] >= _TOLD and votes[best] > 1.5 * votes[second]
    return there((best, "eng")) if told else ()


def there(names: Iterable[str | None]) -> tuple[str, ...]:
    """Those of the names whose data is there, each once."""
    return tuple(dict.fromkeys(name for name in names if name in installed()))


def usual() -> tuple[str, ...]:
    """The engine's own languages as far as they are there, else all that are."""
    return there(_LANGUAGES.values()) or installed()
