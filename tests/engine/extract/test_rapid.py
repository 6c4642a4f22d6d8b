"""Pictures through RapidOCR, where it is installed."""

from __future__ import annotations

import pytest

from flexorchd.engine.steps.extract import extract, ocr
from tests.engine.extract import made

pytest.importorskip("rapidocr")
pytest.importorskip("onnxruntime")


@pytest.mark.parametrize("turn", [0, 90, 180])
def test_a_picture_is_read_without_tesseract(monkeypatch: pytest.MonkeyPatch, turn: int) -> None:
    monkeypatch.setattr(ocr, "find_spec", lambda name: name if name != "tesserocr" else None)
    content = extract(made.saved(made.picture(made.LETTER * 3, turn=turn), "PNG"), "a.png")
    words = " ".join(made.LETTER).split()
    assert sum(word in content.text.split() for word in words) > 0.9 * len(words)
    assert content.ocr_confidence is not None
    assert content.ocr_confidence > 0.8
