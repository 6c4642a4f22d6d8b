"""Scans and pictures."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from flexorchd.engine.model import DocumentError
from flexorchd.engine.steps.extract import extract, ocr, tessdata
from tests.engine.extract import made

pytest.importorskip("tesserocr")
pytestmark = pytest.mark.skipif(
    "deu" not in tessdata.installed(), reason="Tesseract's German data is not here"
)


def likeness(text: str) -> float:
    """The share of the letter's words that were read."""
    words = " ".join(made.LETTER).split()
    got = set(text.split())
    return sum(word in got for word in words) / len(words)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        pytest.param(made.saved(made.picture(), "PNG"), "a.png", id="PNG"),
        pytest.param(made.saved(made.picture(), "JPEG", quality=80), "a.jpg", id="JPEG"),
        pytest.param(
            made.saved(made.picture().convert("1"), "TIFF", compression="group4"),
            "a.tif",
            id="fax TIFF",
        ),
        pytest.param(made.saved(made.picture(dpi=100), "PNG"), "a.png", id="a small picture"),
        pytest.param(made.saved(made.picture(turn=2), "PNG"), "a.png", id="skewed"),
        pytest.param(made.saved(made.picture().convert("CMYK"), "JPEG"), "a.jpg", id="CMYK"),
    ],
)
def test_a_picture_of_a_letter_is_read(data: bytes, name: str) -> None:
    content = extract(data, name)
    assert content.kind == "image"
    assert likeness(content.text) > 0.9
    assert content.ocr_confidence is not None
    assert 0.8 < content.ocr_confidence <= 1.0
    assert len(content.text.splitlines()) == len(made.LETTER)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_that_lies_on_its_side_is_turned(turn: int) -> None:
    content = extract(made.saved(made.picture(made.LETTER * 3, turn=turn), "PNG"), "a.png")
    assert likeness(content.text) > 0.9
    assert content.text.startswith("Rechnung Nr.")


def test_a_picture_says_itself_how_it_is_turned() -> None:
    exif = Image.Exif()
    exif[0x0112] = 3
    content = extract(made.saved(made.picture(turn=180), "JPEG", exif=exif), "a.jpg")
    assert likeness(content.text) > 0.9


def test_transparent_ground_is_white() -> None:
    grey = made.picture()
    clear = Image.new("RGBA", grey.size, (0, 0, 0, 0))
    clear.putalpha(grey.point(lambda value: 255 - value))
    assert likeness(extract(made.saved(clear, "PNG"), "a.png").text) > 0.9


def test_each_page_of_a_tiff_is_a_page() -> None:
    pages = [made.picture([f"Page number {number} of the fax"]) for number in (1, 2)]
    data = made.saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    content = extract(data, "a.tiff")
    assert content.page_count == 2
    assert content.text == "Page number 1 of the fax\n\nPage number 2 of the fax"


def scanned(*, stamp: str = "") -> bytes:
    """A PDF whose page is a picture, stamped by the scanner."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4)
    canvas.drawImage(ImageReader(made.picture()), 0, 0, *A4)
    canvas.drawString(20, 20, stamp)
    canvas.save()
    return file.getvalue()


@pytest.mark.parametrize(
    "stamp", ["", "Scanned by X 12", "Received by the mail room, copy 7 of 12, " * 3]
)
def test_a_scanned_pdf_is_read_where_its_text_layer_is_thin(stamp: str) -> None:
    content = extract(scanned(stamp=stamp), "scan.pdf")
    assert content.kind == "pdf"
    assert likeness(content.text) > 0.9
    assert content.ocr_confidence is not None


def test_configured_languages_win_and_missing_ones_are_told() -> None:
    content = extract(
        made.saved(made.picture(), "PNG"), "a.png", "tr", ocr_languages=("deu", "xyz")
    )
    assert likeness(content.text) > 0.9
    assert content.warnings == ("Tesseract's language data is not installed for: xyz.",)


def test_without_an_engine_the_failure_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ocr, "find_spec", lambda name: None)
    for data, name in ((made.saved(made.picture(), "PNG"), "a.png"), (scanned(), "a.pdf")):
        with pytest.raises(DocumentError) as caught:
            extract(data, name)
        assert caught.value.code == "OCR_NOT_INSTALLED"
        assert "flexorchd[ocr]" in caught.value.remedy
        assert "flexorchd[ocr-onnx]" in caught.value.remedy


def test_without_language_data_the_failure_names_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(ocr, "find_spec", lambda name: name == "tesserocr")
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    tessdata.folder.cache_clear()
    try:
        with pytest.raises(DocumentError) as caught:
            extract(made.saved(made.picture(), "PNG"), "a.png")
    finally:
        tessdata.folder.cache_clear()
    assert caught.value.code == "OCR_NOT_INSTALLED"
    assert "tesseract-ocr-eng" in caught.value.remedy


def test_a_picture_without_words_is_empty() -> None:
    with pytest.raises(DocumentError) as caught:
        extract(made.saved(Image.new("L", (400, 300), 255), "PNG"), "a.png")
    assert caught.value.code == "EMPTY_DOCUMENT"


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked() -> None:
    data = made.saved(Image.new("1", (12_000, 12_000)), "PNG")
    assert len(data) < 100_000
    with pytest.raises(DocumentError) as caught:
        extract(data, "a.png")
    assert caught.value.code == "TOO_LARGE"


def test_a_truncated_picture_is_malformed() -> None:
    data = made.saved(made.picture(), "PNG")
    with pytest.raises(DocumentError) as caught:
        extract(data[: len(data) // 2], "a.png")
    assert caught.value.code == "MALFORMED"
