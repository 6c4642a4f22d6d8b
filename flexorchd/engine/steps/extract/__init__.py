"""Extraction: bytes to `Content`. The kind is told by the content, each kind has one module."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flexorchd.engine.model import Content, DocumentError
from flexorchd.engine.steps.extract import clean, failures, sniff
from flexorchd.engine.steps.extract.source import Source

MAX_TEXT = 20_000_000


def extract(
    data: bytes, filename: str, locale: str = "und", *, ocr_languages: Sequence[str] = ()
) -> Content:
    """What a file holds.

    Args:
        data: the bytes.
        filename: the name it was sent under, which breaks ties between kinds of text.
        locale: ``und`` or a language code; chooses charsets and OCR languages.
        ocr_languages: Tesseract's names of languages to read pictures in, beside the locale's.

    Raises:
        DocumentError: it cannot be read; the only exception that a document can cause.
    """
    content = _read(Source(data, filename, locale, tuple(ocr_languages)))
    text = clean.document(content.text)
    if not text.strip() and content.einvoice is None:
        raise failures.empty()
    if len(text) > MAX_TEXT:
        raise failures.too_large("document", f"{MAX_TEXT:,} characters of text")
    return replace(
        content,
        text=text,
        tables=tuple(clean.table(table) for table in content.tables),
        title=clean.line(content.title or "") or None,
        attachments=tuple(clean.line(name) for name in content.attachments),
    )


def _read(source: Source) -> Content:
    """Any file by the module of its kind; what their libraries raise becomes the one error."""
    kind = sniff.kind_of(source)
    try:
        return _dispatch(kind, source)
    except DocumentError:
        raise
    except MemoryError as error:
        raise DocumentError(
            "OUT_OF_MEMORY",
            "The document needs more memory than one document may use.",
            "Send it in smaller parts.",
        ) from error
    except Exception as error:  # every library has its own ways to fail on hostile bytes
        raise failures.malformed(
            "picture" if kind == "image" else f"{kind.upper()} file"
        ) from error


def _dispatch(kind: sniff.Kind, source: Source) -> Content:
    """Imported on demand: a process reads one document, and starts faster without the others' libraries."""
    match kind:
        case "pdf":
            from flexorchd.engine.steps.extract import pdf

            return pdf.read(source)
        case "docx":
            from flexorchd.engine.steps.extract import docx

            return docx.read(source)
        case "xlsx":
            from flexorchd.engine.steps.extract import xlsx

            return xlsx.read(source)
        case "html":
            from flexorchd.engine.steps.extract import html

            return html.read(source)
        case "xml":
            from flexorchd.engine.steps.extract import xml

            return xml.read(source)
        case "image":
            from flexorchd.engine.steps.extract import image

            return image.read(source)
        case "txt":
            from flexorchd.engine.steps.extract import text

            return text.read(source)
        case "eml" | "msg" | "p7m":
            return _dispatch_container(kind, source)


def _dispatch_container(kind: sniff.Container, source: Source) -> Content:
    match kind:
        case "eml":
            from flexorchd.engine.steps.extract import eml, mail

            return mail.compose(eml.parse(source), source, _read)
        case "msg":
            from flexorchd.engine.steps.extract import mail, msg

            return mail.compose(msg.parse(source), source, _read)
        case "p7m":
            from flexorchd.engine.steps.extract import signed

            return signed.read(source, _read)
