"""Telephone numbers, in international and in national writing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flexorchd.engine.model import Finding
from flexorchd.engine.steps.privacy.labels import Labels
from flexorchd.engine.steps.privacy.scope import Scope

_SPACE = r"[ \u00a0\u2009\u202f]"
_SEP = r"[ .\-–‑/\u00a0\u2009\u202f]"
_BEFORE = r"(?<![\w+.,/])(?<!\w-)(?<!\d )"
_AFTER = r"(?![\w@])(?!-\d)(?!/\d)(?![.,:]\d)(?! ?(?:€|\$|£|%|₺|EUR|USD|TL|TRY|PLN|zł|GBP|kr\b))"
_CODE = re.compile(r"\(?(?:\+|00)[ ]?\(?")
_TRUNK = re.compile(r"\(0\)|\(0(?=\d)")
_DIGIT = re.compile(r"\d")
_SHORTEST = 6


@dataclass(frozen=True, slots=True)
class Plan:
    """A country's numbering plan, as far as it tells a number from others.

    Attributes:
        code: the country code.
        national: a pattern for the significant number: bare digits, after the code, without trunk prefix.
        written: patterns for the national writing, as it stands in running text without a label.
    """

    code: str
    national: re.Pattern[str]
    written: re.Pattern[str]


def _plan(code: str, national: str, *written: str) -> Plan:
    forms = "|".join(form.replace("_", _SEP).replace("~", f"{_SEP}?") for form in written)
    return Plan(code, re.compile(national), re.compile(f"{_BEFORE}(?:{forms}){_AFTER}"))


# In the patterns of national writing "_" is a separator and "~" one that may be absent.
PLANS: dict[str, Plan] = {
    "tr": _plan(
        "90",
        r"[2-58]\d{9}|444\d{4}",
        r"\(?0?[ ]?\(?5\d\d\)?~\d{3}~\d{2}~\d{2}",
        r"\(?0[ ]?\(?[2348]\d\d\)?~\d{3}~\d{2}~\d{2}",
        r"\([2348]\d\d\)~\d{3}~\d{2}~\d{2}",
        r"0[ ]?\(?[2-58]\d\d\)?~\d{3}~\d{4}",
        r"444_\d_\d{3}|444_\d{2}_\d{2}",
    ),
    "de": _plan(
        "49",
        r"[1-9]\d{5,11}",
        r"\(0[1-9]\d{1,4}\)~\d(?:~\d){3,9}",
        r"0[1-9]\d{1,4}[ ]?[/\-–][ ]?\d(?:[ \-]?\d){3,9}",
        r"0[1-9]\d{1,4}[ ]\d{3,9}(?:[ \-]\d{1,6}){0,3}",
        r"01[5-7]\d{8,9}",
        r"0[1-9]\d(?:[ ]\d\d){3,5}",
    ),
    "fr": _plan("33", r"[1-9]\d{8}", r"0[1-9](?:_\d{2}){4}", r"0[1-9]\d{8}", r"0[1-9]\d{2}(?:_\d{3}){2}"),
    "it": _plan(
        "39",
        r"3\d{8,9}|0\d{5,10}|[89]\d{5,9}",
        r"3\d\d[ \-./]\d{3}[ \-.]?\d{3,4}",
        r"3\d\d[ \-./]\d{2}[ ]\d{2}[ ]\d{2,3}",
        r"0\d{1,3}[ \-/]\d{3,4}[ \-]?\d{2,4}(?:[ ]\d{2})?",
        r"\(0\d{1,3}\)[ ]?\d{5,8}",
        r"3[1-9]\d{8}",
        r"800[ \-.]\d{3}[ \-.]?\d{3}",
    ),
    "nl": _plan(
        "31",
        r"[1-9]\d{8}",
        r"06[ \-–]?\d(?:[ ]?\d){7}",
        r"\(?0[1-57-9]\d\)?[ \-–]\d{3}[ ]?\d{2}[ ]?\d{2}",
        r"\(?0[1-57-9]\d\)?[ \-–]\d{3}[ ]?\d{4}",
        r"\(?0[1-57-9]\d{2}\)?[ \-–]\d{2}[ ]?\d{2}[ ]?\d{2}",
        r"\(?0[1-57-9]\d{2}\)?[ \-–]\d{3}[ ]?\d{3}",
    ),
    "es": _plan(
        "34",
        r"[6-9]\d{8}",
        r"[6789]\d{2}_\d{3}_\d{3}",
        r"[6789]\d{2}(?:_\d{2}){3}",
        r"[89]\d(?:_\d{3}_\d{2}_\d{2})",
        r"[67]\d{8}",
    ),
    "pl": _plan(
        "48",
        r"[1-9]\d{8}",
        r"[4-8]\d{2}_\d{3}_\d{3}",
        r"\(?[1-9]\d\)?_\d{3}_\d{2}_\d{2}",
        r"\(0?[1-9]\d\)[ ]?\d{3}[ \-]?\d{2}[ \-]?\d{2}",
    ),
    "uk": _plan(
        "44",
        r"[1-9]\d{8,9}",
        r"07\d{3}~\d{3}~\d{3}",
        r"07\d{3}_\d{6}",
        r"\(?0[12378]\d{2,3}\)?[ \-]\d{3}[ \-]\d{3,4}",
        r"\(?0[12]\d{3,4}\)?[ \-]\d{5,6}",
        r"\(?02\d\)?[ \-]?\d{4}[ \-]?\d{4}",
        r"0[1238]\d{9}",
    ),
    "us": _plan(
        "1",
        r"[2-9]\d{2}[2-9]\d{6}",
        r"(?:1[ \-.])?\([2-9]\d{2}\)[ \-]?[2-9]\d{2}[ \-.]\d{4}",
        r"(?:1[ \-.])?[2-9]\d{2}([\-.])[2-9]\d{2}\1\d{4}",
        r"(?:1[ ])?[2-9]\d{2}[ ][2-9]\d{2}[ \-]\d{4}",
    ),
    "at": _plan(
        "43",
        r"[1-9]\d{3,12}",
        r"\(?0(?:6[5-9]\d|[1-57]\d{0,3})\)?[ ]?[/ \-][ ]?\d{3,8}(?:[ \-]\d{1,5}){0,3}",
        r"06[5-9]\d{8,9}",
    ),
    "be": _plan(
        "32",
        r"[1-9]\d{7,8}",
        r"04\d{2}[ ./\-]\d{2}[ .]?\d{2}[ .]?\d{2}",
        r"04\d{2}[ ./\-]\d{3}[ .]?\d{3}",
        r"0[1-9][ ./\-]\d{3}[ .]\d{2}[ .]\d{2}",
        r"0[1-9]\d[ ./\-]\d{2}[ .]\d{2}[ .]\d{2}",
        r"04[5-9]\d{7}",
    ),
    "se": _plan(
        "46",
        r"[1-9]\d{6,9}",
        r"0[1-9]\d{0,2}[ ]?[\-–][ ]?\d{2,3}(?:[ ]?\d{2,3}){1,3}",
        r"07\d[ ]\d{3}[ ]?\d{2}[ ]?\d{2}",
        r"07[02369]\d{7}",
    ),
    "dk": _plan("45", r"[2-9]\d{7}", r"[2-9]\d(?:[ ]\d{2}){3}", r"[2-9]\d{3}[ ]\d{4}"),
    "fi": _plan(
        "358",
        r"[1-9]\d{4,10}",
        r"0(?:4\d|50)\d?[ \-]\d{3,4}[ \-]?\d{2,4}",
        r"\(?0[1-9]\d{0,2}\)?[ \-]\d{3,4}[ \-]?\d{3,4}",
        r"0(?:4\d|50)\d{7}",
    ),
    "pt": _plan(
        "351", r"[239]\d{8}", r"[239]\d{2}_\d{3}_\d{3}", r"2\d_\d{3}_\d{2}_\d{2}", r"9[1236]\d{7}"
    ),
}  # fmt: skip

_LONGEST_CODE = max(len(plan.code) for plan in PLANS.values())
_BY_CODE = {plan.code: country for country, plan in PLANS.items()}
_FALLBACK = "us"

_INTERNATIONAL = re.compile(
    r"(?<![\w+.,])(?<!\w-)\(?(?:\+[ ]?\(?|00[ ]?)[1-9](?:(?:\(0\)|[ ().\-–‑/\u00a0\u2009\u202f]){0,3}\d){5,16}(?![\w@])(?!\)?\d)"
)
_ANNOUNCED = re.compile(
    r"\(?\+?\(?\d(?:(?:\(0\)|[ ().\-–‑/\u00a0\u2009\u202f]){0,3}\d){4,16}(?!\w)"
)


def international(text: str, labels: Labels, scope: Scope) -> Iterator[Finding]:
    """Numbers with a country code. Those of other countries count under the document's own."""
    for match in _INTERNATIONAL.finditer(text):
        if labels.claims("other", *match.span()) and not match.group().startswith(("+", "(+")):
            continue
        if found := _with_code(match, scope):
            yield found


