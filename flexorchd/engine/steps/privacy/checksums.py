"""The check digits of identity, tax, bank and card numbers, written from their public specifications.

Every function takes the bare number (upper-case letters and digits, no separators, the length that its
rule's form has already assured) and says whether the number can exist. None raises on other input of that
shape; a letter where the specification has a digit is simply wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

IBAN_LENGTHS: dict[str, int] = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29,
    "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29,
    "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28,
    "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20,
    "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22,
    "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25,
    "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "ST": 25,
    "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}  # fmt: skip
"""Length of an IBAN by country, from the ISO 13616 registry."""

_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_CIF_LETTERS = "JABCDEFGHI"
_HETU_LETTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_FISCALE_DIGITS = str.maketrans("LMNPQRSTUV", "0123456789")
_FISCALE_ODD = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8,
         12, 14, 16, 10, 22, 25, 24, 23),
        strict=True,
    )
)  # fmt: skip


def _digits(number: str) -> list[int]:
    return [int(char) for char in number]


def _weighted(number: str, weights: Iterable[int]) -> int:
    return sum(weight * int(char) for weight, char in zip(weights, number, strict=False))


def _letter_value(char: str) -> int:
    return int(char, 36)


def _is_day(day: str, month: str) -> bool:
    return 1 <= int(day) <= 31 and 1 <= int(month) <= 12


def always(_number: str) -> bool:
    """For numbers whose specification has no check digit."""
    return True


def luhn(number: str) -> bool:
    """ISO/IEC 7812-1 annex B."""
    doubled = (sum(divmod(2 * digit, 10)) for digit in _digits(number)[-2::-2])
    return (sum(doubled) + sum(_digits(number)[-1::-2])) % 10 == 0


def iso7064_mod_11_10(number: str) -> bool:
    """ISO 7064 MOD 11,10 over digits: German tax and VAT numbers."""
    product = 10
    for digit in _digits(number[:-1]):
        product = ((digit + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(number[-1])


def mod_97_10(number: str) -> bool:
    """ISO 7064 MOD 97-10 over letters and digits."""
    return int("".join(str(_letter_value(char)) for char in number)) % 97 == 1


def iban(number: str) -> bool:
    """ISO 13616: the country's length, and MOD 97-10 over the rearranged number."""
    return len(number) == IBAN_LENGTHS.get(number[:2]) and mod_97_10(number[4:] + number[:4])


def card(number: str) -> bool:
    """Luhn, after an issuer prefix and a length that are in use."""
    return bool(_CARD_ISSUER.match(number)) and luhn(number)


_CARD_ISSUER = re.compile(
    r"4\d{12}(?:\d{3}){0,2}$|5[1-5]\d{14}$|2(?:2[2-9]|[3-6]\d|7[01])\d{13}$|2720\d{12}$|3[47]\d{13}$"
    r"|3(?:0[0-5]|[68]\d)\d{11}$|6(?:011|5\d\d|4[4-9]\d)\d{12}$|35(?:2[89]|[3-8]\d)\d{12}$"
    r"|62\d{14,17}$|9792\d{12}$|(?:50|5[6-8]|6[37])\d{14}$"
)


def tckn(number: str) -> bool:
    """Turkish identity number: eleven digits, the last two computed."""
    digits = _digits(number)
    odd, even = sum(digits[0:9:2]), sum(digits[1:8:2])
    return (
        digits[0] > 0 and (7 * odd - even) % 10 == digits[9] and sum(digits[:10]) % 10 == digits[10]
    )


def vkn(number: str) -> bool:
    """Turkish tax number: ten digits."""
    total = 0
    for place, digit in enumerate(_digits(number[:9])):
        shifted = (digit + 9 - place) % 10
        total += 9 if shifted == 9 else shifted * 2 ** (9 - place) % 9
    return -total % 10 == int(number[9])


def mersis(number: str) -> bool:
    """Turkish company register number: a 0, the tax number (a person's identity number), a suffix."""
    return vkn(number[1:11]) or tckn(number[:11])


