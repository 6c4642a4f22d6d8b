"""Masking of fields and records: what the detectors find in them, and what was found in the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from flexorchd.engine.model import Finding, Record, Value
from flexorchd.engine.steps.privacy.accounts import iban_type
from flexorchd.engine.steps.privacy.detect import detect
from flexorchd.engine.steps.privacy.mask import Masker, canonical
from flexorchd.engine.steps.privacy.names import is_company
from flexorchd.engine.steps.privacy.scope import scope_of

_DATES = "document_date due_date delivery_date valid_until effective_date end_date date"
_PERIODS = "period period_start period_end"
_AMOUNTS = (
    "total_amount net_amount tax_amount amount_due amount balance unit_price total quantity planned actual"
    " opening_balance closing_balance gross_pay net_pay tax_due deductions"
)
_WORDS = "currency unit category tax_type tax_office document_type"
_EXEMPT = frozenset(f"document_no order_no {_DATES} {_PERIODS} {_AMOUNTS} {_WORDS}".split())
"""Keys whose values stay right, whatever they look like."""

_PERSONS = frozenset({"employee", "account_holder", "taxpayer"})
_LABELS = {
    "iban": "IBAN",
    "tax_id": "Tax ID",
    "vendor_tax_id": "Tax ID",
    "customer_tax_id": "Tax ID",
}
_APART = "\n¶\n"

Known = frozenset[tuple[str, str]]
"""Values found in a document, each with its PII type in front."""

_Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class _Leaf:
    path: _Path
    key: str
    value: str


def known_values(text: str, findings: Iterable[Finding]) -> Known:
    """What was found in a text, for `mask_record` to recognise it elsewhere.

    Args:
        text: the document's text.
        findings: what `find_pii` found in it.
    """
    return frozenset((finding.type, text[finding.start : finding.end]) for finding in findings)


@lru_cache(maxsize=1)
def _canonical(found: Known) -> Mapping[tuple[str, str], None]:
    return dict.fromkeys(
        (pii_type, canonical(pii_type, value)) for pii_type, value in sorted(found)
    )


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
    masked: dict[_Path, str] = {}
    count = 0
    for leaf, findings in zip(leaves, _findings(leaves, locale, language, found), strict=True):
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
) -> Iterator[list[Finding]]:
    """The findings of each leaf, at the leaf's own offsets. All leaves are looked at in one go."""
    text, starts = _laid_out(leaves)
    detected = iter(detect(text, scope_of(locale, language), found))
    finding = next(detected, None)
    for leaf, start in zip(leaves, starts, strict=True):
        inside = []
        while finding and finding.start < start + len(leaf.value):
            if finding.end > start:
                inside.append(_moved(finding, start, len(leaf.value)))
            finding = next(detected, None)
        whole = _whole(leaf, found)
        yield [Finding(0, len(leaf.value), whole)] if whole else inside


def _moved(finding: Finding, start: int, length: int) -> Finding:
    return Finding(max(finding.start - start, 0), min(finding.end - start, length), finding.type)


def _laid_out(leaves: Sequence[_Leaf]) -> tuple[str, list[int]]:
    """The leaves as a text, each after the label that its key stands for, and where each begins."""
    pieces, starts, at = [], [], 0
    for leaf in leaves:
        label = f"{_LABELS[leaf.key]}: " if leaf.key in _LABELS else ""
        starts.append(at + len(label))
        pieces.append(f"{label}{leaf.value}{_APART}")
        at += len(pieces[-1])
    return "".join(pieces), starts


def _whole(leaf: _Leaf, found: Known) -> str | None:
    """The type of a value that is personal as a whole: by its key, or because the text holds it."""
    if not leaf.value.strip():
        return None
    if leaf.key in _PERSONS and not is_company(leaf.value):
        return "name"
    if leaf.key == "iban":
        return iban_type(leaf.value.strip())
    known = _canonical(found)
    types = dict.fromkeys(pii_type for pii_type, _ in known)
    return next((kind for kind in types if (kind, canonical(kind, leaf.value)) in known), None)
