"""PDF: text by rows, forms, turned pages, embedded invoices, signatures, and what cannot be read."""

from __future__ import annotations

import io
import zlib

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from flexorchd.engine.model import DocumentError
from flexorchd.engine.steps.extract import extract
from tests.engine.extract import made


def drawn(*pages: list[tuple[float, float, float, str]]) -> bytes:
    """Pages of texts at x, y and an angle."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, invariant=True)
    for page in pages:
        for x, y, angle, text in page:
            canvas.saveState()
            canvas.translate(x, y)
            canvas.rotate(angle)
            canvas.drawString(0, 0, text)
            canvas.restoreState()
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def test_a_text_pdf_is_read_line_by_line() -> None:
    content = extract(made.pdf(), "letter.pdf")
    assert content.kind == "pdf"
    assert content.text.splitlines() == list(made.LETTER)
    assert content.ocr_confidence is None
    assert content.page_count == 1


def test_cells_of_a_row_are_apart_by_tabs_in_whatever_order_they_were_drawn() -> None:
    page = [
        (400, 700, 0, "119,00"),
        (60, 700, 0, "Gesamtbetrag"),
        (60, 720, 0, "Netto"),
        (400, 720, 0, "100,00"),
    ]
    text = extract(drawn([(x, y, float(a), t) for x, y, a, t in page]), "a.pdf").text
    assert text == "Netto\t100,00\nGesamtbetrag\t119,00"


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_turned_page_reads_the_same(turn: int) -> None:
    assert extract(made.pdf(turn=turn), "a.pdf").text.splitlines() == list(made.LETTER)


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_text_drawn_at_right_angles_is_read_in_its_own_direction(angle: int) -> None:
    # The second line lies where a reader of this direction sees it below the first.
    below = {0: (0, -14), 90: (14, 0), 180: (0, 14), 270: (-14, 0)}[angle]
    x, y = 300.0, 400.0
    page = [
        (x, y, float(angle), "First line of it"),
        (x + below[0], y + below[1], float(angle), "Second line of it"),
    ]
    assert extract(drawn(page), "a.pdf").text == "First line of it\nSecond line of it"


def test_a_watermark_across_the_page_comes_last() -> None:
    page = [
        (60.0, 700.0, 0.0, "Contract of sale"),
        (150.0, 300.0, 45.0, "DRAFT"),
        (60.0, 680.0, 0.0, "between A and B"),
    ]
    assert extract(drawn(page), "a.pdf").text == "Contract of sale\nbetween A and B\nDRAFT"


def test_pages_follow_each_other() -> None:
    content = extract(drawn([(60, 700, 0, "One")], [(60, 700, 0, "Two")]), "a.pdf")
    assert content.text == "One\n\nTwo"
    assert content.page_count == 2


def test_what_was_typed_into_a_form_is_text() -> None:
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4)
    canvas.drawString(60, 700, "Name of applicant")
    canvas.acroForm.textfield(
        value="Grace Hopper", x=250, y=690, width=200, height=20, name="applicant"
    )
    canvas.save()
    assert extract(file.getvalue(), "form.pdf").text == "Name of applicant\tGrace Hopper"


def test_the_embedded_invoice_is_found_by_its_content() -> None:
    files = {"notes.xml": b"<notes/>", "anything.bin": made.UBL.encode(), "terms.txt": b"Terms"}
    content = extract(made.pdf_with_files(files), "a.pdf")
    assert content.einvoice is not None
    assert b"R-2026-7" in content.einvoice
    assert sorted(content.attachments) == ["anything.bin", "notes.xml", "terms.txt"]


@pytest.mark.parametrize(
    ("subfilter", "found"),
    [
        (b"ETSI.CAdES.detached", ("PAdES",)),
        (b"adbe.pkcs7.detached", ("PAdES",)),
        (b"ETSI.RFC3161", ()),
    ],
)
def test_signatures_are_told(subfilter: bytes, found: tuple[str, ...]) -> None:
    content = extract(made.signed_pdf(subfilter), "a.pdf")
    assert content.text == "Signed agreement"
    assert content.signatures == found


def test_the_title_is_the_documents_own() -> None:
    file = io.BytesIO()
    canvas = Canvas(file)
    canvas.setTitle("Annual  report")
    canvas.drawString(60, 700, "Words")
    canvas.save()
    assert extract(file.getvalue(), "a.pdf").title == "Annual report"


def code_of(data: bytes) -> str:
    with pytest.raises(DocumentError) as caught:
        extract(data, "a.pdf")
    assert caught.value.remedy.endswith(".")
    return caught.value.code


def test_a_password_is_needed_or_is_not() -> None:
    assert code_of(made.pdf(password="secret")) == "PROTECTED"
    assert extract(made.pdf(password=""), "a.pdf").text.splitlines() == list(made.LETTER)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_pdf_is_malformed_even_where_some_of_it_could_be_read(share: float) -> None:
    data = made.pdf_with_files({"a.xml": made.UBL.encode() * 20})
    assert code_of(data[: int(len(data) * share)]) == "MALFORMED"


def test_noise_under_a_pdfs_name_is_malformed() -> None:
    assert code_of(b"%PDF-1.7\n" + bytes(range(256)) * 8 + b"\nstartxref\n0\n%%EOF") == "MALFORMED"


def test_a_pdf_without_pages_is_malformed() -> None:
    data = made.objects_pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"
    )
    assert code_of(data) == "MALFORMED"


def test_a_blank_page_is_empty() -> None:
    assert code_of(drawn([])) == "EMPTY_DOCUMENT"


def test_a_book_of_too_many_pages_is_refused_at_once() -> None:
    kids = b" ".join(b"3 0 R" for _ in range(3000))
    data = made.objects_pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count 3000 >>" % kids,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>",
    )
    assert code_of(data) == "TOO_LARGE"


def test_compressed_streams_are_read() -> None:
    stream = zlib.compress(b"BT /F1 12 Tf 60 700 Td (Deflated words) Tj ET")
    data = made.objects_pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    assert extract(data, "a.pdf").text == "Deflated words"
