"""Documents with personal data in known places: the development corpus, which patterns are written against.

Fifteen countries (`pii_development.toml`), seven layouts, labels before, above, at the head of a column or
not at all, and in every document numbers that are nobody's: orders, versions, dates, amounts, product codes,
hashes, coordinates. The held-out corpus (`pii_held_out`) shares the numbers' arithmetic and nothing else.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from benchmarks import pii_numbers as make

IBAN_TYPES = {"TR": "iban_tr", "DE": "iban_de", "FR": "iban_fr", "IT": "iban_it"}


@dataclass(frozen=True, slots=True)
class Value:
    """A personal value as a document writes it."""

    type: str
    written: str
    label: str = ""


Pieces = list[str | Value]
Country = dict[str, Any]
"""A country's table in the corpus' TOML file."""


@dataclass(frozen=True, slots=True)
class Document:
    """A text, and where personal data stands in it."""

    text: str
    spans: tuple[tuple[int, int, str], ...]
    locale: str
    language: str
    layout: str


def document(pieces: Sequence[str | Value], locale: str, language: str, layout: str) -> Document:
    """Join pieces to a document and note where its values stand."""
    text, spans = "", []
    for piece in pieces:
        written = piece if isinstance(piece, str) else piece.written
        if isinstance(piece, Value):
            spans.append((len(text), len(text) + len(written), piece.type))
        text += written
    return Document(text, tuple(spans), locale, language, layout)


def corpus(name: str) -> dict[str, Any]:
    """The tables of a corpus."""
    return tomllib.loads(Path(__file__).with_name(f"pii_{name}.toml").read_text(encoding="utf-8"))


def filled(rng: Random, shape: str) -> str:
    """A shape with every ``#`` replaced by a digit."""
    return "".join(rng.choice("0123456789") if char == "#" else char for char in shape)


def laid_over(number: str, pattern: str) -> str:
    """A number laid over a pattern: each ``x`` takes its next character."""
    rest = iter(number)
    return "".join(next(rest) if char == "x" else char for char in pattern)


def written(rng: Random, kind: dict[str, Any]) -> str:
    """A number of a kind, in one of its writings."""
    writing = rng.choice(kind["writings"]) if kind["writings"] else None
    if "make" not in kind:
        return filled(rng, writing or "")
    number: str = getattr(make, kind["make"])(rng)
    return laid_over(number, writing) if writing else number


@cache
def _tables() -> dict[str, Any]:
    return corpus("development")


def name_of(rng: Random, country: Country) -> Value:
    name = f"{rng.choice(country['given'])} {rng.choice(country['family'])}"
    capitals = rng.random() < 0.1 and country["code"] == "tr"
    return Value("name", name.upper() if capitals else name, rng.choice(country["name_labels"]))


def phone_of(rng: Random, country: Country) -> Value:
    shape, label = rng.choice(country["phones"]), rng.choice(country["phone_labels"])
    return Value(f"phone_{country['code']}", filled(rng, shape), label)


def iban_of(rng: Random, country: Country) -> Value:
    number = make.iban(rng, country["iban"])
    fours = " ".join(number[at : at + 4] for at in range(0, len(number), 4))
    pii_type = IBAN_TYPES.get(country["iban"], "iban")
    return Value(pii_type, rng.choice((number, fours, fours)), rng.choice(country["iban_labels"]))


def email_of(rng: Random, _country: Country) -> Value:
    user = rng.choice(("info", "a.weber", "m_rossi", "jane-doe", "k.nowak77", "satis", "x.y"))
    domain = rng.choice(("firma.de", "ornek.com.tr", "mail.example.co.uk", "acme.io"))
    return Value("email", f"{user}@{domain}", "E-mail")


def card_of(rng: Random, _country: Country) -> Value:
    number = make.card(rng)
    shapes = ("x" * 15, "xxxx xxxxxx xxxxx", "xxxx-xxxxxx-xxxxx")
    if len(number) == 16:
        shapes = ("x" * 16, "xxxx xxxx xxxx xxxx", "xxxx-xxxx-xxxx-xxxx")
    return Value("credit_card", laid_over(number, rng.choice(shapes)), "Card")


def address_of(rng: Random, _country: Country) -> Value:
    return rng.choice(
        (Value("ip", make.ip(rng), "IP"), Value("ip_v6", make.ip_v6(rng), "IP address"))
    )


def number_of(rng: Random, country: Country, *, bare: bool = False) -> Value:
    kind = rng.choice([kind for kind in country["numbers"] if kind.get("bare", True) or not bare])
    return Value(kind["type"], written(rng, kind), rng.choice(kind["labels"]))


