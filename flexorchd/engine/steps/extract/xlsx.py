"""XLSX through calamine, which aborts the process on a few hostile kilobytes: hence the guard."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator
from functools import cache

import python_calamine as calamine

from flexorchd.engine.model import Content, Table
from flexorchd.engine.steps.extract import failures
from flexorchd.engine.steps.extract.archive import Package
from flexorchd.engine.steps.extract.source import Source

_WHAT = "Excel workbook"
MAX_CELLS = 5_000_000
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
# Rows and cells with all their attributes, however these are written.
_OPENING = re.compile(rb"<(?:[\w.-]+:)?(?:row|c)[\s/>]")
_TAG = re.compile(
    rb"""<(?:[\w.-]+:)?(row|c)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(/?)>"""
)
_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,3})(\d{0,7})""")

Scalar = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


def read(source: Source) -> Content:
    """Every sheet as a table, and as text under the sheet's name.

    Raises:
        DocumentError: PROTECTED, TOO_LARGE or MALFORMED.
    """
    _guard(Package(source.data, _WHAT))
    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(source.data)) as book:
            tables = [table for name in book.sheet_names if (table := _sheet(book, name))]
            pages = len(book.sheet_names)
    except calamine.PasswordError as error:
        raise failures.protected(_WHAT) from error
    except calamine.CalamineError as error:
        raise failures.malformed(_WHAT) from error
    except BaseException as error:
        # A panic in its Rust is no `Exception`.
        if type(error).__name__ != "PanicException":
            raise
        raise failures.malformed(_WHAT) from error
    return Content("xlsx", "\n".join(_lines(tables)), tuple(tables), page_count=max(pages, 1))


def _guard(package: Package) -> None:
    """Unpack each XML part once, so that sizes are true, and measure the sheets."""
    for name in package.names:
        if name.startswith("xl/") and name.endswith((".xml", ".rels")):
            part = package.read(name)
            if _SHEET.fullmatch(name) and _area(part) > MAX_CELLS:
                raise failures.too_large(_WHAT, f"{MAX_CELLS:,} cells in a sheet")


def _area(sheet: bytes) -> int:
    """Rows times columns of the rectangle around the filled cells, for which calamine makes room.

    Raises:
        DocumentError: MALFORMED, where rows or cells are written in no way that can be measured.
    """
    rows: set[int] = set()
    columns: set[int] = set()
    row = column = seen = 0
    for name, attributes, empty in _TAG.findall(sheet):
        seen += 1
        place = _PLACE.search(attributes) if attributes else None
        if name == b"row":
            row, column = int(place[2] or 0) if place else row + 1, 0
            continue
        column = _column(place[1]) if place else column + 1
        if not empty:
            rows.add(int(place[2] or 0) if place else row)
            columns.add(column)
    if seen < len(_OPENING.findall(sheet)) or b"\0" in sheet[:64]:
        raise failures.malformed(_WHAT)
    return (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1) if rows else 0


@cache
def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _sheet(book: calamine.CalamineWorkbook, name: str) -> Table | None:
    try:
        rows = tuple(_rows(book.get_sheet_by_name(name)))
    except calamine.WorksheetNotFound:
        # A chart sheet has a name and no cells.
        return None
    return Table(rows, name) if rows else None


def _rows(sheet: calamine.CalamineSheet) -> Iterator[tuple[str, ...]]:
    # Not `iter_rows`, which makes up the empty rows and their cells above the first filled one.
    for row in sheet.to_python():
        cells = [_text(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield tuple(cells)


def _text(value: Scalar) -> str:
    """A value as a person would type it: whole numbers whole, dates in ISO 8601."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, dt.datetime):
        return (
            value.date().isoformat()
            if value.time() == dt.time()
            else value.isoformat(" ", "seconds")
        )
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value).strip()


def _number(value: float) -> str:
    """Fifteen digits, as Excel shows and stores: the sixteenth is the noise of binary fractions."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    short = f"{value:.15g}"
    if "e" not in short:
        return short
    return f"{value:.15f}".rstrip("0") if 1e-9 < abs(value) < 1 else short


def _lines(tables: list[Table]) -> Iterator[str]:
    for table in tables:
        yield table.name or ""
        yield from ("\t".join(cell.replace("\n", " ") for cell in row) for row in table.rows)
        yield ""