def steuer_id(number: str) -> bool:
    """German tax identification number, with its rule on repeated digits."""
    counts = sorted(number[:10].count(digit) for digit in set(number[:10]))
    repeated = counts[-1] in (2, 3) and (len(counts) == 1 or counts[-2] == 1)
    return number[0] != "0" and repeated and iso7064_mod_11_10(number)


def steuer_id_lenient(number: str) -> bool:
    """The same without the rule on repeated digits, which made-up numbers do not keep."""
    return number[0] != "0" and iso7064_mod_11_10(number)


def german_vat(number: str) -> bool:
    """Umsatzsteuer-Identifikationsnummer, with its DE."""
    return iso7064_mod_11_10(number[2:])


def german_insurance(number: str) -> bool:
    """Versicherungsnummer: area, birth date, initial, serial, check digit."""
    if not _is_day(str((int(number[2:4]) - 1) % 50 + 1), number[4:6]):
        return False
    digits = number[:8] + f"{_letter_value(number[8]) - 9:02}" + number[9:11]
    weights = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)
    products = (weight * int(digit) for weight, digit in zip(weights, digits, strict=True))
    return sum(sum(divmod(product, 10)) for product in products) % 10 == int(number[11])


def german_identity_card(number: str) -> bool:
    """Serial of nine characters with its check digit (ICAO 9303: weights 7, 3, 1)."""
    weights = (7, 3, 1) * 3
    total = sum(w * _letter_value(c) for w, c in zip(weights, number[:9], strict=True))
    return len(number) > 9 and number[9].isdigit() and total % 10 == int(number[9])


def nir(number: str) -> bool:
    """French social security number with its key; Corsican departments count as 19 and 18."""
    body = number[:13].replace("2A", "19").replace("2B", "18")
    return body.isdigit() and 97 - int(body) % 97 == int(number[13:])


def french_tax(number: str) -> bool:
    """Numéro fiscal (SPI): ten digits and their remainder by 511."""
    return int(number[:10]) % 511 == int(number[10:])


def french_vat(number: str) -> bool:
    """TVA intracommunautaire: a key over the SIREN; keys with letters are accepted with a right SIREN."""
    key, siren = number[2:4], number[4:]
    return luhn(siren) and (not key.isdigit() or (12 + 3 * (int(siren) % 97)) % 97 == int(key))


def codice_fiscale(number: str) -> bool:
    """Italian tax code: birth date in it, and a control letter."""
    numeric = number[6:8] + number[9:11]
    if not numeric.translate(_FISCALE_DIGITS).isdigit():
        return False
    day = int(numeric[2:].translate(_FISCALE_DIGITS)) % 40
    total = sum(_FISCALE_ODD[char] for char in number[0:15:2])
    total += sum(int(c) if c.isdigit() else ord(c) - 65 for c in number[1:15:2])
    return 1 <= day <= 31 and chr(65 + total % 26) == number[15]


def bsn(number: str) -> bool:
    """Dutch citizen service number and RSIN: the test of eleven."""
    padded = number.zfill(9)
    total = _weighted(padded, (9, 8, 7, 6, 5, 4, 3, 2)) - int(padded[8])
    return int(number) > 0 and total % 11 == 0


def dutch_vat(number: str) -> bool:
    """Btw-nummer: since 2020 MOD 97-10 over all of it, before that the test of eleven."""
    return mod_97_10(number) or bsn(number[2:11])


def dni(number: str) -> bool:
    """Spanish DNI and NIE: the letter is the number's remainder by 23."""
    body = number[:-1].translate(str.maketrans("XYZ", "012"))
    return body.isdigit() and _DNI_LETTERS[int(body) % 23] == number[-1]


def cif(number: str) -> bool:
    """Spanish company tax number, with or without ES."""
    bare = number.removeprefix("ES")
    control = -(
        sum(_digits(bare[2:8:2])) + sum(sum(divmod(2 * d, 10)) for d in _digits(bare[1:8:2]))
    )
    return bare[8] in (str(control % 10), _CIF_LETTERS[control % 10])


