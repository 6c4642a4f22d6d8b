"""The held-out corpus: other templates, other writings, other names than the development corpus.

Patterns are not written against it. Its mistakes are counted, a type at a time, and not read one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any

from benchmarks import pii_numbers as make
from benchmarks.pii_corpus import (
    IBAN_TYPES,
    Country,
    Document,
    Pieces,
    Value,
    corpus,
    document,
    filled,
    laid_over,
    written,
)


@cache
def _tables() -> dict[str, Any]:
    return corpus("held_out")


def person(rng: Random, country: Country) -> Value:
    return Value("name", rng.choice(country["people"]))


def phone(rng: Random, country: Country) -> Value:
    return Value(f"phone_{country['code']}", filled(rng, rng.choice(country["phones"])))


def number(rng: Random, thing: dict[str, Any]) -> Value:
    return Value(thing["type"], written(rng, thing))


def account(rng: Random, country: Country) -> Value:
    bare = make.iban(rng, country["bank"])
    fours = [bare[at : at + 4] for at in range(0, len(bare), 4)]
    broken = " ".join(fours[:4]) + "\n" + " ".join(fours[4:])
    writings = (
        bare,
        " ".join(fours),
        " ".join(fours),
        "\u00a0".join(fours),
        "-".join(fours),
        broken,
    )
    return Value(IBAN_TYPES.get(country["bank"], "iban"), rng.choice(writings))


def card(rng: Random) -> Value:
    bare = make.card(rng)
    shapes = ["xxxx xxxxxx xxxxx", "x" * 15]
    if len(bare) == 16:
        shapes = [gap.join(["xxxx"] * 4) for gap in (" ", "-", "", "\u00a0")]
    return Value("credit_card", laid_over(bare, rng.choice(shapes)))


def mailbox(rng: Random) -> Value:
    users = (
        "gokhan.tunali f.lindemann+rechnung contact ludo_f j-kuipers ALMUDENA b.sikora1987 oneill.s"
    )
    domains = "posta.com.tr web.de orange.fr dept.uni.ac.uk startup.dev x-y.eu"
    return Value("email", f"{rng.choice(users.split())}@{rng.choice(domains.split())}")


def machine(rng: Random) -> Value:
    return Value("ip", make.ip(rng)) if rng.random() < 0.6 else Value("ip_v6", make.ip_v6(rng))


def other(rng: Random, country: Country) -> str:
    """Something that is no personal data and looks like some."""
    return filled(rng, rng.choice(rng.choice((country["others"], _tables()["nobodys"]))))


def told(template: str, value: Value) -> Pieces:
    before, _, after = template.partition("{}")
    return [before, value, after]


def story(rng: Random, country: Country) -> Pieces:
    """A letter: everything in sentences."""
    thing, extra = rng.choice(country["things"]), rng.choice(country["things"])
    pieces = told(rng.choice(country["greetings"]), person(rng, country))
    pieces += [f"\n\n{rng.choice(country['sentences'])} "]
    pieces += [*told(rng.choice(thing["said"]), number(rng, thing)), f" {other(rng, country)}.\n"]
    pieces += told(rng.choice(country["phone_said"]), phone(rng, country))
    pieces += [f" {rng.choice(country['sentences'])}\n"]
    pieces += told(rng.choice(country["bank_said"]), account(rng, country))
    pieces += [
        f" ({other(rng, country)}) ",
        *told(rng.choice(extra["said"]), number(rng, extra)),
        "\n\n",
    ]
    return [*pieces, *told(rng.choice(country["ends"]), person(rng, country)), "\n"]


def sheet(rng: Random, country: Country) -> Pieces:
    """A form with leaders, dashes or bars between label and value."""
    join = rng.choice((" ......... ", " - ", " | ", ":\t", " = ", ": "))
    pieces: Pieces = [
        f"{rng.choice(country['sentences'])}\n",
        f"{rng.choice(country['person_heads'])}{join}",
    ]
    pieces += [person(rng, country), "\n"]
    for thing in rng.sample(country["things"], min(2, len(country["things"]))):
        pieces += [
            f"{rng.choice(thing['heads'])}{join}",
            number(rng, thing),
            f"\n{other(rng, country)}\n",
        ]
    pieces += [f"{rng.choice(country['phone_heads'])}{join}", phone(rng, country)]
    pieces += [f"\nIBAN{join}", account(rng, country), "\n"]
    return [*pieces, f"E-Mail{join}", mailbox(rng), f"\nVisa/Mastercard{join}", card(rng), "\n"]


def listing(rng: Random, country: Country) -> Pieces:
    """A table of people, in one of the ways in which tables become text."""
    gap = rng.choice(("\t", " | ", ";", "    "))
    thing = rng.choice(country["things"])
    heads = (country["person_heads"], thing["heads"], country["phone_heads"])
    pieces: Pieces = [gap.join(("#", *map(rng.choice, heads), "€")), "\n"]
    for row in range(rng.randint(2, 5)):
        pieces += [
            f"{row + 1}{gap}",
            person(rng, country),
            gap,
            number(rng, thing),
            gap,
            phone(rng, country),
        ]
        pieces += [filled(rng, f"{gap}1##,##\n")]
    return pieces


def log(rng: Random, country: Country) -> Pieces:
    """Lines of a machine's log, with what belongs to no one all around."""
    pieces: Pieces = []
    for _ in range(3):
        pieces += [filled(rng, "2025-03-14T09:4#:2#.###Z INFO req=########-9a0c "), machine(rng)]
        pieces += [filled(rng, ' "GET /v1/jobs/17########" 200 user='), mailbox(rng)]
        pieces += [f" agent={other(rng, country)}\n"]
    return pieces


def footer(rng: Random, country: Country) -> Pieces:
    """A signature block: no sentences, hardly any labels."""
    thing = rng.choice([thing for thing in country["things"] if thing.get("alone", True)])
    pieces: Pieces = [
        person(rng, country),
        f"\n{rng.choice(country['sentences'])}\nT ",
        phone(rng, country),
    ]
    pieces += [" · ", mailbox(rng), f"\n{other(rng, country)}\n", account(rng, country), " · "]
    return [*pieces, number(rng, thing), f"\n{other(rng, country)} · {other(rng, country)}\n"]


def receipt(rng: Random, country: Country) -> Pieces:
    """Lines of goods, and a card at the end."""
    goods = (
        f"{place}  84000########  Art {place}-###  {place * 7}  1##,##  2##,##\n"
        for place in range(4)
    )
    lines: Pieces = [filled(rng, line) for line in goods]
    lines += [f"{other(rng, country)}\n{other(rng, country)}\n", card(rng)]
    return [*lines, filled(rng, "  12/2#  Auth 0#####\n")]


LAYOUTS = (story, sheet, listing, log, footer, receipt)


def held_out(seed: int, count: int) -> Iterator[Document]:
    """Documents of the held-out corpus: the same for the same seed."""
    rng, countries = Random(f"held-out {seed}"), _tables()["country"]
    for place in range(count):
        country = countries[place % len(countries)]
        layout = LAYOUTS[place // len(countries) % len(LAYOUTS)]
        code, language = country["code"], country["language"]
        scope = rng.choice(
            (("und", language), (code, "und"), (language, language), ("und", language))
        )
        yield document(layout(rng, country), *scope, layout.__name__)
