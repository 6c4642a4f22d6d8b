"""HTML as it reads on a page: blocks as lines, rows with tabs, scripts and styles dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from flexorchd.engine.model import Content, Table
from flexorchd.engine.steps.extract import charset, failures, grid
from flexorchd.engine.steps.extract.source import Source

MAX_DEPTH = 10_000
_MAX_ATTRIBUTES = 3_000
_WHAT = "HTML page"
# One name a line would hide these lists rather than show them.
_UNREAD = frozenset("script style template noscript head svg iframe object embed datalist".split())  # noqa: SIM905
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt"  # noqa: SIM905
    " fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol option p"
    " pre section summary ul".split()
)
# Elements that a browser closes by itself, so that their start tags say nothing about nesting.
_UNNESTED = frozenset(
    b"area base br col embed hr img input link meta param source track wbr"
    b" p li td th tr dt dd option optgroup thead tbody tfoot colgroup caption html head body".split()
)
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]{0,30})")
_MANY_ATTRIBUTES = re.compile(rb"<[a-zA-Z](?:[^<>\s]*\s+){%d}" % _MAX_ATTRIBUTES)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n\f]+")


def read(source: Source) -> Content:
    """Text, tables and title of a page in whatever encoding it says or has.

    Raises:
        DocumentError: MALFORMED or TOO_LARGE (nested deeper than any page is).
    """
    text = charset.decode(source.data, source.locale, _declared(source.data))
    if text is None:
        raise failures.malformed(_WHAT, "is not text in any known encoding")
    return parse(text)


def parse(text: str) -> Content:
    """The page of an HTML text, such as a mail's body."""
    _refuse_hostile(text.encode("utf-8", "replace"))
    tree = LexborHTMLParser(text)
    title = tree.css_first("head > title")
    page = _Page()
    if tree.root is not None:
        page.read(tree.root)
    return Content(
        "html",
        "\n".join(page.lines),
        tuple(page.tables),
        title=title.text().strip() or None if title else None,
    )


def _declared(data: bytes) -> str | None:
    match = _META.search(data[:4096])
    return match[1].decode("ascii", "replace") if match else None


def _refuse_hostile(data: bytes) -> None:
    """Count by the tags alone, in linear time, what Lexbor is quadratic in: nesting and attributes."""
    if _MANY_ATTRIBUTES.search(data):
        raise failures.too_large(_WHAT, f"{_MAX_ATTRIBUTES:,} attributes in an element")
    depth = 0
    for closing, name in _TAG.findall(data):
        if name.lower() not in _UNNESTED:
            depth = max(depth - 1, 0) if closing else depth + 1
            if depth > MAX_DEPTH:
                raise failures.too_large(_WHAT, f"{MAX_DEPTH:,} elements within one another")


@dataclass(slots=True)
class _Flow:
    """Running text: finished lines, and the pieces of the open one."""

    lines: list[str] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    def end_line(self) -> None:
        line = "".join(self.pieces).strip(" ")
        self.pieces.clear()
        if line:
            self.lines.append(line)

    def write(self, text: str) -> None:
        folded = _BLANKS.sub(" ", text)
        if folded.startswith(" ") and (not self.pieces or self.pieces[-1].endswith(" ")):
            folded = folded[1:]
        if folded:
            self.pieces.append(folded)

    def write_verbatim(self, text: str) -> None:
        *finished, last = text.split("\n")
        for line in finished:
            self.pieces.append(line)
            self.end_line()
        self.pieces.append(last)


@dataclass(slots=True)
class _Grid:
    """The table that is being read; with tables in its cells it is there for looks."""

    rows: list[list[list[str]]] = field(default_factory=list)
    holds_tables: bool = False


@dataclass(slots=True)
class _Page:
    """Reads a tree without recursion, since pages nest deeper than Python's stack."""

    tables: list[Table] = field(default_factory=list)
    # The flow that is open now is the last; under it those of the cells around it.
    flows: list[_Flow] = field(default_factory=lambda: [_Flow()])
    grids: list[_Grid] = field(default_factory=list)
    verbatim: int = 0

    @property
    def lines(self) -> list[str]:
        self.flows[0].end_line()
        return self.flows[0].lines

    def read(self, root: LexborNode) -> None:
        for node, enters in _walk(root):
            tag = node.tag or ""
            if tag == "-text":
                self._text(node.text_content or "")
            elif tag in ("table", "tr", "td", "th"):
                self._table_part(node, tag, enters)
            elif tag in _BLOCKS or tag == "br":
                self.flows[-1].end_line()
                self.verbatim += (1 if enters else -1) if tag == "pre" else 0

    def _text(self, text: str) -> None:
        flow = self.flows[-1]
        (flow.write_verbatim if self.verbatim else flow.write)(text)

    def _table_part(self, node: LexborNode, tag: str, enters: bool) -> None:
        if tag == "table":
            self._begin_table() if enters else self._end_table()
        elif tag == "tr":
            if enters and self.grids:
                self.grids[-1].rows.append([])
        elif enters:
            self.flows.append(_Flow())
        else:
            self._end_cell(_span(node))

    def _begin_table(self) -> None:
        self.flows[-1].end_line()
        if self.grids:
            self.grids[-1].holds_tables = True
        self.grids.append(_Grid())

    def _end_cell(self, span: int) -> None:
        flow = self.flows.pop()
        flow.end_line()
        if self.grids and self.grids[-1].rows:
            self.grids[-1].rows[-1].extend([flow.lines, *([] for _ in range(span - 1))])

    def _end_table(self) -> None:
        done = self.grids.pop()
        self.flows[-1].end_line()
        self.flows[-1].lines += grid.lines(done.rows)
        table = None if done.holds_tables else grid.table(done.rows)
        if table:
            self.tables.append(table)


def _walk(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Each node that is shown, as it is entered and, with children, as it is left."""
    open_nodes: list[LexborNode] = []
    node: LexborNode | None = root
    while node is not None or open_nodes:
        if node is None:
            node = open_nodes.pop()
            yield node, False
        elif _is_shown(node):
            yield node, True
            if node.is_element_node:
                open_nodes.append(node)
                node = node.first_child
                continue
        node = node.next if open_nodes else None


def _is_shown(node: LexborNode) -> bool:
    if not node.is_element_node:
        return True
    if node.tag in _UNREAD:
        return False
    attributes = node.attributes
    return "hidden" not in attributes and not _HIDDEN.search(attributes.get("style") or "")


def _span(cell: LexborNode) -> int:
    value = cell.attributes.get("colspan") or ""
    return min(max(int(value), 1), grid.MAX_SPAN) if value.isdecimal() else 1
