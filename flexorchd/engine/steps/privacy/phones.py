"""Telephone numbers, in international and in national writing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from flexorchd.engine.model import Finding
from flexorchd.engine.steps.privacy.labels import Labels
from flexorchd.engine.steps.privacy.plans import AFTER, BEFORE, PLANS, country_of, is_significant
from flexorchd.engine.steps.privacy.scope import Scope

_BETWEEN = r"(?:\(0\)|(?![ ]{2})[ ().\-–‑/\u00a0\u2009\u202f]){0,3}"
_INTERNATIONAL = re.compile(
    rf"(?<![\w+.,])(?<!\w-)\(?(?:\+[ ]?\(?|(?<!\d )00[ ]?)[1-9](?:{_BETWEEN}\d){{5,16}}(?![\w@])(?!\)?\d)"
)
_WITH_TRUNK = re.compile(rf"{BEFORE}\(?0(?![.,])(?:{_BETWEEN}\d){{6,12}}{AFTER}")
_ANNOUNCED = re.compile(rf"\(?\+?\(?\d(?:{_BETWEEN}\d){{4,16}}(?!\w)")
_CODE = re.compile(r"\(?(?:\+|00)[ ]?\(?")
_TRUNK = re.compile(r"\(0\)|\(0(?=\d)")
_DIGIT = re.compile(r"\d")
_GROUP = re.compile(r"\d+")
_GROUP_END = re.compile(r"\d(?=[ \u00a0\u2009\u202f])")
_DATE = re.compile(r"\d{1,2}([./\-])\d{1,2}\1(?:\d{2}|(?:19|20)\d{2})(?![ .\-/]?\d)")
_NOT_PHONE = re.compile(
    rf"{_DATE.pattern}"
    r"|0\d{3}\.\d{3}\.\d{3}(?!\d)"  # a Belgian company's number
    r"|0\d*\.\d+(?![.\d])"  # a decimal fraction
)
_FOREIGN = re.compile(
    r"(?:7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|21[1-8]|2[2346]\d|25[0-8]|29[17-9]|3[57]\d|38[0-9]"
    r"|42[013]|5[09]\d|6[78]\d|69[0-2]|80[08]|85[0256]|88\d|9[67]\d|99[2-68])\d{6,12}"
)
_SHORTEST, _SHORTEST_BY_LETTER = 6, 8
_SHORTEST_ABROAD, _LONGEST_ABROAD = 9, 13
_FALLBACK = "us"


def international(text: str, labels: Labels, scope: Scope) -> Iterator[Finding]:
    """Numbers with a country code. Those of countries without a type count under the document's own."""
    for match in _INTERNATIONAL.finditer(text):
        plus = match.group().lstrip("(").startswith("+")
        free = plus or not labels.claims("other", *match.span())
        if free and (found := _with_code(match, scope, plus=plus)):
            yield found


def _with_code(match: re.Match[str], scope: Scope, *, plus: bool) -> Finding | None:
    """The longest piece of the match, cut where groups end, that is a whole number of its country."""
    number = _bare(_CODE.sub("", match.group(), count=1))
    country = country_of(number)
    if country is None:
        foreign = plus and _FOREIGN.fullmatch(number)
        return _finding(match, len(match.group()), scope.first or _FALLBACK) if foreign else None
    for end in _group_ends(match.group()):
        cut = _bare(_CODE.sub("", match.group()[:end], count=1))
        if is_significant(cut[len(PLANS[country].code) :], country):
            return _finding(match, end, country)
    made_up = plus and _SHORTEST_ABROAD <= len(number) <= _LONGEST_ABROAD
    return _finding(match, len(match.group()), country) if made_up else None


def _finding(match: re.Match[str], length: int, country: str) -> Finding:
    return Finding(match.start(), match.start() + length, f"phone_{country}")


def _bare(written: str) -> str:
    return "".join(_DIGIT.findall(_TRUNK.sub("", written)))


def _group_ends(written: str) -> Iterator[int]:
    yield len(written)
    yield from reversed([gap.end() for gap in _GROUP_END.finditer(written)])


def national(text: str, labels: Labels, scope: Scope) -> Iterator[Finding]:
    """Numbers as they are written at home, in the countries of the document.

    Where nothing is known of the document, those that begin with a 0 in any country, and American ones, whose
    writing is no other number's.
    """
    for match in _WITH_TRUNK.finditer(text):
        if not labels.claims("other", *match.span()) and (found := _with_trunk(match, scope)):
            yield found
    for country in scope.countries or (_FALLBACK,):
        for match in PLANS[country].written.finditer(text):
            if not labels.claims("other", *match.span()):
                yield Finding(match.start(), match.end(), f"phone_{country}")


def _with_trunk(match: re.Match[str], scope: Scope) -> Finding | None:
    if _NOT_PHONE.match(match.group()):
        return None
    for end in _group_ends(match.group()):
        written = match.group()[:end]
        if country := _home_of("".join(_DIGIT.findall(written)), _area(written), scope):
            return _finding(match, end, country)
    return None


def _home_of(number: str, area: str | None, scope: Scope) -> str | None:
    """The country that a number with a leading 0 belongs to: one where it is mobile before any other."""
    homes = scope.countries or PLANS
    home = [country for country in homes if area is None or PLANS[country].area.fullmatch(area)]
    mobile = (country for country in home if PLANS[country].mobile.fullmatch(number))
    grouped = (country for country in home if area and is_significant(number, country))
    return next(mobile, None) or next(grouped, None)


def _area(written: str) -> str | None:
    """The first group of a number in groups; none of digits apart, which is how no one writes a number."""
    groups = _GROUP.findall(written)
    if groups[0] == "0":
        groups = ["0" + "".join(groups[1:2]), *groups[2:]]
    single = sum(len(group) == 1 for group in groups)
    if len(groups) == 1:
        return None
    return groups[0] if single <= 1 else ""


def announced(text: str, labels: Labels, scope: Scope) -> Iterator[Finding]:
    """Numbers that a label calls a telephone number, in any writing."""
    for offset, kinds in labels.announced.items():
        shortest = _SHORTEST if "phone" in kinds else _SHORTEST_BY_LETTER
        if kinds.isdisjoint(("phone", "phone_letter")):
            continue
        match = _ANNOUNCED.match(text, offset - text.startswith("(", offset - 1))
        if match and len(_bare(match.group())) >= shortest and not _DATE.match(match.group()):
            yield _announced(match, scope)


def _announced(match: re.Match[str], scope: Scope) -> Finding:
    written = match.group()
    code = _CODE.match(written)
    number = _bare(written)
    whole = (country for country in scope.countries if is_significant(number, country))
    return (
        (code and _with_code(match, scope, plus="+" in code.group()))
        or _written(match, scope.countries)
        or (written.startswith(("0", "(0")) and _with_trunk(match, scope))
        or _finding(match, len(written), next(whole, scope.first or _FALLBACK))
    )


def _written(match: re.Match[str], countries: Iterable[str]) -> Finding | None:
    for country in countries:
        if at_home := PLANS[country].written.match(match.string, match.start()):
            return _finding(match, at_home.end() - match.start(), country)
    return None
