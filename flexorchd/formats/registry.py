"""The formats by name, and the two ways to have one written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import BinaryIO

from flexorchd.formats.blocks import gathered
from flexorchd.formats.chunks import rag
from flexorchd.formats.csv_text import csv
from flexorchd.formats.json_text import json, jsonl
from flexorchd.formats.markdown import markdown
from flexorchd.formats.rows import Row, Rows
from flexorchd.formats.xml_text import xml

Writer = Callable[[Rows, str], Iterator[bytes]]
"""From the rows and the dataset's name to the bytes of the file, part by part."""


class UnknownFormatError(ValueError):
    """No format has this name."""


class MissingExtraError(RuntimeError):
    """The format needs a library that is not installed."""


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file that a dataset can be exported as.

    Attributes:
        name: as the reference has it.
        extension: of its files, without the dot.
        media_type: for ``Content-Type``.
        load: imports what the format needs and hands out its writer.
        aliases: other names that are understood.
    """

    name: str
    extension: str
    media_type: str
    load: Callable[[], Writer]
    aliases: tuple[str, ...] = ()

    @property
    def wire_name(self) -> str:
        """The name that the published clients know it by."""
        return next(iter(self.aliases), self.name)


def _parquet() -> Writer:
    from flexorchd.formats.columnar import parquet

    return parquet


def _arrow() -> Writer:
    from flexorchd.formats.columnar import arrow

    return arrow


def _hf() -> Writer:
    from flexorchd.formats.hub import hf

    return hf


def _xlsx() -> Writer:
    from flexorchd.formats.xlsx import xlsx

    return xlsx


_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        format.name: format
        for format in (
            Format("json", "json", "application/json", lambda: json),
            Format("jsonl", "jsonl", "application/x-ndjson", lambda: jsonl),
            Format("csv", "csv", "text/csv; charset=utf-8", lambda: csv),
            Format("parquet", "parquet", "application/vnd.apache.parquet", _parquet),
            Format("markdown", "md", "text/markdown; charset=utf-8", lambda: markdown, ("md",)),
            Format("arrow", "arrow", "application/vnd.apache.arrow.file", _arrow),
            Format("xml", "xml", "application/xml", lambda: xml),
            Format("xlsx", "xlsx", _SPREADSHEET, _xlsx),
            Format("rag", "json", "application/json", lambda: rag),
            Format("hf", "zip", "application/zip", _hf),
        )
    }
)
"""The formats by the names of the reference and of the published clients."""

_BY_NAME = {name: format for format in FORMATS.values() for name in (format.name, *format.aliases)}


def find(name: str) -> Format:
    """The format of this name or alias, in whatever case.

    Raises:
        UnknownFormatError: there is none; the message lists those that there are.
    """
    try:
        return _BY_NAME[name.strip().lower()]
    except KeyError:
        raise UnknownFormatError(
            f"{name!r} is not an export format; choose one of {', '.join(FORMATS)}"
        ) from None


def stream(
    format: str,
    rows: Iterable[Row],
    *,
    columns: Sequence[str] | None = None,
    name: str = "dataset",
) -> Iterator[bytes]:
    """The bytes of the file, in blocks of about 64 KiB, made as they are asked for.

    Args:
        format: a name or alias from `FORMATS`.
        rows: a list, or an object that can be iterated again: formats with a header or a schema
            read the rows twice, so that none is held in memory.
        columns: the columns to write, in this order; None writes all, in order of first appearance.
        name: of the dataset, for the formats that carry one.

    Raises:
        UnknownFormatError: there is no such format.
        MissingExtraError: its library is not installed; the message says how to get it.
        TypeError: `rows` is an iterator.
    """
    return gathered(_writer(find(format))(Rows(rows, columns), name))


def write(
    format: str,
    rows: Iterable[Row],
    target: BinaryIO,
    *,
    columns: Sequence[str] | None = None,
    name: str = "dataset",
) -> int:
    """Write the file into `target`, which need not be seekable; the rest is as in `stream`.

    Returns:
        The number of rows written.
    """
    source = Rows(rows, columns)
    for block in gathered(_writer(find(format))(source, name)):
        target.write(block)
    return source.count


def _writer(format: Format) -> Writer:
    try:
        return format.load()
    except ImportError as error:
        raise MissingExtraError(
            f"{format.name} needs {error.name}: pip install 'flexorchd[engine]'"
        ) from error
