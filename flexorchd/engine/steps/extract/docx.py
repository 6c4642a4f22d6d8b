"""DOCX: every part that holds words, read from the package's XML.

Names are matched without namespaces, so that strict and transitional files read alike (ISO/IEC
29500). Own code, because the usual readers leave out notes, text boxes or comments.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from flexorchd.engine.model import Content, Table
from flexorchd.engine.steps.extract import grid, markup
from flexorchd.engine.steps.extract.archive import Package
from flexorchd.engine.steps.extract.markup import attribute, local
from flexorchd.engine.steps.extract.source import Source

_WHAT = "Word document"
# In reading order; the main part goes between headers and footers.
_BEFORE = re.compile(r"word/header\d*\.xml")
_AFTER = re.compile(r"word/(?:footer\d*|footnotes|endnotes|comments)\.xml")
_ORDER = ("footer", "footnotes", "endnotes", "comments")
_DELETED = frozenset({"del", "moveFrom", "delText", "instrText", "delInstrText"})
_TRANSPARENT = frozenset(
    {"sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag", "AlternateContent", "Choice"}
)
_NOTES = frozenset({"footnote", "endnote", "comment"})
_CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


@dataclass(slots=True)
class _Written:
    """What has been read so far."""

    lines: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


def read(source: Source) -> Content:
    """Body, tables, headers, footers, notes, comments and text boxes; deleted revisions are no text.

    Raises:
        DocumentError: PROTECTED, TOO_LARGE or MALFORMED.
    """
    package = Package(source.data, _WHAT)
    written = _Written()
    for name in _parts(package):
        part = _Written()
        _read_blocks(markup.parse(package.read(name), _WHAT), part)
        if part.lines != written.lines[-len(part.lines) :]:
            written.lines += part.lines
        written.tables += part.tables
    return Content("docx", "\n".join(written.lines), tuple(written.tables), title=_title(package))


def _parts(package: Package) -> list[str]:
    before = sorted(name for name in package.names if _BEFORE.fullmatch(name))
    after = sorted(
        (name for name in package.names if _AFTER.fullmatch(name)),
        key=lambda name: next(i for i, kind in enumerate(_ORDER) if kind in name),
    )
    return [*before, _main_part(package), *after]


def _main_part(package: Package) -> str:
    """The body's part, which is ``word/document.xml`` in most files and not in all."""
    if "_rels/.rels" in package.names:
        for relation in markup.parse(package.read("_rels/.rels"), _WHAT):
            if str(relation.get("Type", "")).endswith("/officeDocument"):
                name = posixpath.normpath(str(relation.get("Target", ""))).lstrip("/")
                if name in package.names:
                    return name
    return "word/document.xml"


def _title(package: Package) -> str | None:
    if "docProps/core.xml" not in package.names:
        return None
    root = markup.parse(package.read("docProps/core.xml"), _WHAT)
    return next((e.text for e in root.iter() if local(e) == "title" and e.text), None)


def _read_blocks(container: etree._Element, written: _Written) -> None:
    for child in container:
        name = local(child)
        if name == "p":
            written.lines += _paragraph(child, written)
        elif name == "tbl":
            _read_table(child, written)
        elif name == "AlternateContent":
            _read_blocks(_alternative(child), written)
        elif name in _TRANSPARENT or name == "body" or (name in _NOTES and _is_written(child)):
            _read_blocks(child, written)


def _is_written(note: etree._Element) -> bool:
    """Whether a note is the author's, and not one of Word's separator lines."""
    return attribute(note, "type") in (None, "normal")


def _alternative(element: etree._Element) -> etree._Element:
    """The one alternative to read: a text box stands in each of them."""
    choice = next((child for child in element if local(child) == "Choice"), None)
    if choice is not None and any(local(e) in ("t", "m") for e in choice.iter()):
        return choice
    return next((child for child in element if local(child) == "Fallback"), element)


def _paragraph(paragraph: etree._Element, written: _Written) -> list[str]:
    boxes: list[etree._Element] = []
    text = "".join(_pieces(paragraph, boxes))
    lines = text.split("\n")
    for box in boxes:
        inner = _Written()
        _read_blocks(box, inner)
        lines += inner.lines
        written.tables += inner.tables
    return lines


def _pieces(element: etree._Element, boxes: list[etree._Element]) -> Iterator[str]:
    """The text of runs in order; text boxes met on the way are put aside in `boxes`."""
    for child in element:
        name = local(child)
        if name in _DELETED or name in ("pPr", "rPr"):
            continue
        if name == "t":
            yield child.text or ""
        elif name in _CHARACTERS:
            yield _CHARACTERS[name]
        elif name == "txbxContent":
            boxes.append(child)
        else:
            yield from _pieces(_alternative(child) if name == "AlternateContent" else child, boxes)


def _read_table(element: etree._Element, written: _Written) -> None:
    rows: list[list[list[str]]] = []
    nested = _Written()
    for row in _within(element, "tr"):
        cells: list[list[str]] = []
        for cell in _within(row, "tc"):
            inner = _Written()
            _read_blocks(cell, inner)
            nested.tables += inner.tables
            cells.append([line for line in inner.lines if line.strip()])
            cells += [[] for _ in range(_span(cell) - 1)]
        rows.append(cells)
    written.lines += grid.lines(rows)
    table = grid.table(rows)
    written.tables += [*([table] if table else []), *nested.tables]


def _within(element: etree._Element, name: str) -> Iterator[etree._Element]:
    for child in element:
        if local(child) == name:
            yield child
        elif local(child) in _TRANSPARENT:
            yield from _within(child, name)


def _span(cell: etree._Element) -> int:
    properties = next((child for child in cell if local(child) == "tcPr"), None)
    for child in properties if properties is not None else ():
        value = attribute(child, "val") if local(child) == "gridSpan" else None
        if value and value.isdecimal():
            return min(max(int(value), 1), grid.MAX_SPAN)
    return 1
