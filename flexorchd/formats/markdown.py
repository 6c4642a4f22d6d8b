"""Markdown: a section a record, so that a splitter which cuts at headings keeps each one whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from flexorchd.formats.cells import text
from flexorchd.formats.rows import Row, Rows

_MARKUP = re.compile(r"[\\`*<]|\](?=\()")


def markdown(rows: Rows, name: str) -> Iterator[bytes]:
    """Short values as a list, tables as tables, long text as a quotation."""
    yield f"# {inline(name)}\n".encode()
    for number, row in enumerate(rows, start=1):
        yield f"\n## Record {number}\n\n{_section(row)}".encode()


def _section(row: Row) -> str:
    listed = [f"- **{inline(name)}**: {inline(_short(value))}\n" for name, value in _listed(row)]
    blocks = [
        f"\n### {inline(name)}\n\n{_block(value)}"
        for name, value in row.items()
        if _is_block(value)
    ]
    return "".join([*listed, *blocks])


def _listed(row: Row) -> Iterator[tuple[str, object]]:
    return (
        (name, value) for name, value in row.items() if value is not None and not _is_block(value)
    )


def _is_block(value: object) -> bool:
    if isinstance(value, str):
        return "\n" in value.strip()
    return (isinstance(value, Mapping) and bool(value)) or _is_table(value)


def _is_table(value: object) -> bool:
    return isinstance(value, list | tuple) and any(isinstance(item, Mapping) for item in value)


def _short(value: object) -> str:
    if isinstance(value, list | tuple):
        return "; ".join(text(item) for item in value)
    return text(value)


def _block(value: object) -> str:
    match value:
        case str():
            return "".join(
                f"> {escaped(line)}".rstrip() + "\n" for line in text(value.strip()).splitlines()
            )
        case Mapping():
            return _table([value])
        case _:
            return _table(
                [item if isinstance(item, Mapping) else {"": item} for item in _items(value)]
            )


def _items(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else [value]


def _table(records: Sequence[Mapping[str, object]]) -> str:
    columns = list(dict.fromkeys(name for record in records for name in record))
    lines = [
        _line(columns),
        _line(["---"] * len(columns)),
        *(_line([_short(record.get(column)) for column in columns]) for record in records),
    ]
    return "".join(lines)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(inline(cell).replace("|", "\\|") for cell in cells) + " |\n"


def inline(value: str) -> str:
    """Text on one line, which Markdown shows as it is."""
    return escaped(" ".join(value.split()))


def escaped(line: str) -> str:
    """Text without markup, HTML and links of its own; names such as ``INV_001`` stay readable."""
    return _MARKUP.sub(lambda match: "&lt;" if match[0] == "<" else f"\\{match[0]}", line)
