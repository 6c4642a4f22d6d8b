"""JSON in which an amount is a number of the exact value, without an exponent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexorchd.formats import exact

amounts = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**40), max_value=10**40)


@given(amount=amounts, text=st.text(), nested=st.booleans())
def test_any_amount_is_written_whole_and_read_back(
    amount: Decimal, text: str, nested: bool
) -> None:
    value = {"amount": [{"is": amount}] if nested else amount, "text": text}
    written = exact.dumps(value)
    assert exact.loads(written) == value
    assert json.loads(written, parse_float=Decimal, parse_int=Decimal) == value
    assert str(amount.as_tuple().digits[0]).encode() in written


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("0.00000000", b"0.00000000"),
        ("0.00000012", b"0.00000012"),
        ("1E+3", b"1000"),
        ("-1.50E-9", b"-0.00000000150"),
    ],
)
def test_there_is_no_exponent(amount: str, written: bytes) -> None:
    assert exact.dumps(Decimal(amount)) == written
    assert exact.dumps([{"a": (Decimal(amount), "E-Mail 1E-7")}]) == (
        b'[{"a":[' + written + b',"E-Mail 1E-7"]}]'
    )
    assert exact.loads(exact.dumps(Line(Decimal(amount)))) == {"total": Decimal(amount)}


@dataclass
class Line:
    total: Decimal


def test_a_number_beyond_all_amounts_does_not_fill_the_disk() -> None:
    assert len(exact.dumps(Decimal("1E+999999999"))) < 20
