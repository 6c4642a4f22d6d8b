"""Parquet and Arrow: typed columns, written a batch at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from flexorchd.formats import cells, exact
from flexorchd.formats.blocks import Sink
from flexorchd.formats.rows import Row, Rows
from flexorchd.formats.shapes import DIGITS, Shape, shapes

_MOST_ROWS = 10_000
_MOST_BYTES = 8 * 1024 * 1024


def parquet(rows: Rows, name: str) -> Iterator[bytes]:
    """A Parquet file, compressed with Zstandard; a batch is a row group."""
    table = Layout.of(rows)
    sink = Sink()
    with pq.ParquetWriter(sink, table.schema, compression="zstd") as writer:
        for batch in table.batches(rows):
            writer.write_batch(batch)
            yield sink.take()
    yield sink.take()


def arrow(rows: Rows, name: str) -> Iterator[bytes]:
    """One Arrow IPC file, as `pyarrow.ipc.open_file` and ``pandas.read_feather`` read it."""
    table = Layout.of(rows)
    sink = Sink()
    with pa.ipc.new_file(sink, table.schema) as writer:
        for batch in table.batches(rows):
            writer.write_batch(batch)
            yield sink.take()
    yield sink.take()


@dataclass(frozen=True)
class Layout:
    """The columns of a dataset and their types.

    Amounts are 128-bit decimals, exact and with room for sums; dates are text, as in every
    format. A column that no one type holds is text, what is nested in it as JSON.
    """

    shapes: dict[str, Shape]
    schema: pa.Schema

    @classmethod
    def of(cls, rows: Rows) -> Layout:
        """The layout of the rows, from one reading."""
        found = shapes(rows)
        return cls(found, pa.schema([(name, _type(shape)) for name, shape in found.items()]))

    def batches(self, rows: Iterable[Row]) -> Iterator[pa.RecordBatch]:
        """The rows, converted, in batches that fit in memory whatever a row holds."""
        converters = {name: _converter(shape) for name, shape in self.shapes.items()}
        for part in _parts(rows):
            columns = [
                pa.array([convert(row.get(name)) for row in part], self.schema.field(name).type)
                for name, convert in converters.items()
            ]
            yield pa.record_batch(columns, schema=self.schema)


def _parts(rows: Iterable[Row]) -> Iterator[list[Row]]:
    part: list[Row] = []
    size = 0
    for row in rows:
        part.append(row)
        size += len(exact.dumps(row))
        if len(part) == _MOST_ROWS or size >= _MOST_BYTES:
            yield part
            part, size = [], 0
    if part:
        yield part


def _type(shape: Shape) -> pa.DataType:
    match shape.form:
        case "bool":
            return pa.bool_()
        case "int64":
            return pa.int64()
        case "float64":
            return pa.float64()
        case "decimal":
            return pa.decimal128(DIGITS, shape.scale)
        case "list":
            return pa.list_(_type(shape.items or Shape()))
        case "struct":
            return pa.struct([(name, _type(inner)) for name, inner in shape.fields.items()])
        case "text":
            return pa.string()


def _converter(shape: Shape) -> Callable[[object], object]:
    """From a value to what pyarrow takes for the type of the shape; None stays None."""
    match shape.form:
        case "text":
            return _text
        case "float64":
            return lambda value: None if value is None else float(value)  # type: ignore[arg-type]
        case "list":
            convert = _converter(shape.items or Shape())
            return lambda value: None if value is None else [convert(item) for item in value]  # type: ignore[attr-defined]
        case "struct":
            fields = {name: _converter(inner) for name, inner in shape.fields.items()}
            return lambda value: (
                None
                if value is None
                else {name: to(value.get(name)) for name, to in fields.items()}  # type: ignore[attr-defined]
            )
        case _:
            return lambda value: value


def _text(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else cells.text(value)
