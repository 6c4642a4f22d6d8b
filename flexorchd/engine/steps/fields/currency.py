"""Currencies as they are written beside amounts, and the one that a document is in."""

from __future__ import annotations

import re
from collections import Counter

_SIGNS = {
    "€": "EUR", "£": "GBP", "₺": "TRY", "¥": "¥", "₹": "INR", "₽": "RUB", "₴": "UAH", "₩": "KRW",
    "₪": "ILS", "$": "$", "us$": "USD", "ca$": "CAD", "c$": "CAD", "a$": "AUD", "au$": "AUD",
    "hk$": "HKD", "nz$": "NZD", "s$": "SGD", "r$": "BRL",
}  # fmt: skip
CODES = frozenset(
    [
        "EUR",
        "USD",
        "GBP",
        "TRY",
        "CHF",
        "PLN",
        "CZK",
        "HUF",
        "RON",
        "BGN",
        "SEK",
        "NOK",
        "DKK",
        "ISK",
        "JPY",
        "CNY",
        "INR",
        "AUD",
        "CAD",
        "NZD",
        "SGD",
        "HKD",
        "BRL",
        "MXN",
        "ZAR",
        "RUB",
        "UAH",
        "ILS",
        "AED",
        "SAR",
        "KRW",
        "THB",
        "RSD",
        "MDL",
        "GEL",
        "MAD",
        "TND",
        "EGP",
        "QAR",
        "KWD",
    ]
)
_WORDS = {
    "tl": "TRY", "zł": "PLN", "zl": "PLN", "kč": "CZK", "ft": "HUF", "lei": "RON", "kr": "kr",
    "euro": "EUR", "euros": "EUR", "fr": "CHF", "sfr": "CHF", "rs": "INR", "лв": "BGN",
    "lira": "TRY", "pln": "PLN",
}  # fmt: skip
_KR = {"sv": "SEK", "da": "DKK", "no": "NOK", "nb": "NOK", "is": "ISK"}
_NAMED = re.compile(
    r"\b(US dollars?|euros?|pounds? sterling|Swiss francs?|Turkish lira|Türk lirası|Schweizer "
    r"Franken|francs suisses|franchi svizzeri|dollari|zloty|złotych)\b",
    re.IGNORECASE,
)
_NAMES = {
    "us": "USD", "eu": "EUR", "po": "GBP", "sw": "CHF", "tu": "TRY", "tü": "TRY", "sc": "CHF",
    "fr": "CHF", "do": "USD", "zl": "PLN", "zł": "PLN",
}  # fmt: skip
_BEFORE = re.compile(r"(?:[A-Za-z]{0,2}[$€£¥₺₹₽₴₩₪]|\b[^\W\d_]{2,3}\.?)[ ]?[-−–]?[ ]?$")
_AFTER = re.compile(r"[ ]?([-−–]?[ ]?)([$€£¥₺₹₽₴₩₪]|[^\W\d_]{2,5}(?![^\W_]))")


def code_of(word: str) -> str | None:
    """The ISO code of a sign, code or word (``$`` and ``kr`` stand for several: as they are)."""
    bare = word.strip(" .")
    if bare in CODES:
        return bare
    lower = bare.lower()
    return _SIGNS.get(lower) or _WORDS.get(lower)


def currency_before(text: str, start: int) -> tuple[str, int] | None:
    """The currency that ends right before a position, and where it begins."""
    window = text[max(0, start - 8) : start]
    match = _BEFORE.search(window)
    if match is None:
        return None
    written = match.group()
    # "KR8765" is a reference; only signs and codes stand directly before a number.
    if written[-1].isalpha() and written not in CODES:
        return None
    code = code_of(written.rstrip(" -−–"))
    return (code, start - len(window) + match.start()) if code else None


def currency_after(text: str, end: int) -> tuple[str, int] | None:
    """The currency that begins right after a position, and where it ends."""
    match = _AFTER.match(text, end, end + 9)
    if match is None:
        return None
    code = code_of(match.group(2))
    return (code, match.end()) if code else None


def settle(code: str, language: str, text: str) -> str | None:
    """The ISO code of a sign that several currencies share, if the document tells it."""
    if code == "kr":
        return _KR.get(language)
    if code == "$":
        others = [c for c in ("CAD", "AUD", "NZD", "SGD", "HKD", "MXN") if c in text]
        return others[0] if len(others) == 1 and "USD" not in text else "USD"
    if code == "¥":
        return {"ja": "JPY", "zh": "CNY"}.get(language)
    return code


def named_currency(text: str) -> str | None:
    """The currency that the text spells out, if it spells out just one."""
    found = Counter(_NAMES[match.group(1)[:2].lower()] for match in _NAMED.finditer(text))
    return next(iter(found)) if len(found) == 1 else None