def spanish_vat(number: str) -> bool:
    """A Spanish number after ES: of a company or of a person."""
    return dni(number[2:]) if number[2:10].isdigit() or number[2] in "XYZ" else cif(number)


def pesel(number: str) -> bool:
    """Polish PESEL: birth date with the century in the month, and a check digit."""
    total = _weighted(number, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1))
    return total % 10 == 0 and _is_day(number[4:6], str(int(number[2:4]) % 20))


def polish_identity_card(number: str) -> bool:
    """Three letters and six digits, of which the first checks the rest."""
    weights = (7, 3, 1, 0, 7, 3, 1, 7, 3)
    total = sum(w * _letter_value(c) for w, c in zip(weights, number, strict=True))
    return total % 10 == int(number[3])


def nip(number: str) -> bool:
    """Polish tax number, with or without PL."""
    bare = number.removeprefix("PL")
    return _weighted(bare, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11 == int(bare[9])


def nino(number: str) -> bool:
    """British National Insurance number: prefixes that are never issued are not one, but for examples' QQ."""
    return number[:2] not in {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}


def nhs(number: str) -> bool:
    """British NHS number: weights 10 to 2, remainder by eleven."""
    return -_weighted(number, range(10, 1, -1)) % 11 == int(number[9])


def ssn(number: str) -> bool:
    """US social security number or ITIN: areas, groups and serials never issued are not one."""
    area, group, serial = number[:3], number[3:5], number[5:]
    return area not in ("000", "666") and group != "00" and serial != "0000"


def austrian_insurance(number: str) -> bool:
    """Sozialversicherungsnummer: serial, check digit in fourth place, birth date."""
    total = _weighted(number, (3, 7, 9, 0, 5, 8, 4, 2, 1, 6))
    return number[0] != "0" and total % 11 == int(number[3]) and 1 <= int(number[4:6]) <= 31


def belgian_register(number: str) -> bool:
    """Rijksregisternummer: 97 less the remainder, with a 2 in front for those born since 2000."""
    body, key = int(number[:9]), int(number[9:])
    return key in (97 - body % 97, 97 - (2_000_000_000 + body) % 97)


def personnummer(number: str) -> bool:
    """Swedish personnummer or samordningsnummer of ten or twelve digits: birth date and Luhn."""
    short = number[-10:]
    return _is_day(str((int(short[4:6]) - 1) % 60 + 1), short[2:4]) and luhn(short)


def cpr(number: str) -> bool:
    """Danish CPR: a birth date; its check digit is no longer kept since 2007."""
    return _is_day(number[:2], number[2:4])


def hetu(number: str) -> bool:
    """Finnish henkilötunnus: birth date, serial, and a character that is the remainder by 31."""
    digits = number[:6] + number[-4:-1]
    return _is_day(number[:2], number[2:4]) and _HETU_LETTERS[int(digits) % 31] == number[-1]


def portuguese_tax(number: str) -> bool:
    """Portuguese NIF: nine digits, weights 9 to 2."""
    check = -_weighted(number, range(9, 1, -1)) % 11
    issued = number[0] in "123568" or number[:2] in (
        "45",
        "70",
        "71",
        "72",
        "74",
        "75",
        "77",
        "79",
        "98",
        "99",
    )
    return issued and check % 10 == int(number[8])


def portuguese_citizen_card(number: str) -> bool:
    """Cartão de cidadão: twelve characters, Luhn with letters counting from ten."""
    values: Sequence[int] = [_letter_value(char) for char in number]
    total = sum(values[1::2]) + sum(2 * v - 9 if 2 * v > 9 else 2 * v for v in values[0::2])
    return total % 10 == 0


CONVINCING = frozenset(
    {
        tckn,
        steuer_id,
        german_insurance,
        nir,
        french_vat,
        codice_fiscale,
        belgian_register,
        hetu,
        dni,
    }
)
"""Checks that hardly a number in thirty passes by chance: what passes is one, whatever it is called."""