def _with_code(match: re.Match[str], scope: Scope) -> Finding | None:
    """The longest piece of the match, cut where groups end, that is a whole number of its country."""
    written = match.group()
    body = _CODE.sub("", written, count=1)
    number = _bare(body)
    country = country_of(number)
    if country is None:
        foreign = written.lstrip("(").startswith("+") and 8 <= len(number) <= 15
        return _finding(match, match.end(), scope.first or _FALLBACK) if foreign else None
    for end in _group_ends(written):
        significant = _bare(_CODE.sub("", written[:end], count=1))[len(PLANS[country].code) :]
        if _is_national(significant, country):
            return _finding(match, match.start() + end, country)
    return None


def _finding(match: re.Match[str], end: int, country: str) -> Finding:
    return Finding(match.start(), end, f"phone_{country}")


def _bare(written: str) -> str:
    return "".join(_DIGIT.findall(_TRUNK.sub("", written)))


def _is_national(significant: str, country: str) -> bool:
    plan = PLANS[country]
    trunkless = significant if country == "it" else significant.removeprefix("0")
    return bool(plan.national.fullmatch(trunkless))


def _group_ends(written: str) -> Iterator[int]:
    yield len(written)
    for gap in reversed(list(re.finditer(r"\d(?=[ \u00a0\u2009\u202f])", written))):
        yield gap.end()


