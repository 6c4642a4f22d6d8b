"""PDF: the text of its pages, by OCR where they have none, and the e-invoice embedded in it."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from statistics import fmean

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from flexorchd.engine.model import Content
from flexorchd.engine.steps.extract import failures, glyphs, scan
from flexorchd.engine.steps.extract.scan import Scanner
from flexorchd.engine.steps.extract.source import Source

MAX_PAGES = 2_000
_MAX_ATTACHMENTS = 100
_MAX_ANNOTATIONS = 1_000
_WHAT = "PDF"
_OBJECT = re.compile(rb"\d\s+\d+\s+obj\b")
_SIGNATURES = ("ETSI.CAdES.detached", "adbe.pkcs7.detached", "adbe.pkcs7.sha1")
_TYPED = (raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT)


def read(source: Source) -> Content:
    """Text, embedded invoice, attachments and signatures of a PDF.

    Raises:
        DocumentError: PROTECTED, MALFORMED, TOO_LARGE, OCR_NOT_INSTALLED.
    """
    _refuse_truncated(source.data)
    document = _opened(source.data)
    try:
        return _read(document, source)
    finally:
        document.close()


def _read(document: pdfium.PdfDocument, source: Source) -> Content:
    if len(document) > MAX_PAGES:
        raise failures.too_large(_WHAT, f"{MAX_PAGES:,} pages")
    scanner = Scanner(source)
    pages = [_page(document, index, scanner) for index in range(len(document))]
    text = "\n\n".join(page for page in pages if page is not None)
    if scanner.refusal and not text.strip():
        raise scanner.refusal
    attachments = list(_attachments(document))
    broken = [
        f"Page {number} is damaged and was not read."
        for number, page in enumerate(pages, 1)
        if page is None
    ]
    if len(broken) == len(pages):
        raise failures.malformed(_WHAT)
    return Content(
        kind="pdf",
        text=text,
        einvoice=_einvoice(attachments),
        ocr_confidence=fmean(scanner.confidences) if scanner.confidences else None,
        title=document.get_metadata_dict().get("Title") or None,
        attachments=tuple(name for name, _ in attachments),
        page_count=len(pages),
        signatures=("PAdES",) if _is_signed(document) else (),
        warnings=(*broken, *scanner.warnings),
    )


def _opened(data: bytes) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise failures.protected(_WHAT) from error
        raise failures.malformed(_WHAT) from error
    if len(document) == 0:
        document.close()
        raise failures.malformed(_WHAT, "has no pages")
    return document


def _page(document: pdfium.PdfDocument, index: int, scanner: Scanner) -> str | None:
    """A page's text; None where the page is damaged."""
    try:
        page = _filled_in(document, document[index], index)
        text = glyphs.page_text(page)
    except pdfium.PdfiumError:
        return None
    read = scanner.read(page, index + 1, text) if scan.is_picture(page, text) else text.text
    page.close()
    return read


def _filled_in(document: pdfium.PdfDocument, page: pdfium.PdfPage, index: int) -> pdfium.PdfPage:
    """The page with what was typed into its form made part of it, since only that has text."""
    if not any(kind in _TYPED for kind in _annotations(page)):
        return page
    raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)
    page.close()
    return document[index]


def _annotations(page: pdfium.PdfPage) -> Iterator[int]:
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), _MAX_ANNOTATIONS)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if annotation:
            yield raw.FPDFAnnot_GetSubtype(annotation)
            raw.FPDFPage_CloseAnnot(annotation)


def _attachments(document: pdfium.PdfDocument) -> Iterator[tuple[str, bytes]]:
    for index in range(min(document.count_attachments(), _MAX_ATTACHMENTS)):
        try:
            attachment = document.get_attachment(index)
            yield attachment.get_name() or f"attachment-{index + 1}", bytes(attachment.get_data())
        except pdfium.PdfiumError:
            continue


def _einvoice(attachments: list[tuple[str, bytes]]) -> bytes | None:
    """The embedded invoice, by its content: names and their case vary."""
    from flexorchd.engine.steps.extract import xml

    candidates = (
        data for _, data in attachments if data.lstrip(b"\xef\xbb\xbf\0 \t\r\n")[:1] in b"<\xff\xfe"
    )
    return next((invoice for data in candidates if (invoice := xml.invoice_in(data))), None)


def _is_signed(document: pdfium.PdfDocument) -> bool:
    return any(
        _subfilter(document, index) in _SIGNATURES
        for index in range(raw.FPDF_GetSignatureCount(document))
    )


def _subfilter(document: pdfium.PdfDocument, index: int) -> str:
    signature = raw.FPDF_GetSignatureObject(document, index)
    buffer = ctypes.create_string_buffer(64)
    raw.FPDFSignatureObj_GetSubFilter(signature, buffer, len(buffer))
    return buffer.value.decode("ascii", "replace")


def _refuse_truncated(data: bytes) -> None:
    """A PDF ends with its table of contents; pdfium would read what is left of it without a word."""
    end = data.rfind(b"%%EOF")
    if end < 0:
        end = data.rfind(b"startxref")
    if end < 0 or _OBJECT.search(data, end):
        raise failures.malformed(_WHAT, "ends before it is complete")
