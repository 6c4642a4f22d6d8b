"""Contracts and agreements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from flexorchd.engine.steps.fields.candidates import Candidate
from flexorchd.engine.steps.fields.document import date_of, document_type, field, number_of
from flexorchd.engine.steps.fields.names import fold_all, is_name
from flexorchd.engine.steps.fields.parties import headed
from flexorchd.engine.steps.fields.readers import clean, days, texts
from flexorchd.engine.steps.fields.reading import Reading

_OPENING = 3000
_BETWEEN = re.compile(
    r"\b(?:by and between|between|zwischen|entre|tra|tussen|pomiędzy|między)\b[ :]*", re.IGNORECASE
)
_AND = {
    "en": "and",
    "de": "und",
    "fr": "et",
    "it": "e",
    "es": "y",
    "nl": "en",
    "pl": "a|oraz|i",
    "tr": "ve",
}
_TURKISH = re.compile(r"([^.;:()\n]{3,80}?) (?:ile|ve) ([^.;:()\n]{3,80}?) arasında")
_NAME_END = re.compile(
    r"[,;(\n]| - | – |\. [A-Z]| (?:z siedzibą|mit Sitz|con sede|having|with its|dont le|ayant|gevestigd|"
    r"domiciliada|represented|vertreten|représentée|rappresentata|representada|reprezentowan|adresinde)"
)
_MOST_PARTIES = 6


def read(reading: Reading) -> Mapping[str, Candidate | None]:
    """The fields of a contract."""
    return {
        "document_no": number_of(reading, "contract_no"),
        "document_date": date_of(reading, "contract_date", "contract_no"),
        "parties": _parties(reading),
        "effective_date": field(reading, {"effective_date": 1.0}, days(reading)),
        "end_date": field(reading, {"end_date": 1.0}, days(reading)),
        "subject": field(reading, {"subject": 1.0}, texts(reading)),
    }


def _parties(reading: Reading) -> Candidate | None:
    """The parties by their headings, else by "between A and B"."""
    named = [
        c
        for c in headed(reading, "party", announced=True)
        if c.confidence >= 0.6 and c.cell is not None
    ]
    named.sort(key=lambda c: c.cell.row if c.cell else 0)
    names = _distinct(str(candidate.value) for candidate in named)
    if len(names) >= 2:
        return Candidate(names, 0.85, "label")
    spelled = _distinct(_between(reading))
    return Candidate(spelled, 0.7, "pattern") if len(spelled) >= 2 else None


def _distinct(names: Iterator[str]) -> list[str]:
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(fold_all(name), name)
    return list(found.values())[:_MOST_PARTIES]


def _between(reading: Reading) -> Iterator[str]:
    opening = reading.text[:_OPENING].replace("\n", " ")
    if (turkish := _TURKISH.search(opening)) is not None:
        yield from _names(reading, turkish.groups())
        return
    for match in _BETWEEN.finditer(opening):
        joint = re.compile(rf"[,)]?\s(?:{_AND.get(reading.language, 'and|und|et|oraz|ve')})\s")
        first, *others = joint.split(opening[match.end() : match.end() + 400], maxsplit=1)
        names = list(_names(reading, (first, *others)))
        if len(names) == 2:
            yield from names
            return


def _names(reading: Reading, parts: tuple[str, ...]) -> Iterator[str]:
    for part in parts:
        name = clean(_NAME_END.split(part, maxsplit=1)[0])
        if is_name(reading, name):
            yield name


CONTRACT = document_type(
    "parties effective_date",
    "contract_no contract_date effective_date end_date subject party other_date",
    read,
)
