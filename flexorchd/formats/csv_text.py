"""CSV after RFC 4180, in UTF-8, with nothing in it that a spreadsheet would run."""

from __future__ import annotations

import csv as rfc4180
import re
from collections.abc import Iterator

from flexorchd.formats.cells import text
from flexorchd.formats.rows import Rows

_FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@＝＋－＠]")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*")


class _Line:
    """What `csv.writer` writes to: it hands the line back to `writerow`."""

    @staticmethod
    def write(line: str) -> str:
        return line


def csv(rows: Rows, name: str) -> Iterator[bytes]:
    """A header, then one line a row; an absent value is an empty cell, a nested one JSON text."""
    writer = rfc4180.writer(_Line, lineterminator="\r\n")
    columns = rows.columns
    yield _encoded(writer.writerow([defused(column) for column in columns]))
    for row in rows:
        yield _encoded(writer.writerow([cell(row.get(column)) for column in columns]))


def cell(value: object) -> str:
    """A value as a cell; only text can be a formula, a negative amount is none."""
    return defused(value) if isinstance(value, str) else text(value)


def defused(value: str) -> str:
    """Text that would start a formula, with an apostrophe before it, as OWASP advises."""
    shown = text(value)
    unsafe = _FORMULA.match(shown) and not _PLAIN_NUMBER.fullmatch(shown)
    return f"'{shown}" if unsafe else shown


def _encoded(line: str) -> bytes:
    return line.encode()