UNIVERSAL = (phone_of, iban_of, email_of, card_of, address_of)


def other(rng: Random, country: Country) -> str:
    """Something that is no personal data and looks like some."""
    nobodys, others = _tables()["nobodys"], country["others"]
    places = _tables()["places"].get(country["language"], nobodys)
    return filled(rng, rng.choice(rng.choice((others, others, nobodys, nobodys, places))))


def values(rng: Random, country: Country, *, bare: bool = False) -> list[Value]:
    chosen = [rng.choice(UNIVERSAL)(rng, country) for _ in range(2)]
    return [*chosen, *(number_of(rng, country, bare=bare) for _ in range(2))]


def form(rng: Random, country: Country) -> Pieces:
    pieces: Pieces = [f"{other(rng, country)}\n"]
    for value in (name_of(rng, country), *values(rng, country)):
        joint = rng.choice((": ", " : ", ":  ", "\t", " ..... ", " – ", " | ", " "))
        pieces += [f"{value.label}{joint}", value, "\n"]
    return [*pieces, other(rng, country), "\n"]


def above(rng: Random, country: Country) -> Pieces:
    pieces: Pieces = [f"{rng.choice(country['prose'])}\n\n"]
    for value in values(rng, country):
        pieces += [f"{value.label}\n", value, "\n\n"]
    return [*pieces, other(rng, country), "\n"]


def table(rng: Random, country: Country) -> Pieces:
    gap = rng.choice(("\t", "\t", "  ", "   |   ", "; ", ";", " | "))
    column, kind = rng.choice(UNIVERSAL[:2]), rng.choice(country["numbers"])
    labels = (
        name_of(rng, country).label,
        column(rng, country).label,
        rng.choice(kind["labels"]),
        "Ref",
    )
    pieces: Pieces = [gap.join(labels), "\n"]
    for _ in range(3):
        number = Value(kind["type"], written(rng, kind))
        row = (name_of(rng, country), column(rng, country), number)
        pieces += [piece for value in row for piece in (value, gap)]
        pieces += [filled(rng, "A-####"), "\n"]
    return pieces


def letter(rng: Random, country: Country) -> Pieces:
    person, prose = name_of(rng, country), rng.choice(country["prose"])
    pieces: Pieces = [
        f"{rng.choice(country['titles'])} ",
        person,
        f"\n\n{prose} {other(rng, country)}. ",
    ]
    for value in values(rng, country):
        pieces += [f"{value.label} ", value, ". "]
    return [*pieces, f"\n\n{rng.choice(country['closings'])}\n", name_of(rng, country), "\n"]


def unlabelled(rng: Random, country: Country) -> Pieces:
    pieces: Pieces = []
    for value in values(rng, country, bare=True):
        pieces += [f"{rng.choice(country['prose'])[:-1]} (", value, f"), {other(rng, country)}.\n"]
    return pieces


def mail(rng: Random, country: Country) -> Pieces:
    head: Pieces = ["From: ", name_of(rng, country), " <", email_of(rng, country), ">\n"]
    body = f"Date: Fri, 14 Mar 2025 09:41:27 +0100\nSubject: {other(rng, country)}\n\n"
    body += f"{rng.choice(country['prose'])}\n{other(rng, country)}\n\n{rng.choice(country['closings'])}\n"
    phone = phone_of(rng, country)
    return [*head, body, name_of(rng, country), f"\n{phone.label}: ", phone, "\n"]


def invoice(rng: Random, country: Country) -> Pieces:
    lines: Pieces = [f"{filled(rng, line)}\n" for line in country["others"]]
    for place in range(3):
        lines.append(
            filled(rng, f"{place + 1}\t400638133####\tWidget {place}\t2\t1##,50\t2##,00\n")
        )
    bank, tax = iban_of(rng, country), number_of(rng, country)
    return [*lines, f"{bank.label}: ", bank, " · BIC COBADEFFXXX · ", f"{tax.label}: ", tax, "\n"]


LAYOUTS = (form, above, table, letter, unlabelled, mail, invoice)


def development(seed: int, count: int) -> Iterator[Document]:
    """Documents of the development corpus: the same for the same seed."""
    rng, countries = Random(seed), _tables()["country"]
    for number in range(count):
        country = countries[number % len(countries)]
        layout = LAYOUTS[number // len(countries) % len(LAYOUTS)]
        code, language = country["code"], country["language"]
        scope = rng.choice((("und", language), (language, language), (code, "und")))
        yield document(layout(rng, country), *scope, layout.__name__)
