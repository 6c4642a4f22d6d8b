"""Expense reports and budgets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from flexorchd.engine.model import Record
from flexorchd.engine.steps.fields.candidates import Candidate
from flexorchd.engine.steps.fields.document import date_of, document_type, number_of, period_text
from flexorchd.engine.steps.fields.grid import Grid, Line, grids
from flexorchd.engine.steps.fields.line_items import number
from flexorchd.engine.steps.fields.money import currency
from flexorchd.engine.steps.fields.parties import party
from flexorchd.engine.steps.fields.reading import Reading
from flexorchd.engine.steps.fields.totals import best_amount

_TOTAL = {"total": 0.95, "gross": 0.95, "due": 0.8}
_EXPENSES = ("date", "category", "amount", "description", "item_no", "position", "rate")
_BUDGET = ("category", "planned", "actual", "difference", "position", "description")
_CENT = Decimal("0.02")


def read_report(reading: Reading) -> Mapping[str, Candidate | None]:
    """The fields of an expense report."""
    total = best_amount(reading, _TOTAL)
    return {
        "document_no": number_of(reading, "report_no"),
        "document_date": date_of(reading, "report_date"),
        "currency": currency(reading),
        "employee": party(reading, "employee"),
        "period": period_text(reading),
        "total_amount": total,
        "line_items": _best_lines(reading, _EXPENSES, "amount", total),
    }


def read_budget(reading: Reading) -> Mapping[str, Candidate | None]:
    """The fields of a budget; its total is what was planned."""
    total = _planned_total(reading) or best_amount(reading, _TOTAL)
    return {
        "document_no": number_of(reading, "report_no"),
        "document_date": date_of(reading, "report_date"),
        "currency": currency(reading),
        "period": period_text(reading),
        "total_amount": total,
        "line_items": _best_lines(reading, _BUDGET, "planned", total),
    }


def _best_lines(
    reading: Reading, columns: tuple[str, ...], summed: str, total: Candidate | None
) -> Candidate | None:
    """The lines of the table that adds up to the total, else of the longest."""
    choices: list[Candidate] = []
    for grid in grids(reading, columns):
        if summed not in grid.columns:
            continue
        if lines := [record for line in _body(reading, grid) if (record := _record(reading, line))]:
            amounts = [v for line in lines if isinstance(v := line.get(summed), Decimal)]
            agrees = total is not None and abs(sum(amounts) - _value(total)) <= _CENT
            choices.append(Candidate(lines, 0.95 if agrees else 0.7, "table"))
    return max(choices, key=lambda c: (c.confidence, _length(c)), default=None)


def _value(candidate: Candidate) -> Decimal:
    return candidate.value if isinstance(candidate.value, Decimal) else Decimal(0)


def _length(candidate: Candidate) -> int:
    return len(candidate.value) if isinstance(candidate.value, list) else 0


def _body(reading: Reading, grid: Grid) -> Iterator[Line]:
    """The rows up to the totals."""
    for line in grid.lines:
        if is_total(reading, line):
            return
        yield line


def is_total(reading: Reading, line: Line) -> bool:
    """Whether a row is a total: it begins with such a label, and has an amount."""
    totals = {"total", "gross", "net", "due", "tax"} & reading.labeller.first(line.text)
    return bool(totals) and any(reading.numbers.amounts(line.text))


def _record(reading: Reading, line: Line) -> Record:
    """A line with the columns it has; one without an amount, or without any text, is none."""
    record: Record = {}
    if (text := line.cells.get("date")) and (day := next(reading.dates.days(text), None)):
        record["date"] = day.value
    for name in ("category", "description"):
        if text := line.cells.get(name):
            record[name] = text
    named = bool(record)
    for name in ("amount", "planned", "actual"):
        if (value := number(reading, line.cells.get(name))) is not None:
            record[name] = value
    return record if named and any(isinstance(v, Decimal) for v in record.values()) else {}


def _planned_total(reading: Reading) -> Candidate | None:
    """The planned amount in the row of totals of a budget's table."""
    for grid in grids(reading, _BUDGET):
        for line in grid.lines if "planned" in grid.columns else ():
            if is_total(reading, line):
                planned = number(reading, line.cells.get("planned"))
                return Candidate(planned, 0.85, "table") if planned is not None else None
    return None


EXPENSE_REPORT = document_type(
    "employee period total_amount line_items",
    "report_no report_date period employee total gross due net tax other_amount settled",
    read_report,
)
BUDGET = document_type(
    "period total_amount line_items",
    "report_no report_date period total gross due net tax other_amount settled",
    read_budget,
)
