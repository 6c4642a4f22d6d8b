"""The numbering plans of the countries whose telephone numbers have types of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass

GAP = r"[ .\-–‑/\u00a0\u2009\u202f]"
BEFORE = r"(?<![\w+./])(?:(?<!\d,)|(?<=\d{5},))(?<!\w[\-–])(?<!\d[: ])"
_MONEY = r"(?:€|\$|£|%|₺|EUR|USD|TL|TRY|PLN|zł|GBP|kr\b)"
AFTER = rf"(?![\w@])(?!-\d)(?!/\d)(?![.:]\d)(?!,\d{{1,3}}(?!\d))(?! ?{_MONEY})"


@dataclass(frozen=True, slots=True)
class Plan:
    """A country's numbering plan, as far as it tells a telephone number from other numbers.

    Attributes:
        code: the country code.
        significant: the bare number behind the country code.
        mobile: bare national numbers, with their leading 0, that are telephone numbers without any grouping.
        area: how numbers at home begin: the first group of digits, with the 0 (which belongs to the number
            itself in Italy).
        written: further ways of writing a number at home, where it begins with no 0.
    """

    code: str
    significant: re.Pattern[str]
    mobile: re.Pattern[str]
    area: re.Pattern[str]
    written: re.Pattern[str]


def _plan(
    code: str, significant: str, *written: str, mobile: str = r"(?!)", area: str = r"(?!)"
) -> Plan:
    """Build a plan; in `written`, ``_`` is a separator and ``~`` one that may be absent."""
    forms = "|".join(form.replace("_", GAP).replace("~", f"{GAP}?") for form in written) or "(?!)"
    return Plan(
        code=code,
        significant=re.compile(significant),
        mobile=re.compile(mobile),
        area=re.compile(area),
        written=re.compile(f"{BEFORE}(?:{forms}){AFTER}"),
    )


PLANS: dict[str, Plan] = {
    "tr": _plan(
        "90", r"[2-58]\d{9}|444\d{4}",
        r"(?:90_)?5\d\d_\d{3}_\d{2}_\d{2}", r"(?:90_)?5\d\d_\d{3}_\d{4}", r"\([2-58]\d\d\)~\d{3}~\d{2}~\d{2}",
        r"444_\d_\d{3}|444_\d{2}_\d{2}", r"0[.][2-58]\d\d[.]\d{3}[.]\d{2}[.]\d{2}",
        mobile=r"0[2-58]\d{9}", area=r"0[2-58]\d\d",
    ),
    "de": _plan(
        "49", r"[1-9]\d{5,11}", mobile=r"01[5-7]\d{8,9}", area=r"0[1-9]\d{1,4}",
    ),
    "fr": _plan("33", r"[1-9]\d{8}", mobile=r"0[1-9]\d{8}", area=r"0[1-9]|0[6-9]\d\d"),
    "it": _plan(
        "39", r"3\d{8,9}|0\d{5,10}|[89]\d{5,9}",
        r"3\d\d_\d{3}~\d{3,4}", r"3\d\d_\d{2}_\d{2}_\d{2,3}", r"3\d\d_\d{3}_\d{2}_\d{2}",
        r"3[1-9]\d_\d{6,7}", r"3[1-9]\d{8}", r"800_\d{3}~\d{3}",
        area=r"0\d{1,3}",
    ),
    "nl": _plan("31", r"[1-9]\d{8}", mobile=r"06\d{8}", area=r"0[1-9]|0[1-9]\d{1,2}"),
    "es": _plan(
        "34", r"[6-9]\d{8}",
        r"[6-9]\d{2}_\d{3}_\d{3}", r"[6-9]\d{2}(?:_\d{2}){3}", r"[67]\d{8}",
        r"\(?[89]\d\)?_\d{3}_\d{2}_\d{2}",
    ),
    "pl": _plan(
        "48", r"[1-9]\d{8}",
        r"[4-8]\d{2}_\d{3}_\d{3}", r"\(?[1-9]\d\)?_\d{3}_\d{2}_\d{2}",
        r"\(0?[1-9]\d\)~\d{3}~\d{2}~\d{2}", r"0_[1-9]\d_\d{3}_\d{2}_\d{2}",
    ),
    "uk": _plan("44", r"[1-9]\d{8,9}", mobile=r"0[1-37-8]\d{9}", area=r"0[1-37-8]\d{1,4}"),
    "us": _plan(
        "1", r"[2-9]\d{9}|[2-9]\d{6}",
        r"(?:1[ \-.])?\([2-9]\d{2}\)[ \-]?\d{3}[ \-.]\d{4}", r"(?:1[ \-.])?[2-9]\d{2}[ ]?([\-.])\d{3}\1\d{4}",
        r"(?:1[ ])?[2-9]\d{2}[ ][2-9]\d{2}[ \-]\d{4}",
    ),
    "at": _plan(
        "43", r"[1-9]\d{3,12}",
        mobile=r"06(?:5[0-57-9]|6[0-57-9]|7\d|8[01689]|99)\d{7,8}", area=r"01|0[2-7]\d{2,3}|05\d",
    ),
    "be": _plan(
        "32", r"[1-9]\d{7,8}", mobile=r"04[5-9]\d{7}", area=r"0[1-9]|0[1-9]\d|04[5-9]\d|0800|0[79]0\d"
    ),
    "se": _plan("46", r"[1-9]\d{6,9}", mobile=r"07[02369]\d{7}", area=r"0[1-9]\d{0,2}"),
    "dk": _plan("45", r"[2-9]\d{7}", r"[2-9]\d(?:_\d{2}){3}", r"[2-9]\d{3}[ ]\d{4}"),
    "fi": _plan("358", r"[1-9]\d{4,10}", mobile=r"0(?:4\d|50)\d{6,7}", area=r"0[1-9]\d{0,2}"),
    "pt": _plan(
        "351", r"[239]\d{8}",
        r"[239]\d{2}_\d{3}_\d{3}", r"2\d_\d{3}_\d{2}_\d{2}", r"9[1236]_\d{3}_\d{2}_\d{2}", r"9[1236]\d{7}",
    ),
}  # fmt: skip

_LONGEST_CODE = max(len(plan.code) for plan in PLANS.values())
_BY_CODE = {plan.code: country for country, plan in PLANS.items()}


def country_of(number: str) -> str | None:
    """The country of a bare number that begins with a country code, or None where it has no type."""
    codes = (number[:length] for length in range(_LONGEST_CODE, 0, -1))
    return next((_BY_CODE[code] for code in codes if code in _BY_CODE), None)


def is_significant(number: str, country: str) -> bool:
    """Whether a bare number, with or without its leading 0, is a whole one of a country's plan."""
    trunkless = number if country == "it" else number.removeprefix("0")
    return bool(PLANS[country].significant.fullmatch(trunkless))
