"""What a structured document says, whatever its syntax."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flexorchd.engine.model import Record, Value


@dataclass(frozen=True, slots=True)
class EDocument:
    """A structured business document.

    Attributes:
        document_type: one of the engine's document types.
        syntax: ``UBL Invoice``, ``CII``, ``FatturaPA`` …, for the evidence.
        records: one for each invoice in the file, under the catalogue's names.
    """

    document_type: str
    syntax: str
    records: tuple[Record, ...]


def present(values: Mapping[str, Value | None]) -> Record:
    """The record of those values that are there: an absent field is absent."""
    return {name: value for name, value in values.items() if value not in (None, "", [], ())}


def account(text: str | None) -> str | None:
    """A payment account in the form of an IBAN, without blanks.

    Only the form is asked for: the invoice says that it is one, and test data seldom has right
    check digits.
    """
    compact = "".join((text or "").split()).upper()
    form = compact[:2].isalpha() and compact[2:4].isdigit() and compact[4:].isalnum()
    return compact if compact.isascii() and form and 15 <= len(compact) <= 34 else None
