"""How good an extraction is, in the service's scale: fields, noise, OCR confidence, completeness of the text."""

from __future__ import annotations

from flexorchd.engine.model import Classification, Content, Fields, Grade, Quality
from flexorchd.engine.steps.noise import noise_of

_NOISE_COSTS = 0.20
_NOISE_WARNS = 0.50
_CONFIDENT = 0.70
_WEIGHT_FIELDS = 45.0
_WEIGHT_NOISE = 110.0
_WEIGHT_OCR = 40.0
_PER_WARNING, _ALL_WARNINGS = 4.0, 12.0
_FEW_CHARACTERS = 25


def score(content: Content, fields: Fields, classification: Classification) -> Quality:
    """Score an extraction from 0 to 100 and grade it.

    What counts is the share of expected fields that were found, noise above 0.20, OCR confidence, and text that
    is missing. Without any text the score is 0.

    Args:
        content: what was read, before masking.
        fields: what was extracted.
        classification: what the document was taken for.
    """
    noise = noise_of(content.text)
    fill = _fill_rate(fields)
    points = _points(content, fill, noise)
    confidence = content.ocr_confidence
    grade = _grade(points)
    if confidence is not None and confidence < _CONFIDENT and grade in ("A", "B"):
        grade = "C"
    return Quality(
        score=points,
        grade=grade,
        field_fill_rate=fill,
        noise=noise,
        ocr_confidence=confidence,
        warnings=tuple(_warnings(content, fields, classification, noise)),
    )


def _fill_rate(fields: Fields) -> float | None:
    if not fields.expected:
        return None
    filled = sum(fields.values.get(name) not in (None, "", [], ()) for name in fields.expected)
    return round(filled / len(fields.expected), 3)


def _points(content: Content, fill: float | None, noise: float) -> float:
    if not content.text.strip():
        return 0.0
    lost = _WEIGHT_FIELDS * (1 - fill) if fill is not None else 0.0
    lost += _WEIGHT_NOISE * max(0.0, noise - _NOISE_COSTS)
    if content.ocr_confidence is not None:
        lost += _WEIGHT_OCR * (1 - content.ocr_confidence)
    lost += min(_PER_WARNING * len(content.warnings), _ALL_WARNINGS)
    lost += 30.0 * _missing_text(content)
    return round(max(0.0, 100.0 - lost), 1)


def _missing_text(content: Content) -> float:
    """How much of the text is missing, 0 to 1, judged by its length a page."""
    per_page = len(content.text.strip()) / max(content.page_count, 1)
    return max(0.0, 1 - per_page / _FEW_CHARACTERS)


def _grade(points: float) -> Grade:
    if points >= 85:
        return "A"
    if points >= 65:
        return "B"
    return "C" if points >= 45 else "D"


def _warnings(
    content: Content, fields: Fields, classification: Classification, noise: float
) -> list[str]:
    found = list(content.warnings)
    if not content.text.strip():
        return [*found, "No text could be read from this document."]
    if noise > _NOISE_WARNS:
        found.append(
            f"Most of the text looks like noise ({noise:.0%}): check the scan or the file's encoding."
        )
    elif noise > _NOISE_COSTS:
        found.append(f"Part of the text looks like noise ({noise:.0%}).")
    confidence = content.ocr_confidence
    if confidence is not None and confidence < _CONFIDENT:
        found.append(
            f"Text recognition was unsure ({confidence:.0%}): scan again at 300 dpi if you can."
        )
    if _missing_text(content):
        found.append("There is very little text for the number of pages: some pages may be images.")
    if missing := [name for name in fields.expected if name not in fields.values]:
        kind = classification.document_type.replace("_", " ")
        found.append(f"Fields that a good {kind} has were not found: {', '.join(missing)}.")
    return found
