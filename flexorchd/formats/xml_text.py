"""XML: a ``dataset`` of ``record`` elements, one element a value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from flexorchd.formats.cells import clean, text
from flexorchd.formats.rows import Rows

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]")
_NOT_A_NAME = re.compile(r"(?![A-Za-z_])|(?i:xml)")


def xml(rows: Rows, name: str) -> Iterator[bytes]:
    """Well-formed XML. A list has one ``item`` element a member.

    An element is named as its column; where XML does not allow that, the ``name`` attribute has it.
    """
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<dataset name={_quoted(name)}>\n'.encode()
    for row in rows:
        yield f"<record>{_members(row)}</record>\n".encode()
    yield b"</dataset>\n"


def _members(mapping: Mapping[str, object]) -> str:
    return "".join(_element(name, value) for name, value in mapping.items() if value is not None)


def _element(name: str, value: object) -> str:
    tag = element_name(name)
    attribute = "" if tag == name else f" name={_quoted(name)}"
    return f"<{tag}{attribute}>{_content(value)}</{tag}>"


def _content(value: object) -> str:
    match value:
        case str():
            return escape(clean(value))
        case Mapping():
            return _members(value)
        case Sequence():
            return "".join(f"<item>{_content(item)}</item>" for item in value)
        case _:
            return escape(text(value))


def element_name(name: str) -> str:
    """The nearest name that every XML parser takes."""
    safe = _NOT_IN_NAMES.sub("_", name)
    return f"_{safe}" if _NOT_A_NAME.match(safe) else safe


def _quoted(name: str) -> str:
    return quoteattr(clean(name))
