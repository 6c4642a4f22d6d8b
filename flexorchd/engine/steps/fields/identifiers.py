"""Numbers that name things: accounts, tax payers, documents. A checksum where there is one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flexorchd.engine.steps.fields.page import fold

_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{1,4}){3,9}")
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22,
    "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28,
    "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23,
    "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26,
    "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LI": 21, "LT": 20, "LU": 20, "LV": 21,
    "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15,
    "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SE": 24,
    "SI": 19, "SK": 24, "SM": 27, "TN": 24, "TR": 26, "UA": 29, "VG": 24, "XK": 20,
}  # fmt: skip

# The forms of VAT numbers with a country, as the EU and its neighbours publish them.
_VAT = {
    "AT": r"U\d{8}", "BE": r"[01]?\d{9}", "BG": r"\d{9,10}", "CH": r"E\d{9}(?:MWST|TVA|IVA)?",
    "CY": r"\d{8}[A-Z]", "CZ": r"\d{8,10}", "DE": r"\d{9}", "DK": r"\d{8}", "EE": r"\d{9}",
    "EL": r"\d{9}", "ES": r"[A-Z0-9]\d{7}[A-Z0-9]", "FI": r"\d{8}", "FR": r"[A-Z0-9]{2}\d{9}",
    "GB": r"\d{9}(?:\d{3})?", "HR": r"\d{11}", "HU": r"\d{8}", "IE": r"\d[A-Z0-9]\d{5}[A-Z]{1,2}",
    "IT": r"\d{11}", "LT": r"\d{9}(?:\d{3})?", "LU": r"\d{8}", "LV": r"\d{11}", "MT": r"\d{8}",
    "NL": r"\d{9}B\d{2}", "NO": r"\d{9}(?:MVA)?", "PL": r"\d{10}", "PT": r"\d{9}",
    "RO": r"\d{2,10}", "SE": r"\d{12}", "SI": r"\d{8}", "SK": r"\d{10}", "TR": r"\d{10,11}",
    "XI": r"\d{9}",
}  # fmt: skip
_VAT_FORM = re.compile("|".join(f"{country}(?:{form})" for country, form in _VAT.items()))
# National numbers, which a label must announce: digits, and letters at the ends in Spain.
_NATIONAL_FORM = re.compile(
    r"[A-Z]?\d{7,8}[A-Z0-9]|\d{8,13}|[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]"
)
_ID_TEXT = re.compile(r"[A-Z0-9](?:[ ./-]{0,2}[A-Z0-9]){7,19}", re.IGNORECASE)

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_\\#-]*")
_PREFIX = re.compile(r"[A-Z]{1,5}")


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier in a text: its value, and where it stands."""

    value: str
    start: int
    end: int


def ibans(text: str) -> Iterator[Identifier]:
    """The IBANs of a text whose length and check digits are right, without blanks."""
    position = 0
    while (match := _IBAN.search(text, position)) is not None:
        compact, end = _compact(match)
        found = is_iban(compact)
        if found:
            yield Identifier(compact, match.start(), end)
        position = end if found else match.start() + 2


def _compact(match: re.Match[str]) -> tuple[str, int]:
    """As many letters and digits as an IBAN of that country has, and where they end."""
    length = _IBAN_LENGTHS.get(match.group()[:2], 0)
    end, compact = match.start(), ""
    while len(compact) < length and end < match.end():
        compact += match.string[end] if match.string[end].isalnum() else ""
        end += 1
    return compact, end


def is_iban(compact: str) -> bool:
    """Whether the check digits (ISO 7064, mod 97) and the country's length are right."""
    if _IBAN_LENGTHS.get(compact[:2]) != len(compact):
        return False
    return int("".join(str(int(c, 36)) for c in compact[4:] + compact[:4])) % 97 == 1


def tax_ids(text: str) -> Iterator[Identifier]:
    """What has the form of a tax number, blanks and points folded away where they group."""
    for match in _ID_TEXT.finditer(text):
        written = match.group()
        for candidate in _shortenings(written):
            compact = re.sub(r"[ .-]", "", candidate).upper()
            if value := _tax_id(candidate, compact):
                yield Identifier(value, match.start(), match.start() + len(candidate))
                break


def _shortenings(written: str) -> Iterator[str]:
    """The text, then shorter and shorter by its last word."""
    yield written
    for blank in reversed([i for i, c in enumerate(written) if c == " "]):
        yield written[:blank]


def _tax_id(written: str, compact: str) -> str | None:
    if _VAT_FORM.fullmatch(compact):
        return compact
    if "/" in written:
        digits = compact.replace("/", "")
        return written if digits.isdigit() and 10 <= len(digits) <= 13 else None
    return compact if _NATIONAL_FORM.fullmatch(compact) else None


def has_vat_form(value: str) -> bool:
    """Whether the number has a country and that country's form."""
    return bool(_VAT_FORM.fullmatch(value))


def reference(text: str) -> Identifier | None:
    """The document number with which a text begins.

    It has a digit, it may have letters, and a short prefix in capitals may stand apart
    (``FV 12/2024``).
    """
    lead = len(text) - len(text.lstrip(" .:#°º*-–—=(\"'|"))
    first = _REFERENCE.match(text, lead)
    if first is None:
        return None
    end = first.end()
    if not _has_digit(first.group()):
        second = _REFERENCE.match(text, end + 1) if text[end : end + 1] == " " else None
        if second is None or not _PREFIX.fullmatch(first.group()) or not _has_digit(second.group()):
            return None
        end = second.end()
    value = text[lead:end].rstrip("./_\\#-")
    return Identifier(value, lead, lead + len(value)) if _is_reference(value) else None


def _has_digit(text: str) -> bool:
    return any(c.isdigit() for c in text)


def _is_reference(value: str) -> bool:
    return 1 <= len(value) <= 40 and _has_digit(value) and not is_iban(fold(value).upper())
