"""JSON in which an amount is a number of the exact value, in both directions.

msgspec, because it writes `Decimal` as a JSON number and reads numbers as `Decimal`, in C.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder(decimal_format="number")
_decoder = msgspec.json.Decoder(float_hook=Decimal)
_MAYBE_EXPONENT = re.compile(rb"E[+-]\d")
_MOST_DIGITS = 1_000
"""A number with more zeros than this is no amount, and is left as it is."""


def plain(amount: Decimal) -> Decimal:
    """The same value, which prints without an exponent (``1E+3`` becomes ``1000``)."""
    return Decimal(format(amount, "f"))


def dumps(value: Any) -> bytes:
    """JSON as UTF-8. Dates become ISO 8601, `Decimal` a number without an exponent.

    Raises:
        TypeError: a value that JSON has no form for.
        UnicodeEncodeError: text with a lone surrogate.
    """
    encoded = _encoder.encode(value)
    if _MAYBE_EXPONENT.search(encoded) is None:
        return encoded
    return _encoder.encode(_spelt_out(msgspec.to_builtins(value, builtin_types=(Decimal,))))


def _spelt_out(value: Any) -> Any:
    match value:
        case Decimal() if abs(value.adjusted()) < _MOST_DIGITS:
            return msgspec.Raw(format(value, "f").encode())
        case dict():
            return {key: _spelt_out(item) for key, item in value.items()}
        case list() | tuple():
            return [_spelt_out(item) for item in value]
    return value


def pretty(value: Any) -> bytes:
    """JSON for people: two spaces a level, one newline at the end."""
    return msgspec.json.format(dumps(value), indent=2) + b"\n"


def loads(data: bytes | str) -> Any:
    """The value of a JSON text, fractions as `Decimal`.

    Raises:
        ValueError: not JSON.
    """
    return _decoder.decode(data)
