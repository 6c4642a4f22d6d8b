"""Well-formed personal data of nobody, made from the public specifications of each number.

Check digits are computed here from the specification and not by the engine's code, so that a slip in one of
them shows as a difference between the two.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Sequence
from random import Random

CONSONANTS = "BCDFGLMNPRSTVZ"


def digits(rng: Random, count: int) -> str:
    return "".join(rng.choice(string.digits) for _ in range(count))


def luhn_digit(body: str) -> str:
    total = 0
    for place, char in enumerate(reversed(body)):
        value = int(char) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str((10 - total % 10) % 10)


def weighted(body: str, weights: Sequence[int]) -> int:
    return sum(int(char) * weight for char, weight in zip(body, weights, strict=True))


def until(rng: Random, make: Callable[[Random], str | None]) -> str:
    """The first draw that is a number; some bodies have no valid check digit."""
    return next(made for made in iter(lambda: make(rng), object()) if made)


def birth(rng: Random) -> tuple[int, int, int]:
    return rng.randint(1940, 2005), rng.randint(1, 12), rng.randint(1, 28)


def tckn(rng: Random) -> str:
    d = [rng.randint(1, 9)] + [rng.randint(0, 9) for _ in range(8)]
    tenth = (7 * (d[0] + d[2] + d[4] + d[6] + d[8]) - (d[1] + d[3] + d[5] + d[7])) % 10
    d.append(tenth)
    return "".join(map(str, [*d, sum(d) % 10]))


def vkn(rng: Random) -> str:
    body = rng.choice("123456789") + digits(rng, 8)
    total = 0
    for place, char in enumerate(body, start=1):
        step = (int(char) + 10 - place) % 10
        power = (step * pow(2, 10 - place)) % 9
        total += 9 if step and not power else power
    return body + str((10 - total % 10) % 10)


def mod_11_10(body: str) -> str:
    product = 10
    for char in body:
        total = (int(char) + product) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)


def steuer_id(rng: Random) -> str:
    shuffled = rng.sample(string.digits, 10)
    shuffled[rng.randint(1, 9)] = shuffled[0] if shuffled[0] != "0" else shuffled[1]
    body = "".join(shuffled)
    return body + mod_11_10(body) if body[0] != "0" else steuer_id(rng)


def german_vat(rng: Random) -> str:
    body = rng.choice("123456789") + digits(rng, 7)
    return f"DE{body}{mod_11_10(body)}"


def german_insurance(rng: Random) -> str:
    year, month, day = birth(rng)
    letter = rng.choice(string.ascii_uppercase)
    start = f"{rng.choice((12, 15, 18, 50, 65)):02}{day:02}{month:02}{year % 100:02}"
    serial = digits(rng, 2)
    expanded = start + f"{ord(letter) - 64:02}" + serial
    products = [
        int(c) * w for c, w in zip(expanded, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1), strict=True)
    ]
    check = sum(p // 10 + p % 10 for p in products) % 10
    return f"{start}{letter}{serial}{check}"


def nir(rng: Random) -> str:
    year, month, _ = birth(rng)
    body = f"{rng.choice('12')}{year % 100:02}{month:02}{rng.randint(1, 95):02}{digits(rng, 6)}"
    return body + f"{97 - int(body) % 97:02}"


def spi(rng: Random) -> str:
    body = rng.choice("0123") + digits(rng, 9)
    return body + f"{int(body) % 511:03}"


def siren(rng: Random) -> str:
    body = rng.choice("345789") + digits(rng, 7)
    return body + luhn_digit(body)


def siret(rng: Random) -> str:
    body = siren(rng) + "000" + digits(rng, 1)
    return body + luhn_digit(body)


def french_vat(rng: Random) -> str:
    number = siren(rng)
    return f"FR{(12 + 3 * (int(number) % 97)) % 97:02}{number}"


def codice_fiscale(rng: Random) -> str:
    year, month, day = birth(rng)
    letters = "".join(rng.choice(CONSONANTS) for _ in range(6))
    place = rng.choice("ABCDFGHL") + digits(rng, 3)
    body = f"{letters}{year % 100:02}{'ABCDEHLMPRST'[month - 1]}{day + 40 * rng.randint(0, 1):02}{place}"
    odd = dict(zip(string.digits, (1, 0, 5, 7, 9, 13, 15, 17, 19, 21), strict=True))
    odd |= dict(zip(string.ascii_uppercase, (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12,
                                             14, 16, 10, 22, 25, 24, 23), strict=True))  # fmt: skip
    total = sum(odd[c] for c in body[::2])
    total += sum(int(c) if c.isdigit() else ord(c) - 65 for c in body[1::2])
    return body + chr(65 + total % 26)


def bsn(rng: Random) -> str:
    def make(rng: Random) -> str | None:
        body = rng.choice("123456789") + digits(rng, 7)
        check = weighted(body, range(9, 1, -1)) % 11
        return body + str(check) if check < 10 else None

    return until(rng, make)


def dutch_vat(rng: Random) -> str:
    return f"NL{bsn(rng)}B{rng.randint(1, 9):02}"


DNI = "TRWAGMYFPDXBNJZSQVHLCKE"


def dni(rng: Random) -> str:
    number = rng.randint(10_000_000, 79_999_999)
    return f"{number}{DNI[number % 23]}"


def nie(rng: Random) -> str:
    lead, body = rng.randint(0, 2), digits(rng, 7)
    return f"{'XYZ'[lead]}{body}{DNI[int(f'{lead}{body}') % 23]}"


def cif(rng: Random) -> str:
    letter, body = rng.choice("ABEFGHJ"), digits(rng, 7)
    odd = sum(sum(divmod(2 * int(c), 10)) for c in body[::2])
    return f"{letter}{body}{(10 - (odd + sum(map(int, body[1::2]))) % 10) % 10}"


def pesel(rng: Random) -> str:
    year, month, day = birth(rng)
    body = f"{year % 100:02}{month + 20 * (year >= 2000):02}{day:02}{digits(rng, 4)}"
    return body + str(-weighted(body, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) % 10)


def nip(rng: Random) -> str:
    def make(rng: Random) -> str | None:
        body = rng.choice("15678") + digits(rng, 8)
        check = weighted(body, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11
        return body + str(check) if check < 10 else None

    return until(rng, make)


def nino(rng: Random) -> str:
    first, second = rng.choice("ABCEHJKLMNPRSTWXY"), rng.choice("ABCEHJKLMPRSTWXYZ")
    if first + second in ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ"):
        return nino(rng)
    return f"{first}{second}{digits(rng, 6)}{rng.choice('ABCD')}"


def nhs(rng: Random) -> str:
    def make(rng: Random) -> str | None:
        body = rng.choice("4679") + digits(rng, 8)
        check = (11 - weighted(body, range(10, 1, -1)) % 11) % 11
        return body + str(check) if check < 10 else None

    return until(rng, make)


def ssn(rng: Random) -> str:
    area = rng.choice([*range(1, 666), *range(667, 900)])
    return f"{area:03}{rng.randint(1, 99):02}{rng.randint(1, 9999):04}"


def austrian_insurance(rng: Random) -> str:
    def make(rng: Random) -> str | None:
        year, month, day = birth(rng)
        serial, date = rng.randint(100, 999), f"{day:02}{month:02}{year % 100:02}"
        check = weighted(f"{serial}{date}", (3, 7, 9, 5, 8, 4, 2, 1, 6)) % 11
        return f"{serial}{check}{date}" if check < 10 else None

    return until(rng, make)


def belgian_register(rng: Random) -> str:
    year, month, day = birth(rng)
    body = f"{year % 100:02}{month:02}{day:02}{rng.randint(1, 997):03}"
    full = int(body) + (2_000_000_000 if year >= 2000 else 0)
    return body + f"{97 - full % 97:02}"


def personnummer(rng: Random) -> str:
    year, month, day = birth(rng)
    body = f"{year % 100:02}{month:02}{day:02}{digits(rng, 3)}"
    return body + luhn_digit(body)


def cpr(rng: Random) -> str:
    year, month, day = birth(rng)
    return f"{day:02}{month:02}{year % 100:02}{digits(rng, 4)}"


def hetu(rng: Random) -> str:
    year, month, day = birth(rng)
    date, serial = f"{day:02}{month:02}{year % 100:02}", f"{rng.randint(2, 899):03}"
    check = "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(date + serial) % 31]
    return f"{date}{'A' if year >= 2000 else '-'}{serial}{check}"


def portuguese_tax(rng: Random) -> str:
    body = rng.choice("125") + digits(rng, 7)
    check = 11 - weighted(body, range(9, 1, -1)) % 11
    return body + str(check if check < 10 else 0)


BANKS: dict[str, str] = {
    "TR": "nnnnn0nnnnnnnnnnnnnnnn", "DE": "nnnnnnnnnnnnnnnnnn", "FR": "nnnnnnnnnnnnnnnnnnnnnnn",
    "IT": "annnnnnnnnnnnnnnnnnnnnn", "NL": "aaaannnnnnnnnn", "ES": "nnnnnnnnnnnnnnnnnnnn",
    "PL": "nnnnnnnnnnnnnnnnnnnnnnnn", "GB": "aaaannnnnnnnnnnnnn", "AT": "nnnnnnnnnnnnnnnn",
    "BE": "nnnnnnnnnnnn",
    "SE": "nnnnnnnnnnnnnnnnnnnn", "DK": "nnnnnnnnnnnnnn", "FI": "nnnnnnnnnnnnnn",
    "PT": "nnnnnnnnnnnnnnnnnnnnn",
    "CH": "nnnnnnnnnnnnnnnnn", "LU": "nnnnnnnnnnnnnnnn", "IE": "aaaannnnnnnnnnnnnn",
}  # fmt: skip


def iban(rng: Random, country: str) -> str:
    shape = BANKS[country]
    draw = {"n": string.digits, "a": string.ascii_uppercase, "0": "0"}
    account = "".join(rng.choice(draw[char]) for char in shape)
    numeric = "".join(str(int(c, 36)) for c in account + country + "00")
    return f"{country}{98 - int(numeric) % 97:02}{account}"


def card(rng: Random) -> str:
    prefix = rng.choice(("4", "51", "55", "2221", "34", "37", "6011"))
    length = 15 if prefix in ("34", "37") else 16
    body = prefix + digits(rng, length - len(prefix) - 1)
    return body + luhn_digit(body)


def ip(rng: Random) -> str:
    first = rng.choice((10, 172, 192, 85, 93, 203))
    return f"{first}.{rng.randint(16, 254)}.{rng.randint(0, 255)}.{rng.randint(1, 254)}"


def ip_v6(rng: Random) -> str:
    groups = [f"{rng.randint(1, 0xFFFF):x}" for _ in range(4)]
    return rng.choice((f"2a02:{groups[0]}:{groups[1]}::{groups[2]}", f"fe80::{':'.join(groups)}"))
