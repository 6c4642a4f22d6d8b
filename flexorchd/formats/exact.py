"""JSON in which an amount is a number of the exact value, in both directions.

msgspec, because it writes `Decimal` as a JSON number and reads numbers as `Decimal`, in C.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder(decimal_format="number")
_decoder = msgspec.json.Decoder(float_hook=Decimal)


def plain(amount: Decimal) -> Decimal:
    """The same value, which prints without an exponent (``1E+3`` becomes ``1000``)."""
    return Decimal(format(amount, "f"))


def dumps(value: Any) -> bytes:
    """JSON as UTF-8. Dates become ISO 8601, `Decimal` a number.

    Raises:
        TypeError: a value that JSON has no form for.
        UnicodeEncodeError: text with a lone surrogate.
    """
    return _encoder.encode(value)


def pretty(value: Any) -> bytes:
    """JSON for people: two spaces a level, one newline at the end."""
    return msgspec.json.format(dumps(value), indent=2) + b"\n"


def loads(data: bytes | str) -> Any:
    """The value of a JSON text, fractions as `Decimal`.

    Raises:
        ValueError: not JSON.
    """
    return _decoder.decode(data)
