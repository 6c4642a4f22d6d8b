"""A value as the text of one cell."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from flexorchd.formats import exact

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """The text with a space for each character that XML, and so XLSX, has no form for."""
    return _NOT_XML.sub(" ", text)


def text(value: object) -> str:
    """A value as text: numbers without exponent, dates as ISO 8601, what is nested as JSON."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return clean(value)
        case Decimal():
            return format(value, "f")
        case int() | float():
            return str(value)
        case date():
            return value.isoformat()
        case _:
            return clean(exact.dumps(value).decode())
