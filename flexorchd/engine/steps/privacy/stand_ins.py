"""Stand-ins for personal data: the writing of the original, and nobody's.

Where a range is kept for examples or never issued, a stand-in comes from there, with right check digits.
Elsewhere its check digits are wrong on purpose, or its serial is one that cannot be assigned: a well-formed
number that passes every check is somebody's.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from flexorchd.engine.steps.privacy import checksums
from flexorchd.engine.steps.privacy.identifiers import RULES
from flexorchd.engine.steps.privacy.rules import bare

_DIGITS = "0123456789"
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_ATTEMPTS = 64
_LAST_DIGITS = 4
_GIVEN = ("Alex", "Robin", "Kim", "Charlie", "Sam", "Jo", "Deniz", "Nicola", "Noa", "Luca", "Mika")
_FAMILY = ("Beispiel", "Example", "Örnek", "Exemple", "Esempio", "Ejemplo", "Voorbeeld", "Przykład")
_CARD_PREFIX = "999999"
_UNISSUED = {"national_id_uk": "QQ", "ssn_us": "666", "national_id_pl": "997231"}
_VAT_COUNTRIES = ("DE", "FR", "NL", "ES", "PL")
_DOCUMENTATION_NETS = ("192.0.2", "198.51.100", "203.0.113")


class _Dice:
    """Choices that follow from a seed, the same on every machine."""

    def __init__(self, seed: bytes) -> None:
        self._pool = int.from_bytes(hashlib.sha512(seed).digest(), "big")

    def pick(self, choices: Sequence[str]) -> str:
        self._pool, at = divmod(self._pool, len(choices))
        return choices[at]


def stand_in(pii_type: str, written: str, seed: bytes) -> str:
    """A stand-in for a value.

    Args:
        pii_type: the value's PII type.
        written: the value as it stands in the document; separators and capitals are kept.
        seed: a secret that belongs to the value; the same seed gives the same stand-in.
    """
    dice = _Dice(seed)
    if pii_type == "email":
        return f"person{dice.pick(_DIGITS[1:])}{_draw('000', dice)}@example.com"
    if pii_type == "name":
        return _name(written, dice)
    if pii_type == "ip":
        return f"{dice.pick(_DOCUMENTATION_NETS)}.{1 + int(_draw('00', dice))}"
    if pii_type == "ip_v6":
        return f"2001:db8::{_draw('0000', dice)}"
    if pii_type.startswith("iban"):
        return _rewrite(written, _iban(bare(written), dice))
    if pii_type.startswith("phone"):
        return _rewrite(written, _unassigned(bare(written), dice))
    if pii_type == "credit_card":
        return _rewrite(written, _card(len(bare(written)), dice))
    return _rewrite(written, _number(pii_type, bare(written), seed))


def _rewrite(written: str, number: str) -> str:
    """The characters of `number` in the places of the letters and digits of `written`."""
    fresh = iter(number)
    return "".join(next(fresh, "") if char.isalnum() else char for char in written)


def _draw(shape: str, dice: _Dice) -> str:
    return "".join(dice.pick(_DIGITS) if char.isdigit() else dice.pick(_LETTERS) for char in shape)


def _name(written: str, dice: _Dice) -> str:
    given, family = dice.pick(_GIVEN), dice.pick(_FAMILY)
    name = f"{given} {family}" if re.search(r"[\s,]", written) else family
    return name.upper() if written.isupper() else name


def _iban(number: str, dice: _Dice) -> str:
    """An account at a bank whose code is all zeros, with right check digits."""
    if len(number) != checksums.IBAN_LENGTHS.get(number[:2]):
        return _lowest(number, dice)
    country, account = number[:2], "0" * 8 + _draw("0" * (len(number) - 12), dice)
    numeric = int("".join(str(int(char, 36)) for char in account + country + "00"))
    return f"{country}{98 - numeric % 97:02}{account}"


def _card(length: int, dice: _Dice) -> str:
    """A number of an issuer that does not exist, with its right check digit."""
    body = _CARD_PREFIX + _draw("0" * (length - len(_CARD_PREFIX) - 1), dice)
    return next(body + digit for digit in _DIGITS if checksums.luhn(body + digit))


def _unassigned(number: str, dice: _Dice) -> str:
    """A number whose subscriber part begins with zeros, which is assigned nowhere."""
    kept = max(len(number) - 7, 1)
    return number[:kept] + "0" * (len(number) - kept - 2) + _draw("00", dice)


def _number(pii_type: str, number: str, seed: bytes) -> str:
    """An identity or tax number: unissued where that is known, else with wrong check digits."""
    unissued = pii_type in _UNISSUED
    prefix = _UNISSUED[pii_type] if unissued else number[: number[:2] in _VAT_COUNTRIES and 2]
    rules = [rule for rule in RULES if rule.type == pii_type and rule.loose.fullmatch(number)]
    if any(rule.check is checksums.always for rule in rules) or not rules:
        return _lowest(number, _Dice(seed))
    for attempt in range(_ATTEMPTS):
        drawn = prefix + _draw(number, _Dice(seed + bytes([attempt])))[len(prefix) :]
        if unissued or not any(
            rule.loose.fullmatch(drawn) and rule.accepts(drawn) for rule in rules
        ):
            return drawn
    return _lowest(number, _Dice(seed))


def _lowest(number: str, dice: _Dice) -> str:
    """Zeros and a few last digits, where no check digit could be wrong."""
    zeros = re.sub(r"\d", "0", number)
    kept = zeros if zeros.count("0") > len(zeros) // 2 else "X" * len(zeros)
    return kept[:-_LAST_DIGITS] + _draw(kept[-_LAST_DIGITS:], dice)
