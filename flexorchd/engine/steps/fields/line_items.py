"""The lines of invoices, orders, offers and delivery notes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations, zip_longest

from flexorchd.engine.model import Record
from flexorchd.engine.steps.fields.candidates import Candidate
from flexorchd.engine.steps.fields.grid import Grid, Line, sources
from flexorchd.engine.steps.fields.reading import Reading

_COLUMNS = (
    "description", "quantity", "unit_price", "line_total", "gross_line_total",
    "rate", "unit", "position", "item_no", "ordered",
)  # fmt: skip
_GOODS = ("description", "ordered", "quantity", "unit", "position", "item_no")
_TOTALS = frozenset(("gross", "total", "net", "tax", "due"))
_MOST_IDLE = 12
_Read = Callable[[Reading, Line, Line | None], Record | None]
_CENT = Decimal("0.02")


def priced_lines(reading: Reading, sums: Sequence[Decimal]) -> Candidate | None:
    """The lines with prices: ``description quantity unit_price total``.

    Args:
        reading: the document.
        sums: the net and gross amounts of the document; lines that add up to one are trusted.
    """
    best: Candidate | None = None
    for lines in _lines(reading, _COLUMNS, _priced):
        confidence = _trust(lines, sums)
        if confidence >= 0.5 and (best is None or confidence > best.confidence):
            best = Candidate(lines, confidence, "table")
    return best


def goods_lines(reading: Reading) -> Candidate | None:
    """The lines of a delivery note: ``description quantity``."""
    found = [lines for lines in _lines(reading, _GOODS, _goods) if lines]
    return Candidate(max(found, key=len), 0.8, "table") if found else None


def _lines(reading: Reading, columns: Sequence[str], read: _Read) -> Iterator[list[Record]]:
    """The lines of each table, and those of all tables of a source, which pages may part."""
    for source in sources(reading, columns):
        together: list[Record] = []
        for grid in source:
            if lines := list(_of_grid(grid, reading, read)):
                yield lines
                together += lines
        if together:
            yield together


def _of_grid(grid: Grid, reading: Reading, read: _Read) -> Iterator[Record]:
    idle = 0
    for line, following in zip_longest(grid.lines, grid.lines[1:]):
        concepts = _label_of(reading, line)
        if concepts & _TOTALS:
            return
        record = None if concepts else read(reading, line, following)
        if record:
            idle = 0
            yield record
        elif (idle := idle + 1) > _MOST_IDLE:
            return


def _label_of(reading: Reading, line: Line) -> frozenset[str]:
    """What the label stands for with which a row of amounts begins, as rows of totals do."""
    return (
        reading.labeller.first(line.text)
        if any(reading.numbers.amounts(line.text))
        else frozenset()
    )


def _priced(reading: Reading, line: Line, following: Line | None) -> Record | None:
    description = named(reading, line)
    if description is None:
        return None
    quantity = number(reading, line.cells.get("quantity"))
    price = number(reading, line.cells.get("unit_price"))
    total = number(reading, line.cells.get("line_total") or line.cells.get("gross_line_total"))
    if total is None and quantity and price and following is not None:
        total = _late_total(reading, following, quantity * price)
    if total is None:
        return None
    if price is None and quantity is None:
        description, quantity, price = _unmixed(reading, description, total)
    if price is None or quantity is None:
        quantity, price = _factors(reading, line, total, quantity, price)
    record: Record = {"description": description}
    record |= {} if quantity is None else {"quantity": quantity}
    record |= {} if price is None else {"unit_price": price}
    record["total"] = total
    # A bare number beside a text is rather a code than a price, unless it is the product.
    return record if _multiplies(record) or has_cents(total) else None


def _goods(reading: Reading, line: Line, _: Line | None) -> Record | None:
    description = named(reading, line)
    quantity = number(reading, line.cells.get("quantity"))
    if description is None or quantity is None:
        return None
    return {"description": description, "quantity": quantity}


def named(reading: Reading, line: Line) -> str | None:
    """The description of a line, if it is a text."""
    text = line.cells.get("description")
    return text if text and sum(c.isalpha() for c in text) >= 2 else None


def has_cents(amount: Decimal) -> bool:
    """Whether an amount was written to the hundredth."""
    return amount.as_tuple().exponent == -2


def number(reading: Reading, text: str | None) -> Decimal | None:
    """The number that a cell holds."""
    amounts = list(reading.numbers.amounts(text)) if text else []
    return amounts[0].value if len(amounts) == 1 else None


def _late_total(reading: Reading, following: Line, expected: Decimal) -> Decimal | None:
    """The total of a line that slipped into the row below."""
    for amount in reading.numbers.amounts(following.text):
        if abs(amount.value - expected) <= _CENT:
            return amount.value
    return None


def _factors(
    reading: Reading, line: Line, total: Decimal, quantity: Decimal | None, price: Decimal | None
) -> tuple[Decimal | None, Decimal | None]:
    """Quantity and price; what stood under no known heading counts if they make the total."""
    spare = [value for text in line.spare if (value := number(reading, text)) is not None]
    if quantity is None and price is None:
        pairs = list(combinations(spare, 2))
    else:
        pairs = [(quantity or value, price or value) for value in spare]
    fitting = ((q, p) for q, p in pairs if abs(q * p - total) <= _CENT)
    return next(fitting, (quantity, price))


def _unmixed(
    reading: Reading, description: str, total: Decimal
) -> tuple[str, Decimal | None, Decimal | None]:
    """The description without the quantity and price that ran into its end, if they make the total."""
    numbers = list(reading.numbers.amounts(description))[-2:]
    if len(numbers) == 2 and abs(numbers[0].value * numbers[1].value - total) <= _CENT:
        behind = description[numbers[1].end :].strip()
        if not behind and (text := description[: numbers[0].start].strip()):
            return text, numbers[0].value, numbers[1].value
    return description, None, None


def _trust(lines: Sequence[Record], sums: Sequence[Decimal]) -> float:
    totals = [total for line in lines if isinstance(total := line["total"], Decimal)]
    if any(abs(sum(totals) - amount) <= _CENT for amount in sums):
        return 0.95
    products = [_multiplies(line) for line in lines]
    share = products.count(True) / len(products)
    return 0.85 if share > 0.8 else 0.6 if share >= 0.5 else 0.4


def _multiplies(line: Record) -> bool:
    quantity, price, total = (line.get(name) for name in ("quantity", "unit_price", "total"))
    if not isinstance(quantity, Decimal) or not isinstance(price, Decimal):
        return False
    return isinstance(total, Decimal) and abs(quantity * price - total) <= _CENT
