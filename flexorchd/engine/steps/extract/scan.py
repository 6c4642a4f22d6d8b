"""Pages of a PDF that hold pictures of text: which they are, and their OCR."""

from __future__ import annotations

from functools import cached_property
from itertools import islice

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image

from flexorchd.engine.model import DocumentError
from flexorchd.engine.steps.extract import ocr
from flexorchd.engine.steps.extract.placement import PageText
from flexorchd.engine.steps.extract.recognition import Engine
from flexorchd.engine.steps.extract.source import Source

# Fewer characters than these are a scanner's stamp, or a page number, and no text layer ...
_SPARSE = 250
_THIN = 64
_NONE = 8
# ... on a page that a picture fills, on one that it covers in part, and on one with strokes for letters.
_FILLS = 0.8
_COVERS = 0.25
_STROKES = 20
_MAX_OBJECTS = 5_000
# Fonts without a mapping to Unicode come out as these.
_UNREADABLE_SHARE = 0.3
_DPI = 300


class Scanner:
    """OCR for the pages of one document; nothing of it is loaded before a page needs it.

    Attributes:
        confidences: of each word read.
        unread: numbers of the pages that needed OCR and did not get it.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self.confidences: list[float] = []
        self.unread: list[int] = []
        self.refusal: DocumentError | None = None

    @cached_property
    def _engine(self) -> Engine | None:
        try:
            return ocr.engine(self._source)
        except DocumentError as error:
            self.refusal = error
            return None

    def read(self, page: pdfium.PdfPage, number: int, layer: PageText) -> str:
        """A page's text by OCR, or its text layer where that says more.

        Args:
            page: the page.
            number: counted from 1.
            layer: the text that the page has.
        """
        if self._engine is None:
            self.unread.append(number)
            return layer.text
        recognized = ocr.read(self._engine, _rendered(page))
        if recognized.characters <= layer.characters and not _is_garbled(layer):
            return layer.text
        self.confidences += recognized.confidences
        return recognized.text

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences on pages that could not be read, and on the engine's set-up."""
        notes = self._engine.warnings if self.confidences and self._engine else ()
        if not self.unread or self.refusal is None:
            return notes
        pages = ", ".join(map(str, self.unread[:20]))
        return (*notes, f"Not read, because they are pictures: page {pages}. {self.refusal.remedy}")


def is_picture(page: pdfium.PdfPage, text: PageText) -> bool:
    """Whether a page shows text that its text layer does not have."""
    if _is_garbled(text):
        return True
    if text.characters >= _SPARSE:
        return False
    width, height = page.get_size()
    covered: float = 0.0
    strokes = 0
    for item in islice(page.get_objects(), _MAX_OBJECTS):
        if item.type == raw.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = item.get_bounds()
            covered += abs((right - left) * (top - bottom)) if item.level == 0 else width * height
        elif item.type in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_SHADING):
            strokes += 1
    share: float = covered / max(width * height, 1.0)
    if text.characters < _NONE and strokes >= _STROKES:
        return True
    return share >= (_COVERS if text.characters < _THIN else _FILLS)


def _is_garbled(text: PageText) -> bool:
    return text.unreadable > _UNREADABLE_SHARE


def _rendered(page: pdfium.PdfPage) -> Image.Image:
    width, height = page.get_size()
    scale = min(_DPI / 72, (ocr.MAX_PIXELS / max(width * height, 1)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        picture: Image.Image = bitmap.to_pil().copy()
        return picture
    finally:
        bitmap.close()
