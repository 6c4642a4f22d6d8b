"""Reading one object of an answer by a table of `dialects`.

A value that the reference promises is read strictly: absent is `None`, of the wrong kind is an
:class:`UnexpectedAnswerError` that names the call and the value. What goes beyond the reference is
read through `Body.beyond`, where the wrong kind counts as absent: an odd extra must not cost the
user a good answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

from flexorchd.client.dialects import Path, Table
from flexorchd.client.errors import UnexpectedAnswerError
from flexorchd.client.models import Raw

GRADES = frozenset("ABCD")

Value = TypeVar("Value")


class Body:
    """One object of an answer.

    Args:
        call: the operation that was answered, for errors.
        data: the object.
        table: where its values may stand.
        strict: whether a value of the wrong kind is an error.

    Raises:
        UnexpectedAnswerError: it is not an object.
    """

    def __init__(self, call: str, data: object, table: Table, *, strict: bool = True) -> None:
        if not isinstance(data, Mapping):
            raise UnexpectedAnswerError(call, f"expected an object, got {kind(data)}")
        self.call = call
        self.raw: Raw = data
        self._table = table
        self._strict = strict

    @property
    def beyond(self) -> Body:
        """The same object, in which a value of the wrong kind counts as absent."""
        return Body(self.call, self.raw, self._table, strict=False)

    def text(self, name: str) -> str | None:
        """Text; an empty one counts as absent."""
        return self._read(name, _text)

    def identity(self, name: str) -> str | None:
        """An id, a number or text on the wire, as text."""
        return self._read(name, _identity)

    def count(self, name: str) -> int | None:
        """A whole number that is not negative."""
        return self._read(name, _count)

    def number(self, name: str) -> Decimal | None:
        """A number, exact."""
        return self._read(name, _number)

    def flag(self, name: str) -> bool | None:
        """True or false."""
        return self._read(name, _flag)

    def moment(self, name: str) -> datetime | None:
        """A time, aware, in UTC."""
        return self._read(name, _moment)

    def mapping(self, name: str) -> Raw | None:
        """An object."""
        return self._read(name, _mapping)

    def sequence(self, name: str) -> Sequence[Any] | None:
        """An array."""
        return self._read(name, _sequence)

    def counts(self, name: str) -> dict[str, int] | None:
        """An object of whole numbers, such as grades or PII types."""
        return self._read(name, _counts)

    def grade(self, name: str) -> str | None:
        """A grade, ``A`` to ``D``."""
        return self._read(name, _grade)

    def score(self, name: str, grade: str | None = None) -> float | None:
        """A score from 0.0 to 1.0, whichever scale was sent.

        A whole scale of 100 is told from one of 1 by the value: above 1 it is of 100. Exactly 1 is
        either the best or nearly the worst, and the grade tells which.
        """
        return self._read(name, lambda value: _score(value, grade))

    def require(self, name: str, value: Value | None) -> Value:
        """The value, which must be there.

        Raises:
            UnexpectedAnswerError: it is not.
        """
        if value is None:
            paths = " or ".join(".".join(path) for path in self._table[name])
            raise UnexpectedAnswerError(self.call, f"the answer has no {paths}")
        return value

    def _read(self, name: str, convert: Callable[[Any], Value | None]) -> Value | None:
        for path in self._table[name]:
            value = _at(self.raw, path)
            if value is None or value == "":
                continue
            converted = convert(value)
            if converted is not None:
                return converted
            if self._strict:
                where = ".".join(path)
                raise UnexpectedAnswerError(self.call, f"{where} cannot be {describe(value)}")
        return None


def _at(data: object, path: Path) -> Any:
    # The parser makes dicts and lists; asking for the abstract kinds took a third of the reading.
    for step in path:
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and step.isdecimal():
            data = data[int(step)] if int(step) < len(data) else None
        else:
            return None
    return data


def kind(value: object) -> str:
    """What a JSON value is, in a word."""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        return "text"
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, Sequence):
        return "an array"
    return "nothing" if value is None else "a number"


def describe(value: object) -> str:
    """What a value is, for an error: numbers and words as they are, never a document's text."""
    if isinstance(value, str):
        return repr(value) if value.isascii() and value.isidentifier() else "this text"
    return str(value)[:40] if isinstance(value, int | Decimal) else kind(value)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _identity(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    return str(value)


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Decimal(value)


def _count(value: object) -> int | None:
    number = _number(value)
    if number is None or number < 0 or number != number.to_integral_value():
        return None
    return int(number)


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _mapping(value: object) -> Raw | None:
    return value if isinstance(value, Mapping) else None


def _sequence(value: object) -> Sequence[Any] | None:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else None


def _counts(value: object) -> dict[str, int] | None:
    if not isinstance(value, Mapping):
        return None
    counts = {str(name): _count(number) for name, number in value.items()}
    known = {name: number for name, number in counts.items() if number is not None}
    return known if len(known) == len(counts) else None


def _grade(value: object) -> str | None:
    return value if isinstance(value, str) and value in GRADES else None


def _score(value: object, grade: str | None) -> float | None:
    number = _number(value)
    if number is None or not 0 <= number <= 100:
        return None
    if number > 1 or (number == 1 and grade == "D"):
        number /= 100
    return float(number)
