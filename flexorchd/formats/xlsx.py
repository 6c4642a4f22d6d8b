"""XLSX, written row by row, with no formula and no link in it."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from flexorchd.formats import cells
from flexorchd.formats.blocks import SIZE
from flexorchd.formats.rows import Rows

_MOST_ROWS = 1_048_576
_MOST_COLUMNS = 16_384
_MOST_CODE_UNITS = 32_767  # of UTF-16 in a cell
_EXACT_DIGITS = 15  # of a number in a cell
_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def xlsx(rows: Rows, name: str) -> Iterator[bytes]:
    """A workbook of one sheet, or of as many as its rows need.

    Raises:
        ValueError: more columns than a sheet can have.
    """
    if len(rows.columns) > _MOST_COLUMNS:
        raise ValueError(f"a sheet has at most {_MOST_COLUMNS} columns, not {len(rows.columns)}")
    with tempfile.TemporaryFile() as file:
        with xlsxwriter.Workbook(file, _OPTIONS) as workbook:
            _fill(workbook, rows)
        file.seek(0)
        yield from iter(partial(file.read, SIZE), b"")


def _fill(workbook: xlsxwriter.Workbook, rows: Rows) -> None:
    sheet = _sheet(workbook, rows.columns)
    line = 1
    for row in rows:
        if line == _MOST_ROWS:
            sheet, line = _sheet(workbook, rows.columns), 1
        sheet.write_row(line, 0, [cell(row.get(column)) for column in rows.columns])
        line += 1


def _sheet(workbook: xlsxwriter.Workbook, columns: Sequence[str]) -> Worksheet:
    sheet = workbook.add_worksheet(f"records {len(workbook.worksheets()) + 1}")
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, [cell(column) for column in columns])
    return sheet


def cell(value: object) -> str | bool | int | float | Decimal | None:
    """A value as a cell: a number only where Excel keeps every digit of it."""
    match value:
        case None | bool():
            return value
        case int() if len(str(abs(value))) <= _EXACT_DIGITS:
            return value
        case Decimal() if value.is_finite() and len(value.as_tuple().digits) <= _EXACT_DIGITS:
            return value
        case float() if math.isfinite(value):
            return value
        case _:
            return _fitting(cells.text(value))


def _fitting(text: str) -> str:
    """Text that a cell can hold, cut where Excel would call the file damaged."""
    units = text.encode("utf-16-le")
    if len(units) > 2 * _MOST_CODE_UNITS:
        text = units[: 2 * (_MOST_CODE_UNITS - 1)].decode("utf-16-le", "ignore") + "…"
    # xlsxwriter copies such text into the sheet as markup of its own.
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text
