"""Candidates for a field, and the choice among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from flexorchd.engine.model import Value
from flexorchd.engine.steps.fields.labels import Label
from flexorchd.engine.steps.fields.near import Kind, Near, T, near
from flexorchd.engine.steps.fields.page import Cell
from flexorchd.engine.steps.fields.reading import Reading

THRESHOLD = 0.5
_REPEATED = 0.03


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a field may be.

    Attributes:
        value: the value.
        confidence: 0.0 to 1.0.
        method: how it was found: ``label``, ``table``, ``pattern`` or ``position``.
        cell: where it stands, if at one place.
    """

    value: Value
    confidence: float
    method: str = "label"
    cell: Cell | None = None


def labelled(
    reading: Reading, concepts: Mapping[str, float], kind: Kind[T]
) -> list[tuple[Near[T], float]]:
    """All values near labels of the concepts, with a confidence for each.

    Args:
        reading: the document.
        concepts: concept to the trust that its label deserves for this field.
        kind: the kind of value that is looked for.
    """
    found: list[tuple[Near[T], float]] = []
    for row in reading.labels:
        for label in row:
            weight = max((w * concepts.get(c, 0) for c, w in label.concepts.items()), default=0)
            if weight and (value := near(reading, label, kind)):
                found.append((value, weight * _standing(label) * value.score))
    return found


def _standing(label: Label) -> float:
    """How much a label looks like one, and not like a word of a sentence."""
    if label.qualified:
        return 0.6
    if label.in_prose:
        return 0.62 if label.leading or label.long else 0.45
    if label.leading:
        return 1.0
    return 0.9 if label.announced else 0.7


def best(candidates: Iterable[Candidate], threshold: float = THRESHOLD) -> Candidate | None:
    """The likeliest candidate, if it is likely enough; found at several places counts more."""
    merged: dict[str, Candidate] = {}
    for candidate in candidates:
        known = merged.get(key := repr(candidate.value))
        if known is None:
            merged[key] = candidate
        else:
            stronger = max(known, candidate, key=lambda c: c.confidence)
            confidence = min(0.99, stronger.confidence + _REPEATED)
            merged[key] = replace(stronger, confidence=confidence)
    choice = max(merged.values(), key=lambda c: c.confidence, default=None)
    return choice if choice and choice.confidence >= threshold else None
