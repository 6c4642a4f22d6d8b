"""Bytes to text when nobody says the encoding, or says it wrongly.

Own code, because the usual detectors take Turkish for Central European: the languages that the
engine serves need few code pages, and these differ by letters that can be weighed.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WESTERN = "äöüßàâæçéèêëîïôœùûÿáíìòóúñåøãõ"
# Code page -> the letters beyond ASCII that its languages use; the first of equals wins.
_CODE_PAGES = {
    "cp1252": _WESTERN,
    "cp1254": "çğıöşüâîû" + "äßéèàêëôù" + "İ",
    "cp1250": "ąćęłńóśźż" + "áčďéěíňřšťúůýž" + "äöüßőűâîşţăđ",
    "iso8859_2": "ąćęłńóśźż" + "áčďéěíňřšťúůýž" + "äöüßőűâîşţăđ",
    "cp850": _WESTERN,
    "cp857": "çğıöşüâîû" + "äß" + "İ",
    "cp852": "ąćęłńóśźż" + "áčďéěíňřšťúůýž" + "äöüßőű",
    "cp1251": "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєў",
    "cp1253": "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώ",
    "mac_roman": _WESTERN,
}
_PAGE_OF_LOCALE = {"tr": "cp1254", "pl": "cp1250", "cs": "cp1250", "sk": "cp1250", "hu": "cp1250"}
_TYPOGRAPHY = frozenset("€£„“”‚‘’«»‹›–—…•·°§№™®©¡¿ªº´\xa0\xad")
_SAMPLE = 200_000
_WITHIN_WORDS = frozenset("’´·\xad")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")


def decode(data: bytes, locale: str = "und", declared: str | None = None) -> str | None:
    """The text of `data`, or None when it is not text.

    Order: byte order mark, UTF-8, the declared encoding where the bytes fit it, UTF-16 by its
    pattern of zeros, then the code page whose letters make the most sense, a locale's own first.
    UTF-8 goes before a declaration, because no other text fits it by chance and many declare wrongly.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    for name in _candidates(known(declared)):
        text = _strictly(data, name)
        if text is not None and _is_text(text):
            return text
    wide = _utf_16(data)
    if wide is not None:
        return wide
    text = data.decode(_code_page(data[:_SAMPLE], locale), "replace")
    return text if _is_text(text) else None


def preview(data: bytes, size: int = 65_536) -> str | None:
    """The beginning of the text, for looking at; None when it is not text."""
    head = data[:size]
    if len(data) > size:
        # The cut may lie within a character.
        head = head[: head.rfind(b"\n") + 1] or head.rstrip(bytes(range(0x80, 0x100)))
    return decode(head)


def known(name: str | None) -> str | None:
    """Python's name of a declared text encoding, or None."""
    try:
        info = codecs.lookup((name or "").strip().strip("\"'"))
    except (LookupError, ValueError):
        return None
    # HTML's rule: what calls itself Latin-1 or Latin-5 is the Windows code page that contains it.
    alias = {"iso8859-1": "cp1252", "iso8859-9": "cp1254"}.get(info.name, info.name)
    return alias if getattr(info, "_is_text_encoding", True) and alias != "utf-7" else None


def _candidates(declared: str | None) -> tuple[str, ...]:
    if declared is None:
        return ("utf-8",)
    # These are written in ASCII's bytes, so they fit UTF-8 as well.
    return (declared, "utf-8") if declared.startswith(("iso2022", "hz")) else ("utf-8", declared)


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeError:
        return None


def _is_text(text: str) -> bool:
    """Whether controls are rare: at most one in twenty characters, and binaries have more."""
    sample = text[:_SAMPLE]
    controls = sum(sample.count(chr(code)) for code in (*range(9), *range(14, 27), *range(28, 32)))
    return controls * 20 <= len(sample)


def _utf_16(data: bytes) -> str | None:
    """UTF-16 without a mark: one byte of each pair is hardly ever used for more than a few values."""
    sample = data[: _SAMPLE - _SAMPLE % 2]
    for name, high in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if high and high.count(0) * 3 > len(high):
            text = data[: len(data) - len(data) % 2].decode(name, "replace")
            if _is_text(text):
                return text
    return None


def _code_page(sample: bytes, locale: str) -> str:
    preferred = _PAGE_OF_LOCALE.get(locale.partition("-")[0].lower(), "cp1252")
    pages = sorted(_CODE_PAGES, key=lambda page: page != preferred)
    return max(pages, key=lambda page: _sense(sample, page))


def _sense(sample: bytes, page: str) -> int:
    """How much the characters beyond ASCII look like writing in the code page's languages."""
    text = f" {sample.decode(page, 'replace')} "
    letters = _CODE_PAGES[page]
    return sum(_sense_of(text[i - 1], text[i], text[i + 1], letters) for i in _beyond_ascii(text))


def _beyond_ascii(text: str) -> Iterator[int]:
    return (match.start() for match in _BEYOND_ASCII.finditer(text))


def _sense_of(before: str, char: str, after: str, letters: str) -> int:
    if before.isspace() and after.isspace():
        return 0  # on its own, as in a table of characters, it tells nothing of a language
    if char in letters or char.lower() in letters:
        case_breaks = (char.isupper() and before.islower()) or (char.islower() and after.isupper())
        return -3 if case_breaks else -1 if before.isdigit() or after.isdigit() else 2
    if char in _TYPOGRAPHY:
        return -2 if before.isalpha() and after.isalpha() and char not in _WITHIN_WORDS else 1
    return -3 if unicodedata.category(char)[0] in "LSCN" else -1
