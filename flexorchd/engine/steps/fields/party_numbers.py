"""Tax numbers and accounts, and to which party they belong."""

from __future__ import annotations

import re

from flexorchd.engine.steps.fields.candidates import Candidate, best
from flexorchd.engine.steps.fields.identifiers import has_vat_form, ibans
from flexorchd.engine.steps.fields.labels import Label
from flexorchd.engine.steps.fields.near import near
from flexorchd.engine.steps.fields.readers import tax_numbers
from flexorchd.engine.steps.fields.reading import Reading

_OWN_ACCOUNT = re.compile(
    r"\b(?:Ihr(?:em|es)? Konto|your account|votre compte|vostro conto|su cuenta|uw rekening|"
    r"hesabınızdan|Mandat)",
    re.IGNORECASE,
)
_BLOCK_ROWS = 12


def tax_ids_by_party(reading: Reading) -> dict[str, Candidate]:
    """The tax numbers of seller and buyer: by their labels, and by the block they stand in."""
    found: dict[str, list[Candidate]] = {"vendor_tax_id": [], "customer_tax_id": []}
    kind = tax_numbers(reading)
    for row in reading.labels:
        for label in row:
            weights = label.concepts
            weight = max(weights.get("vat_id", 0.0), weights.get("customer_vat_id", 0.0))
            value = near(reading, label, kind) if weight else None
            if value is not None:
                form = 1.0 if has_vat_form(value.value) else 0.85
                field = "customer_tax_id" if _is_buyers(reading, label) else "vendor_tax_id"
                confidence = weight * value.score * form * (0.6 if label.in_prose else 1.0)
                found[field].append(Candidate(value.value, confidence, "label", label.cell))
    chosen = {field: best(candidates) for field, candidates in found.items()}
    return {field: candidate for field, candidate in chosen.items() if candidate is not None}


def _is_buyers(reading: Reading, label: Label) -> bool:
    """Whether a label says so, or the nearest heading above it, in its column, is the buyer's."""
    if "customer_vat_id" in label.concepts:
        return "vat_id" not in label.concepts
    first = max(0, label.cell.row - _BLOCK_ROWS)
    for row in range(label.cell.row, first - 1, -1):
        for other in reversed(reading.labels[row]):
            same_column = other.cell.column == label.cell.column
            if other is label or not same_column or not other.certain:
                continue
            if other.concepts.keys() & {"customer", "buyer", "ship_to"}:
                return "seller" not in other.concepts
            if "seller" in other.concepts:
                return False
    return False


def payment_account(reading: Reading) -> Candidate | None:
    """The account to pay into: the only IBAN, or the first that is not the payer's own."""
    found: dict[str, float] = {}
    for row in reading.page.rows:
        line = " | ".join(cell.text for cell in row)
        for iban in ibans(line):
            before = line[max(0, iban.start - 60) : iban.start]
            trust = 0.45 if _OWN_ACCOUNT.search(before) else 0.95 if "IBAN" in before else 0.85
            found[iban.value] = max(trust, found.get(iban.value, 0.0))
    if not found:
        return None
    value, trust = max(found.items(), key=lambda item: item[1])
    rivals = sum(1 for other in found.values() if other >= 0.8) - 1
    return Candidate(value, trust - 0.1 * min(rivals, 2), "pattern") if trust >= 0.5 else None
