"""RapidOCR: an ONNX engine whose models come in its wheel. Slower, larger, and needs no system package."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image
from rapidocr import RapidOCR

from flexorchd.engine.steps.extract.layout import Word
from flexorchd.engine.steps.extract.ocr import Recognized


class Rapid:
    """One document's engine: the models are loaded once, none is ever fetched."""

    warnings: tuple[str, ...] = ()

    def __init__(self) -> None:
        self._engine = RapidOCR(params={"Global.log_level": "critical"})

    def recognize(self, picture: Image.Image) -> Recognized:
        """The words of a grey picture; lines are cut at the blanks that the engine saw."""
        result: Any = self._engine(np.asarray(picture.convert("RGB")), return_word_box=True)
        if result is None or not result.txts:
            return Recognized((), ())
        words: list[Word] = []
        confidences: list[float] = []
        for text, score, box in zip(result.txts, result.scores, result.boxes, strict=True):
            words.append(_word(text, box))
            confidences.append(float(score))
        return Recognized(tuple(words), tuple(confidences))


def _word(text: str, box: Any) -> Word:
    xs, ys = [float(point[0]) for point in box], [float(point[1]) for point in box]
    return Word(min(xs), max(xs), (ys[2] + ys[3]) / 2, ys[3] - ys[0], text.strip())
