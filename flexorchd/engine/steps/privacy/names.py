"""Names of people: where labels, titles, greetings, closings or addresses announce them, or by given name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flexorchd.engine.model import Finding
from flexorchd.engine.steps.privacy.labels import Labels
from flexorchd.engine.steps.privacy.scope import Scope
from flexorchd.engine.steps.privacy.vocabulary import (
    GIVEN_NAMES,
    NAME_ENDS,
    PLACES,
    THING_ENDINGS,
    THINGS,
    fold,
)

_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĘĚĞĢĪİĶĹĻĽŁŃŅŇŌŐŒŔŘŚŞŠŢŤŪŮŰŲŹŻŽȘȚ"
_LETTER = r"[^\W\d_]"
_SPACE = r"[ \u00a0]{1,2}"
_WORD = rf"(?:[{_UPPER}]['’])?[{_UPPER}]{_LETTER}{{1,24}}(?:[\-'’]{_LETTER}{{2,24}}){{0,2}}"
_INITIAL = rf"[{_UPPER}]\."
_PARTICLE = (
    r"(?:[Vv]an|[Vv]on|vom|zu|zum|zur|[Dd]e|[Dd]el|[Dd]ella|dello|degli|[Dd]i|[Dd]a|dal|dos|das|do|[Dd]u|des"
    r"|[Ll]a|[Ll]e|[Dd]er|[Dd]en|[Tt]er|ten|te|[Ee]l|al|bin|ibn|y|e|af|av|Freiherr|Freifrau|Graf|Gräfin)"
)
_PART = rf"(?:{_WORD}|{_INITIAL})"
_NAME = rf"{_PART}(?:(?:{_SPACE}|(?<=\.))(?:{_PARTICLE}{_SPACE}){{0,3}}{_PART}){{0,4}}"
_DEGREE = (
    r"(?:Dr|Prof|Ing|Dipl\.-Ing|Mag|Doç|Yrd|Uzm|mgr|inż|lek|dr|prof|hab|Dott|Avv|drs|ir|ing|Lic|Av)\."
    r"[ \u00a0]?"
)
_TITLE = r"(?:Herrn?|Frau|Mrs?\.?|Ms\.?|Mme\.?|M\.|Sig\.(?:ra)?|Sra?\.|Sayın|Dhr\.|Mevr\.|Pani?)[ \u00a0]"

_ANNOUNCED = re.compile(
    rf"(?:{_TITLE})?(?:{_DEGREE}){{0,3}}(?:(?:{_PARTICLE}{_SPACE}){{1,3}})?"
    rf"(?P<name>{_WORD},[ ]?{_NAME}|{_NAME})(?!\w)"
)
_LOWER = re.compile(rf"{_LETTER}{{2,20}}(?:[ ]{_LETTER}{{2,20}}){{1,2}}(?=[ \t]*(?:[\r\n,;|\t]|$))")
_ADDRESSED = re.compile(rf"({_NAME}|{_WORD},[ ]{_NAME})[\"']?[ ]{{0,2}}$")
_ADDRESS = re.compile(r"<(?=\0)")
_HONOURED = re.compile(
    rf"(?<!\w)({_WORD}(?:[ ]{_WORD}){{0,2}})[ ](?:Bey|Hanım|Beyefendi|Hanımefendi)(?!\w)"
)
_KNOWN = re.compile(rf"(?<![\w@.\-/])({_NAME})(?![\w@])")
_LONGEST_NAME = 120
_LINE_ENDS = re.compile(r"[ \t]*[,.]?[ \t]*(?:[\r\n]|$)")
_GREETING_ENDS = re.compile(r"[ ]{0,2}[,!:]|[ \t]*(?:[\r\n]|$)")
_SEPARATED = re.compile(r"(?:[^\w \u00a0=>]|[ ]{2}|[ ]=)[ \u00a0]?$")
_COLON = re.compile(r":[ \t\u00a0]*$")
_TITLE_BEFORE = re.compile(rf"(?<!\w)(?:[{_UPPER}]\w*|\w{{4,}}|\w{{3,}}(?=\.))[.ªº]?[ \u00a0]$")
_LONGEST_TITLE = 20
_NEAR = 60
_WORDS = re.compile(r"[^ \u00a0,]+")
_NEXT_WORD = re.compile(r"[ \u00a0]?[,&+]{0,1}[ \u00a0]?([^\W\d_.]+(?:\.[^\W\d_])*)")
_LAST_WORDS = re.compile(r"[^\W\d_]+")


def people(text: str, labels: Labels, scope: Scope) -> Iterator[Finding]:
    """Names that the document's own form gives away.

    Args:
        text: the text, with e-mail addresses blanked by NULs.
        labels: what the text says about its values.
        scope: the document's countries, for titles that are words elsewhere.
    """
    for match in _HONOURED.finditer(text):
        yield from _person(text, *match.span(1))
    for address in _ADDRESS.finditer(text):
        line = max(text.rfind("\n", 0, address.start()) + 1, address.start() - _LONGEST_NAME)
        if addressed := _ADDRESSED.search(text, line, address.start()):
            yield from _person(text, *addressed.span(1))
    titles = {"title", *(f"title_{country}" for country in scope.countries)}
    for offset, kinds in labels.announced.items():
        if kinds & {"name", "name_perhaps", "closing", "greeting"} or kinds & titles:
            yield from _announced(text, offset, labels, titled=bool(kinds & titles))


def _announced(text: str, offset: int, labels: Labels, *, titled: bool) -> Iterator[Finding]:
    kinds = labels.announced[offset] | _beside(labels, offset)
    if match := _ANNOUNCED.match(text, offset):
        for finding in _person(text, *match.span("name")):
            if _fits(text, finding, offset, kinds, titled=titled):
                yield finding
    elif "name" in kinds and (lower := _LOWER.match(text, offset)) and _is_given(lower.group()):
        yield Finding(lower.start(), lower.end(), "name")


def _beside(labels: Labels, offset: int) -> set[str]:
    """What may be a name is one, where a first name or a surname is announced right after it."""
    if "name_perhaps" not in labels.announced[offset]:
        return set()
    near = range(offset + 1, offset + _NEAR)
    return {"name"} if any("name" in labels.announced.get(at, ()) for at in near) else set()


def _fits(text: str, finding: Finding, offset: int, kinds: set[str], *, titled: bool) -> bool:
    """Whether a name stands as its announcement wants it to stand."""
    name, before = text[finding.start : finding.end], text[max(0, offset - _LONGEST_TITLE) : offset]
    return bool(
        ("name" in kinds and _SEPARATED.search(before))
        or (titled and _TITLE_BEFORE.search(before))
        or ("closing" in kinds and _LINE_ENDS.match(text, finding.end))
        or ("greeting" in kinds and _GREETING_ENDS.match(text, finding.end))
        or ("name" in kinds and _is_full(name))
        or ("name_perhaps" in kinds and _COLON.search(before) and _is_full(name))
        or (not kinds.isdisjoint(("name", "name_perhaps")) and _is_given(name))
    )


def _is_full(name: str) -> bool:
    return " " in name and not name.isupper()


def _is_given(name: str) -> bool:
    return fold(re.split(r"[ \u00a0\-,]", name, maxsplit=1)[0]) in GIVEN_NAMES


def known(text: str) -> Iterator[Finding]:
    """A common given name followed by a surname, where it is not part of a company, a street or a place."""
    for match in _KNOWN.finditer(text):
        words = [
            (match.start(1) + word.start(), word.group())
            for word in _WORDS.finditer(match.group(1))
        ]
        start = next((at for at, word in words if _is_given(word)), None)
        if start is not None and not _is_place(text, match.start(1)) and not _is_place(text, start):
            for finding in _person(text, start, match.end(1)):
                if " " in text[finding.start : finding.end]:
                    yield finding


def _is_place(text: str, start: int) -> bool:
    """Whether the words before a name say that a street or a place is called so."""
    line = text[max(text.rfind("\n", 0, start) + 1, start - 24) : start]
    return any(word in PLACES for word in _LAST_WORDS.findall(fold(line))[-3:])


def _person(text: str, start: int, end: int) -> Iterator[Finding]:
    """The name up to a word that is none; nothing where the words name a company, a street or a thing."""
    words = list(_WORDS.finditer(text, start, end))
    if any(map(_is_thing, (word.group() for word in words))) or _goes_on_as_thing(text, end):
        return
    kept = start
    for word in words:
        if word.group()[1:] != "." and fold(word.group()).strip(".") in NAME_ENDS:
            break
        kept = word.end()
    name = text[start:kept].rstrip("., ")
    if re.search(rf"{_LETTER}{{2}}", name) and not re.fullmatch(_PARTICLE, name):
        yield Finding(start, start + len(name), "name")


def _is_thing(word: str) -> bool:
    folded = fold(word).replace(".", "")
    return folded in THINGS or folded.endswith(THING_ENDINGS)


def _goes_on_as_thing(text: str, end: int) -> bool:
    following = _NEXT_WORD.match(text, end)
    return bool(following and _is_thing(following.group(1)) and _stands_out(text, following))


def _stands_out(text: str, word: re.Match[str]) -> bool:
    return not word.group(1).islower() or text.startswith(".", word.end())


def is_company(name: str) -> bool:
    """Whether a name ends, or goes on, as companies' names do."""
    return any(_is_thing(word.strip(",&")) for word in name.split())
