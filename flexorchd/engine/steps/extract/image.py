"""Pictures: PNG, JPEG, TIFF of several pages, and the like, by OCR."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from statistics import fmean

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from flexorchd.engine.model import Content
from flexorchd.engine.steps.extract import failures, ocr
from flexorchd.engine.steps.extract.source import Source

MAX_PIXELS = 80_000_000
MAX_FRAMES = 200
_WHAT = "picture"
_FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP")


def read(source: Source) -> Content:
    """The text of a picture; each page of a TIFF is one.

    Raises:
        DocumentError: TOO_LARGE, MALFORMED, OCR_NOT_INSTALLED, EMPTY_DOCUMENT.
    """
    reader = ocr.engine(source)
    pages = [ocr.read(reader, picture) for picture in _pictures(source.data)]
    confidences = [confidence for page in pages for confidence in page.confidences]
    if not confidences:
        raise failures.empty(_WHAT)
    return Content(
        kind="image",
        text="\n\n".join(page.text for page in pages),
        ocr_confidence=fmean(confidences),
        page_count=len(pages),
        warnings=reader.warnings,
    )


def _pictures(data: bytes) -> Iterator[Image.Image]:
    """Each page in grey, upright as its own data say."""
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                yield from _frames(image)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise failures.too_large(_WHAT, f"{MAX_PIXELS // 1_000_000} megapixels") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise failures.malformed(_WHAT) from error


def _frames(image: Image.Image) -> Iterator[Image.Image]:
    if image.format != "TIFF":
        yield _grey(image)
        return
    if getattr(image, "n_frames", 1) > MAX_FRAMES:
        raise failures.too_large(_WHAT, f"{MAX_FRAMES} pages")
    for frame in ImageSequence.Iterator(image):
        if frame.width * frame.height > MAX_PIXELS:
            raise failures.too_large(_WHAT, f"{MAX_PIXELS // 1_000_000} megapixels")
        yield _grey(frame)


def _grey(frame: Image.Image) -> Image.Image:
    """On white where it is transparent, in eight bits."""
    upright = ImageOps.exif_transpose(frame)
    if upright.mode.startswith("I"):
        return upright.point(lambda value: value / 256).convert("L")
    if upright.mode == "F":
        return upright.convert("L")
    if "A" in upright.getbands() or "transparency" in upright.info:
        coloured = upright.convert("RGBA")
        white = Image.new("RGBA", coloured.size, "white")
        return Image.alpha_composite(white, coloured).convert("L")
    return (
        upright.convert("RGB").convert("L")
        if upright.mode not in ("1", "L", "RGB")
        else upright.convert("L")
    )
