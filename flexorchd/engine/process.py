"""The road of a document, in order: extract, classify, fields, privacy, quality.

The steps know nothing of each other; here they are joined. What comes out is masked already
where the settings ask for it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from flexorchd.engine.failure import Failure
from flexorchd.engine.model import (
    Classification,
    Content,
    DocumentError,
    Fields,
    Finding,
    Outcome,
    Quality,
    Record,
    Settings,
    Value,
)
from flexorchd.engine.steps.classify import classify
from flexorchd.engine.steps.extract import extract
from flexorchd.engine.steps.fields import extract_fields
from flexorchd.engine.steps.language import detect_language
from flexorchd.engine.steps.privacy import (
    Masker,
    count_types,
    find_pii,
    known_values,
    mask_record,
)
from flexorchd.engine.steps.quality import score


class StepError(Exception):
    """A step found that this document cannot be processed."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.failure = failure


def process(
    data: bytes,
    filename: str,
    settings: Settings,
    key: bytes,
    ocr_languages: Sequence[str] = (),
) -> Outcome:
    """Process one document, in this process and without any limit.

    Args:
        data: the file.
        filename: its name, a hint to its kind.
        settings: how it is to be processed.
        key: of the mask strategies that need a secret.
        ocr_languages: languages to read scans in, beside the locale's.

    Raises:
        StepError: the document cannot be processed.
    """
    with _step("extract"):
        content = extract(data, filename, settings.locale, ocr_languages=ocr_languages)
    with _step("classify"):
        language = detect_language(content.text, settings.locale)
        classification = classify(content, settings.document_type, language)
    with _step("fields"):
        fields = extract_fields(content, classification.document_type, language, settings.locale)
    with _step("quality"):
        quality = score(content, fields, classification)
    with _step("privacy"):
        findings = find_pii(content.text, settings.locale, language)
        privacy = _privacy(settings, key, language, content.text, findings)
        return _outcome(content, language, classification, fields, quality, findings, privacy)


@contextlib.contextmanager
def _step(name: str) -> Iterator[None]:
    try:
        yield
    except DocumentError as error:
        raise StepError(Failure.of(error, name)) from error


class _Unmasked:
    """Privacy where none was asked for."""

    applied = False

    def text(self, text: str, _findings: Sequence[Finding]) -> str:
        return text

    def record(self, record: Record) -> tuple[Record, int]:
        return record, 0


@dataclass(frozen=True, slots=True)
class _Masked:
    """Privacy by one masker, so that equal values of a document are masked alike."""

    masker: Masker
    locale: str
    language: str
    found: frozenset[tuple[str, str]]

    applied = True

    def text(self, text: str, findings: Sequence[Finding]) -> str:
        return self.masker.mask_text(text, findings)

    def record(self, record: Record) -> tuple[Record, int]:
        return mask_record(record, self.masker, self.locale, self.language, self.found)


def _privacy(
    settings: Settings, key: bytes, language: str, text: str, findings: Sequence[Finding]
) -> _Masked | _Unmasked:
    if not settings.mask_pii:
        return _Unmasked()
    masker = Masker(settings.mask_strategy, key)
    return _Masked(masker, settings.locale, language, known_values(text, findings))


def _outcome(
    content: Content,
    language: str,
    classification: Classification,
    fields: Fields,
    quality: Quality,
    findings: Sequence[Finding],
    privacy: _Masked | _Unmasked,
) -> Outcome:
    text = privacy.text(content.text, findings)
    values, _ = privacy.record(fields.values)
    about, _ = privacy.record({"title": content.title or "", "attachments": content.attachments})
    records, masked_count = _records(classification, fields, text, bool(findings), privacy)
    return Outcome(
        content_kind=content.kind,
        text=text,
        language=language,
        classification=classification,
        fields=replace(fields, values=values, records=records),
        pii_types=count_types(findings),
        masked_record_count=masked_count,
        privacy_applied=privacy.applied,
        quality=quality,
        title=str(about["title"]) or None,
        attachments=_names(about["attachments"]),
        page_count=content.page_count,
        signatures=content.signatures,
    )


def _records(
    classification: Classification,
    fields: Fields,
    text: str,
    has_findings: bool,
    privacy: _Masked | _Unmasked,
) -> tuple[tuple[Record, ...], int]:
    """The rows for a dataset: the fields, and where the type is general the text with them."""
    plain = fields.records or ((fields.values,) if fields.values else ())
    general = classification.document_type == "general"
    pairs = [privacy.record(record) for record in plain or (({},) if general else ())]
    masked = sum(count > 0 or (general and privacy.applied and has_findings) for _, count in pairs)
    if general:
        return tuple(record | {"text": text} for record, _ in pairs), masked
    return tuple(record for record, _ in pairs), masked


def _names(value: Value) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, Sequence) else ()
