"""Bank accounts and payment cards."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flexorchd.engine.model import Finding
from flexorchd.engine.steps.privacy import checksums
from flexorchd.engine.steps.privacy.labels import Labels
from flexorchd.engine.steps.privacy.rules import bare, digits, grouped

_OWN_TYPE = {"TR": "iban_tr", "DE": "iban_de", "FR": "iban_fr", "IT": "iban_it"}
_IBAN_HEAD = re.compile(r"(?<![^\W_])[A-Za-z]{2}[ \u00a0]?\d[ \u00a0]?\d")
_LEAST_DIGITS = 10  # "at 20 percent ..." is words
_ALNUM_RUN = re.compile(
    r"[ \-.\u00a0\u2009\u202f]?(?:[ \t]{0,3}\r?\n[ \t>]{0,8})?([0-9A-Za-z]{1,30})"
)
_POLISH = re.compile(rf"(?<![\w])(?:{grouped('26', '2 4 4 4 4 4 4')})(?!\w)")
_CARD_WRITINGS = grouped("4 4 4 4", "4 6 5", "4 6 4", "4 4 4 4 3", "6 4 4 2")
_CARD = re.compile(rf"(?<![\w.,])(?<!\w-)(?:{_CARD_WRITINGS}|\d{{14,19}})(?![\w.,]\d)(?!\w)")
_LOOSE_CARD = re.compile(rf"{digits(13, 19)}(?!\w)")


def iban_type(number: str) -> str:
    """The PII type of an account number by its country."""
    return _OWN_TYPE.get(number[:2].upper(), "iban")


def ibans(text: str, labels: Labels) -> Iterator[Finding]:
    """IBANs in any grouping, over line breaks too; one that fails its check only where it is announced."""
    end = 0
    for head in _IBAN_HEAD.finditer(text):
        if (
            head.start() < end
            or (country := head.group()[:2].upper()) not in checksums.IBAN_LENGTHS
        ):
            continue
        number, stop = _read_account(text, head, checksums.IBAN_LENGTHS[country])
        if _is_account(number, head.start(), labels):
            end = stop
            yield Finding(head.start(), stop, iban_type(country))
    for match in _POLISH.finditer(text):
        if checksums.iban("PL" + bare(match.group())):
            yield Finding(match.start(), match.end(), "iban")


def _is_account(number: str, start: int, labels: Labels) -> bool:
    if sum(map(str.isdigit, number)) < _LEAST_DIGITS:
        return False
    return checksums.mod_97_10(number[4:] + number[:4]) or "iban" in labels.announced.get(start, ())


def _read_account(text: str, head: re.Match[str], length: int) -> tuple[str, int]:
    """The next characters up to an IBAN's length, over single separators, and where they end."""
    number, at = bare(head.group()), head.end()
    while len(number) < length:
        run = _ALNUM_RUN.match(text, at)
        if not run or not run.group(1).isascii():
            break
        number += run.group(1).upper()
        at = run.end()
    return (number if len(number) == length else ""), at


def cards(text: str, labels: Labels) -> Iterator[Finding]:
    """Card numbers with an issuer's prefix that pass Luhn, unless they are said to be something else."""
    for match in _CARD.finditer(text):
        if checksums.card(bare(match.group())) and not labels.claims("other", *match.span()):
            yield Finding(match.start(), match.end(), "credit_card")
    for offset, kinds in labels.announced.items():
        loose = _LOOSE_CARD.match(text, offset) if "card" in kinds else None
        if loose and checksums.card(bare(loose.group())):
            yield Finding(loose.start(), loose.end(), "credit_card")
