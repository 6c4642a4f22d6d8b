"""RapidOCR: an ONNX engine whose models come in its wheel. Slower, larger, and needs no system package."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from PIL import Image
from rapidocr import RapidOCR

from flexorchd.engine.steps.extract.placement import Placed
from flexorchd.engine.steps.extract.recognition import Recognized


class Rapid:
    """One document's engine: the models are loaded once, and none is ever fetched."""

    warnings: tuple[str, ...] = ()

    def __init__(self) -> None:
        # Its own turning goes line by line, which leaves an upside-down page in the wrong order.
        self._engine = RapidOCR(params={"Global.log_level": "critical", "Global.use_cls": False})

    def recognize(self, picture: Image.Image, seen: Recognized) -> Recognized:
        """The words of a grey picture."""
        return self.glance(picture)

    def glance(self, picture: Image.Image) -> Recognized:
        """The same: the engine has one speed, and one model for all languages."""
        # Without the boxes of words the blanks between them are lost.
        result: Any = self._engine(np.asarray(picture.convert("RGB")), return_word_box=True)
        found = list(_words(result.word_results or ()))
        return Recognized(
            tuple(word for word, _ in found), tuple(confidence for _, confidence in found)
        )


def _words(lines: Sequence[Any]) -> Iterator[tuple[Placed, float]]:
    for line in lines:
        for text, confidence, corners in line:
            if text.strip() and corners is not None:
                yield _placed(text.strip(), corners), float(confidence)


def _placed(text: str, corners: Sequence[Sequence[float]]) -> Placed:
    """The word in coordinates that grow upwards; corners run clockwise from the top left."""
    xs, ys = [float(x) for x, _ in corners], [-float(y) for _, y in corners]
    angle = math.atan2(ys[3] - ys[2], xs[2] - xs[3])
    return Placed(text, (min(xs), min(ys), max(xs), max(ys)), (xs[3], ys[3]), angle)
