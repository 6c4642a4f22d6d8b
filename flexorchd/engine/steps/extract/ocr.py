"""OCR: which engine reads a picture, in which languages, and which way up."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Protocol

from PIL import Image

from flexorchd.engine.model import DocumentError
from flexorchd.engine.steps.extract import layout
from flexorchd.engine.steps.extract.source import Source

MAX_PIXELS = 25_000_000
# Below these a page may lie on its side or upside down, where the words make no sense.
_CONFIDENT = 0.7
_ENOUGH = 20
# A page of 200 dpi falls short of this and is doubled.
_LONG_SIDE = 2_600
_MAX_FACTOR = 4


@dataclass(frozen=True, slots=True)
class Recognized:
    """The words of a picture, and how sure the engine is of each, from 0.0 to 1.0."""

    words: tuple[layout.Word, ...]
    confidences: tuple[float, ...]

    @property
    def text(self) -> str:
        """The words as lines in reading order."""
        return "\n".join(layout.lines(self.words))

    @property
    def characters(self) -> float:
        """How many characters can be counted on."""
        pairs = zip(self.words, self.confidences, strict=True)
        return sum(len(word.text) * confidence for word, confidence in pairs if confidence >= 0.5)


class Engine(Protocol):
    """Reads upright pictures of text."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the reader should know about this engine's set-up."""

    def recognize(self, picture: Image.Image) -> Recognized:
        """The words of a grey picture."""


def engine(source: Source) -> Engine:
    """The engine for a document: Tesseract where it has language data, else RapidOCR.

    Raises:
        DocumentError: OCR_NOT_INSTALLED, with what to install.
    """
    tesseract_without_data = False
    if find_spec("tesserocr"):
        from flexorchd.engine.steps.extract.tesseract import Tesseract, installed

        if installed():
            return Tesseract(source.locale, source.ocr_languages)
        tesseract_without_data = True
    if find_spec("rapidocr") and find_spec("onnxruntime"):
        from flexorchd.engine.steps.extract.rapid import Rapid

        return Rapid()
    raise _not_installed(tesseract_without_data)


def read(reader: Engine, picture: Image.Image) -> Recognized:
    """The words of a picture, which is turned if it makes no sense the way it lies."""
    picture = _fitted(picture)
    recognized = reader.recognize(picture)
    if len(recognized.words) >= _ENOUGH and mean(recognized.confidences) >= _CONFIDENT:
        return recognized
    small = picture.reduce(2)
    turns = (Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_270)
    tried = {turn: reader.recognize(small.transpose(turn)).characters for turn in turns}
    best = max(turns, key=lambda turn: tried[turn])
    # Half the size reads worse, so this is a high bar.
    if tried[best] <= 1.2 * recognized.characters:
        return recognized
    return reader.recognize(picture.transpose(best))


def mean(confidences: Iterable[float]) -> float:
    """The mean of confidences, 0.0 for none."""
    values = tuple(confidences)
    return sum(values) / len(values) if values else 0.0


def _fitted(picture: Image.Image) -> Image.Image:
    """Enlarged where small, since engines miss letters of few pixels; no larger than may be."""
    factor = min(math.ceil(_LONG_SIDE / max(picture.size)), _MAX_FACTOR)
    limit = (MAX_PIXELS / (picture.width * picture.height)) ** 0.5
    scale = min(max(factor, 1), limit)
    if scale == 1:
        return picture
    size = (max(int(picture.width * scale), 1), max(int(picture.height * scale), 1))
    return picture.resize(size, Image.Resampling.BICUBIC)


def _not_installed(tesseract_without_data: bool) -> DocumentError:
    if tesseract_without_data:
        return DocumentError(
            "OCR_NOT_INSTALLED",
            "The document is a picture, and Tesseract has no language data.",
            "Install the data of your languages, on Debian: apt-get install tesseract-ocr-eng tesseract-ocr-deu.",
        )
    return DocumentError(
        "OCR_NOT_INSTALLED",
        "The document is a picture, and no OCR engine is installed.",
        "Install pip install 'flexorchd[ocr]' and Tesseract's language data (on Debian: apt-get install"
        " tesseract-ocr-eng), or pip install 'flexorchd[ocr-onnx]', which needs no further data.",
    )
