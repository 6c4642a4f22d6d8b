"""OCR: which engine reads a picture, in which languages, and which way up."""

from __future__ import annotations

from importlib.util import find_spec

from PIL import Image

from flexorchd.engine.model import DocumentError
from flexorchd.engine.steps.extract import tessdata
from flexorchd.engine.steps.extract.recognition import Engine, Recognized
from flexorchd.engine.steps.extract.source import Source

MAX_PIXELS = 25_000_000
# How much more than this way up another must show.
_CLEARLY = 1.5
# A4 at 300 dpi.
_LONG_SIDE = 3_500
_MAX_SCALE = 4.0


def engine(source: Source) -> Engine:
    """The engine for a document: Tesseract where it has language data, else RapidOCR.

    Raises:
        DocumentError: OCR_NOT_INSTALLED, with what to install.
    """
    tesseract_without_data = False
    if find_spec("tesserocr"):
        if tessdata.installed():
            from flexorchd.engine.steps.extract.tesseract import Tesseract

            return Tesseract(source.locale, source.ocr_languages)
        tesseract_without_data = True
    if find_spec("rapidocr") and find_spec("onnxruntime"):
        from flexorchd.engine.steps.extract.rapid import Rapid

        return Rapid()
    raise _not_installed(tesseract_without_data)


def read(reader: Engine, picture: Image.Image) -> Recognized:
    """The words of a picture, turned first if it lies on its side or upside down."""
    picture = _fitted(picture)
    turn, seen = _turn(reader, picture)
    return reader.recognize(picture if turn is None else picture.transpose(turn), seen)


def _turn(reader: Engine, picture: Image.Image) -> tuple[Image.Transpose | None, Recognized]:
    """How the picture is to be turned: glances at its middle, until one way up makes sense."""
    width, height = picture.size
    middle = picture.crop((width // 5, height // 5, width * 4 // 5, height * 4 // 5)).reduce(2)
    seen: dict[Image.Transpose | None, Recognized] = {}
    for turn in (
        None,
        Image.Transpose.ROTATE_180,
        Image.Transpose.ROTATE_90,
        Image.Transpose.ROTATE_270,
    ):
        seen[turn] = reader.glance(middle if turn is None else middle.transpose(turn))
        if seen[turn].makes_sense:
            return turn, seen[turn]
    best = max(seen, key=lambda turn: seen[turn].characters)
    if seen[best].characters <= _CLEARLY * seen[None].characters:
        best = None
    return best, seen[best]


def _fitted(picture: Image.Image) -> Image.Image:
    """Enlarged where small, since engines miss letters of few pixels; no larger than may be."""
    wanted = min(max(_LONG_SIDE / max(picture.size), 1.0), _MAX_SCALE)
    scale = min(wanted, (MAX_PIXELS / (picture.width * picture.height)) ** 0.5)
    if scale == 1:
        return picture
    size = (max(round(picture.width * scale), 1), max(round(picture.height * scale), 1))
    return picture.resize(size, Image.Resampling.BICUBIC)


def _not_installed(tesseract_without_data: bool) -> DocumentError:
    if tesseract_without_data:
        return DocumentError(
            "OCR_NOT_INSTALLED",
            "The document is a picture, and Tesseract has no language data.",
            "Install the data of your languages, such as apt-get install tesseract-ocr-eng on Debian.",
        )
    return DocumentError(
        "OCR_NOT_INSTALLED",
        "The document is a picture, and no OCR engine is installed.",
        "Run pip install 'flexorchd[ocr]' and install Tesseract's language data (on Debian: apt-get install"
        " tesseract-ocr-eng), or run pip install 'flexorchd[ocr-onnx]', which needs no further data.",
    )
