"""What flows through the engine's steps: frozen, picklable data, and the one error a document can raise.

The road of a document is ``bytes -> Content -> Classification -> Fields -> Findings -> Quality``,
and its end is an :class:`Outcome`. No step knows another; `engine.process` joins them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

MaskStrategy = Literal["redact", "replace", "token", "hash"]
Grade = Literal["A", "B", "C", "D"]

DOCUMENT_TYPES: tuple[str, ...] = (
    "invoice",
    "expense_report",
    "purchase_order",
    "sales_proposal",
    "bank_statement",
    "payroll",
    "budget",
    "delivery_note",
    "tax_declaration",
    "contract",
    "general",
)

Value = str | int | Decimal | date | bool | Sequence["Value"] | Mapping[str, "Value"]
"""A field's value. Amounts are `Decimal`, dates are `date`; an absent field is absent."""

Record = dict[str, Value]


class DocumentError(Exception):
    """This document cannot be processed; the engine and its other documents are fine.

    Args:
        code: a stable upper-case name, such as ``PROTECTED``, ``MALFORMED``, ``UNSUPPORTED_CONTENT``,
            ``EMPTY_DOCUMENT``, ``TOO_LARGE``, ``TIMED_OUT``, ``OUT_OF_MEMORY``, ``OCR_NOT_INSTALLED``.
        message: what is wrong, in a sentence for people, without any text of the document.
        remedy: what the sender can do about it, in a sentence.
    """

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(code, message, remedy)
        self.code = code
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}"


@dataclass(frozen=True, slots=True)
class Settings:
    """How one document is to be processed, as the upload said it.

    Attributes:
        locale: ``und`` or a language code (``tr de en fr it nl es pl`` …).
        mask_pii: whether text, fields and records are masked.
        mask_strategy: how a finding is masked.
        document_type: ``auto`` or one of `DOCUMENT_TYPES`, which is then taken as given.
    """

    locale: str = "und"
    mask_pii: bool = True
    mask_strategy: MaskStrategy = "redact"
    document_type: str = "auto"


@dataclass(frozen=True, slots=True)
class Table:
    """A table as rows of cell texts, every row as long as the document has it."""

    rows: tuple[tuple[str, ...], ...]
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds, as far as it can be read.

    Attributes:
        kind: what the bytes are, by content: ``pdf docx xlsx html eml msg txt xml image``.
        text: the whole text in reading order, one visual line a line, NFC, no NULs. A table row is one
            line with tabs between cells.
        tables: tables with cells kept apart, where the format has them (DOCX, XLSX, HTML).
        einvoice: the XML of an e-invoice (the file itself, unwrapped from ``.p7m``, or embedded in a PDF).
        ocr_confidence: 0.0 to 1.0, the mean of the words, or None where no OCR ran.
        title: the document's own title or subject, if it has one.
        attachments: names of attached files (e-mail, PDF).
        page_count: pages, sheets or 1.
        signatures: signature formats found: ``XAdES PAdES CAdES``.
        warnings: sentences for people, e.g. a page that could not be read.
    """

    kind: str
    text: str
    tables: tuple[Table, ...] = ()
    einvoice: bytes | None = None
    ocr_confidence: float | None = None
    title: str | None = None
    attachments: tuple[str, ...] = ()
    page_count: int = 1
    signatures: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Classification:
    """What the document is, and why.

    Attributes:
        document_type: one of `DOCUMENT_TYPES`.
        method: ``hint``, ``einvoice`` or ``keywords``.
        confidence: 0.0 to 1.0.
        evidence: the words or structures that decided, most telling first.
    """

    document_type: str
    method: str
    confidence: float
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a document, and how each was found.

    Attributes:
        values: field name (the engine's catalogue) to value; what was not found is absent.
        methods: field name to the way it was found: ``einvoice label table pattern position``.
        confidence: field name to 0.0–1.0.
        records: the rows that a dataset holds for this document; several for a file with several
            invoices, one otherwise. Each holds the fields of one invoice.
        expected: names that a good document of this type has; for the fill rate.
    """

    values: Record
    methods: dict[str, str] = field(default_factory=dict)
    confidence: dict[str, float] = field(default_factory=dict)
    records: tuple[Record, ...] = ()
    expected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Personal data at ``text[start:end]``; `type` is one of the catalogue's PII types."""

    start: int
    end: int
    type: str


@dataclass(frozen=True, slots=True)
class Quality:
    """How good the extraction is, in the service's scale.

    Attributes:
        score: 0.0 to 100.0, one decimal.
        grade: A from 85, B from 65, C from 45, else D; capped at C where OCR confidence is under 0.7.
        field_fill_rate: 0.0 to 1.0, or None where the type has no expected fields.
        noise: 0.0 to 1.0.
        ocr_confidence: as in `Content`.
        warnings: sentences for people.
    """

    score: float
    grade: Grade
    field_fill_rate: float | None
    noise: float
    ocr_confidence: float | None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a document's road, masked already where the settings ask for it.

    Attributes:
        content_kind: see `Content.kind`.
        text: the whole text, masked where asked.
        language: ISO 639-1, or ``und``.
        classification: see there.
        fields: with values and records masked where asked.
        pii_types: PII type to number of findings.
        masked_record_count: records in which something was masked.
        privacy_applied: whether masking ran and the text below is masked.
        quality: see there.
        title, attachments, page_count, signatures: as in `Content`, masked where asked.
    """

    content_kind: str
    text: str
    language: str
    classification: Classification
    fields: Fields
    pii_types: dict[str, int]
    masked_record_count: int
    privacy_applied: bool
    quality: Quality
    title: str | None = None
    attachments: tuple[str, ...] = ()
    page_count: int = 1
    signatures: tuple[str, ...] = ()
