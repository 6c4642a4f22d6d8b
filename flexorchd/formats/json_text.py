"""JSON: one array, or one record a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flexorchd.formats import exact
from flexorchd.formats.rows import Rows


def jsonl(rows: Rows, name: str) -> Iterator[bytes]:
    """One record a line, nested values as JSON, amounts exact."""
    for row in rows:
        yield exact.dumps(row) + b"\n"


def json(rows: Rows, name: str) -> Iterator[bytes]:
    """An array of records, one a line."""
    yield from array(rows)


def array(values: Iterable[object]) -> Iterator[bytes]:
    """A JSON array, one value a line."""
    before = b"[\n"
    for value in values:
        yield before + exact.dumps(value)
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"