def country_of(number: str) -> str | None:
    """The country of a number that begins with a country code, or None for one without a type."""
    codes = (number[:length] for length in range(_LONGEST_CODE, 0, -1))
    return next((_BY_CODE[code] for code in codes if code in _BY_CODE), None)


def national(text: str, labels: Labels, scope: Scope) -> Iterator[Finding]:
    """Numbers as they are written at home, in the countries of the document."""
    for country in scope.countries:
        for match in PLANS[country].written.finditer(text):
            if not labels.claims("other", *match.span()):
                yield Finding(match.start(), match.end(), f"phone_{country}")


def announced(text: str, labels: Labels, scope: Scope) -> Iterator[Finding]:
    """Numbers that a label calls a telephone number, in any writing."""
    for offset, kinds in labels.announced.items():
        if kinds.isdisjoint(("phone", "phone_letter")):
            continue
        match = _ANNOUNCED.match(text, offset - text.startswith("(", offset - 1))
        if match and len(_bare(match.group())) >= _SHORTEST:
            yield _announced(match, scope)


def _announced(match: re.Match[str], scope: Scope) -> Finding:
    written = match.group()
    if _CODE.match(written) and (found := _with_code(match, scope)):
        return found
    for country in (*scope.countries, *PLANS):
        at_home = PLANS[country].written.match(match.string, match.start())
        if at_home:
            return _finding(match, at_home.end(), country)
    return _finding(match, match.end(), scope.first or _FALLBACK)
