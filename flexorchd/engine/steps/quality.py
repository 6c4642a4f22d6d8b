"""How good an extraction is, in the service's scale: fields, noise, OCR confidence, missing text."""

from __future__ import annotations

from collections.abc import Iterator

from flexorchd.engine.model import Classification, Content, Fields, Grade, Quality
from flexorchd.engine.steps.noise import noise_of

_GRADES: tuple[tuple[float, Grade], ...] = ((85, "A"), (65, "B"), (45, "C"), (0, "D"))
_NOISE_COSTS, _NOISE_WARNS = 0.20, 0.50
_CONFIDENT = 0.70
_PAGED = ("pdf", "image")
_FULL_PAGE = 25  # characters: a page with fewer has most likely not been read

_FOR_FIELDS = 45.0
_FOR_ANY_NOISE, _FOR_NOISE = 16.0, 100.0
_FOR_OCR = 40.0
_FOR_MISSING_TEXT = 40.0
_FOR_A_WARNING, _FOR_WARNINGS = 4.0, 12.0


def score(content: Content, fields: Fields, classification: Classification) -> Quality:
    """Score an extraction from 0 to 100 and grade it.

    Points are lost for expected fields that were not found, noise above 0.20, doubts of the OCR, pages
    without text and what the extraction warned of. Without any text there are none.

    Args:
        content: what was read, before masking.
        fields: what was extracted.
        classification: what the document was taken for.
    """
    noise = noise_of(content.text)
    fill = _fill_rate(fields)
    points = (
        round(max(0.0, 100.0 - _lost(content, fill, noise)), 1) if content.text.strip() else 0.0
    )
    return Quality(
        score=points,
        grade=_grade(points, content.ocr_confidence),
        field_fill_rate=fill,
        noise=noise,
        ocr_confidence=content.ocr_confidence,
        warnings=tuple(_warnings(content, fields, classification, noise)),
    )


def _fill_rate(fields: Fields) -> float | None:
    if not fields.expected:
        return None
    return round(1 - len(_missing_fields(fields)) / len(fields.expected), 3)


def _missing_fields(fields: Fields) -> list[str]:
    return [name for name in fields.expected if fields.values.get(name) in (None, "", [], (), {})]


def _lost(content: Content, fill: float | None, noise: float) -> float:
    lost = 0.0 if fill is None else _FOR_FIELDS * (1 - fill)
    if noise > _NOISE_COSTS:
        lost += _FOR_ANY_NOISE + _FOR_NOISE * (noise - _NOISE_COSTS)
    if content.ocr_confidence is not None:
        lost += _FOR_OCR * (1 - content.ocr_confidence)
    lost += _FOR_MISSING_TEXT * _missing_text(content)
    return lost + min(_FOR_A_WARNING * len(content.warnings), _FOR_WARNINGS)


def _missing_text(content: Content) -> float:
    """How much of the text is missing, 0.0 to 1.0, judged by its length where pages are pictures of text."""
    if content.kind not in _PAGED:
        return 0.0
    return max(0.0, 1 - len(content.text.strip()) / (_FULL_PAGE * max(content.page_count, 1)))


def _grade(points: float, ocr_confidence: float | None) -> Grade:
    grade = next(grade for least, grade in _GRADES if points >= least)
    unsure = ocr_confidence is not None and ocr_confidence < _CONFIDENT
    return "C" if unsure and grade in ("A", "B") else grade


def _warnings(
    content: Content, fields: Fields, classification: Classification, noise: float
) -> Iterator[str]:
    yield from content.warnings
    if not content.text.strip():
        yield "No text could be read from this document."
        return
    if noise > _NOISE_WARNS:
        yield f"Most of the text looks like noise ({noise:.0%}): check the scan or the file's encoding."
    elif noise > _NOISE_COSTS:
        yield f"Part of the text looks like noise ({noise:.0%})."
    if content.ocr_confidence is not None and content.ocr_confidence < _CONFIDENT:
        yield f"Text recognition was unsure ({content.ocr_confidence:.0%}): scan at 300 dpi if you can."
    if _missing_text(content):
        yield "There is very little text for the pages of this document: some may be pictures."
    if missing := _missing_fields(fields):
        kind = classification.document_type.replace("_", " ")
        yield f"Not found in this {kind}: {', '.join(name.replace('_', ' ') for name in missing)}."
