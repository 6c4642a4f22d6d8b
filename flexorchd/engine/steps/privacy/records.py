"""Masking of fields and records: what the detectors find in them, and what was found in the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flexorchd.engine.model import Finding, Record, Value
from flexorchd.engine.steps.privacy.accounts import iban_type
from flexorchd.engine.steps.privacy.detect import find_pii
from flexorchd.engine.steps.privacy.mask import Masker, canonical
from flexorchd.engine.steps.privacy.names import is_company

_EXEMPT = frozenset(
    [
        "document_no",
        "order_no",
        "currency",
        "document_date",
        "due_date",
        "delivery_date",
        "valid_until",
        "effective_date",
        "end_date",
        "period",
        "period_start",
        "period_end",
        "date",
        "total_amount",
        "net_amount",
        "tax_amount",
        "amount_due",
        "amount",
        "balance",
        "unit_price",
        "total",
        "quantity",
        "unit",
        "opening_balance",
        "closing_balance",
        "gross_pay",
        "net_pay",
        "tax_due",
        "planned",
        "actual",
        "tax_type",
        "tax_office",
        "category",
        "document_type",
    ]
)
"""Keys whose values stay right whatever they look like."""

_PERSONS = frozenset({"employee", "account_holder", "taxpayer"})
_ANNOUNCED = {
    "iban": "IBAN",
    "tax_id": "Tax ID",
    "vendor_tax_id": "Tax ID",
    "customer_tax_id": "Tax ID",
}
_APART = "\n¶\n"

Known = frozenset[tuple[str, str]]
"""Values found in a document: their types and canonical forms."""

_Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class _Leaf:
    path: _Path
    key: str
    value: str


def known_values(text: str, findings: Iterable[Finding]) -> Known:
    """What was found in a text, in a form in which a field with the same value is recognised."""
    return frozenset((f.type, canonical(f.type, text[f.start : f.end])) for f in findings)


def mask_record(
    record: Record, masker: Masker, locale: str, language: str, found: Known
) -> tuple[Record, int]:
    """Mask the strings of a record, at any depth.

    Dates, amounts, currencies and document numbers are left alone, by their types and by their keys.

    Args:
        record: fields or a record of a document; it is not changed.
        masker: the document's.
        locale: as for `find_pii`.
        language: as for `find_pii`.
        found: what was found in the document's text, from `known_values`.

    Returns:
        The masked record, and how many values were masked in it.
    """
    leaves = [leaf for leaf in _leaves(record) if leaf.key not in _EXEMPT]
    masked, count = {}, 0
    for leaf, findings in _findings(leaves, locale, language, found):
        if findings:
            masked[leaf.path] = masker.mask_text(leaf.value, findings)
            count += len(findings)
    return {key: _rebuilt(value, (key,), masked) for key, value in record.items()}, count


def _leaves(value: Value | Record, path: _Path = (), key: str = "") -> Iterator[_Leaf]:
    if isinstance(value, str):
        yield _Leaf(path, key, value)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, name), name)
    elif isinstance(value, Sequence):
        for place, inner in enumerate(value):
            yield from _leaves(inner, (*path, place), key)


def _rebuilt(value: Value, path: _Path, masked: Mapping[_Path, str]) -> Value:
    if isinstance(value, str):
        return masked.get(path, value)
    if isinstance(value, Mapping):
        return {key: _rebuilt(inner, (*path, key), masked) for key, inner in value.items()}
    if isinstance(value, Sequence):
        return [_rebuilt(inner, (*path, place), masked) for place, inner in enumerate(value)]
    return value


def _findings(
    leaves: Sequence[_Leaf], locale: str, language: str, found: Known
) -> Iterator[tuple[_Leaf, list[Finding]]]:
    """The findings of each leaf, at the leaf's own offsets. All leaves are looked at in one go."""
    text, starts = _laid_out(leaves)
    types = sorted({pii_type for pii_type, _ in found})
    detected = iter([*find_pii(text, locale, language), Finding(len(text), len(text), "")])
    finding = next(detected)
    for leaf, start in zip(leaves, starts, strict=True):
        end = start + len(leaf.value)
        while finding.end <= start and finding.type:
            finding = next(detected)
        inside = []
        while finding.type and finding.start < end:
            inside.append(
                Finding(max(finding.start - start, 0), min(finding.end, end) - start, finding.type)
            )
            finding = next(detected)
        whole = _whole(leaf, types, found)
        yield leaf, [Finding(0, len(leaf.value), whole)] if whole else inside


def _laid_out(leaves: Sequence[_Leaf]) -> tuple[str, list[int]]:
    """The leaves as a text, each after the label that its key stands for, and where each begins."""
    pieces, starts, at = [], [], 0
    for leaf in leaves:
        label = f"{_ANNOUNCED[leaf.key]}: " if leaf.key in _ANNOUNCED else ""
        starts.append(at + len(label))
        pieces.append(f"{label}{leaf.value}{_APART}")
        at += len(pieces[-1])
    return "".join(pieces), starts


def _whole(leaf: _Leaf, types: Sequence[str], found: Known) -> str | None:
    """The type of a value that is personal as a whole: by its key, or because the text holds it."""
    if not leaf.value.strip():
        return None
    if leaf.key in _PERSONS and not is_company(leaf.value):
        return "name"
    if leaf.key == "iban":
        return iban_type(leaf.value.strip())
    return next((t for t in types if (t, canonical(t, leaf.value)) in found), None)
