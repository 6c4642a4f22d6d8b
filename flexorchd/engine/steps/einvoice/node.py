"""A view of an XML tree that looks at local names only, and reads values exactly.

Namespaces are ignored on purpose: real e-invoices come with other prefixes, other versions and
broken declarations, and within one document no two elements differ by namespace alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from decimal import Decimal, InvalidOperation

from lxml import etree

from flexorchd.formats.exact import plain

_LARGEST = 64 * 1024 * 1024


class Node:
    """An element. A path is local names joined by ``/``; ``a|b`` in it means either name."""

    __slots__ = ("_element",)

    def __init__(self, element: etree._Element) -> None:
        self._element = element

    @property
    def name(self) -> str:
        """The local name; a prefix that was never declared is dropped too."""
        tag = self._element.tag
        return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""

    def attribute(self, name: str) -> str:
        """The attribute's text, or an empty string."""
        return (self._element.get(name) or "").strip()

    def all(self, path: str) -> Iterator[Node]:
        """The elements at the path, in document order."""
        step, _, rest = path.partition("/")
        names = step.split("|")
        for element in self._element:
            child = Node(element)
            if child.name in names:
                if rest:
                    yield from child.all(rest)
                else:
                    yield child

    def first(self, path: str) -> Node | None:
        """The first element at the path."""
        return next(self.all(path), None)

    def text(self, *paths: str) -> str | None:
        """The first text that is not blank at the first of the paths that has one."""
        for path in paths:
            for node in self.all(path):
                if own := node.own_text():
                    return own
        return None

    def own_text(self) -> str:
        """The element's own text, blanks folded."""
        return " ".join((self._element.text or "").split())

    def own_amount(self) -> Decimal | None:
        """The element's own text as an exact number."""
        return decimal(self.own_text())

    def amount(self, *paths: str) -> Decimal | None:
        """The exact number at the first of the paths that has one."""
        return decimal(self.text(*paths))

    def day(self, *paths: str) -> date | None:
        """The date at the first of the paths that has one."""
        return day(self.text(*paths))


def decimal(text: str | None) -> Decimal | None:
    """The number as XML Schema writes it, never as an approximation; None if it is none."""
    if not text:
        return None
    with suppress(InvalidOperation):
        number = Decimal(text)
        if number.is_finite() and abs(number.adjusted()) < 30:
            return plain(number)
    return None


def day(text: str | None) -> date | None:
    """A date as ``YYYY-MM-DD`` or ``YYYYMMDD``, whatever time or zone follows it."""
    if not text:
        return None
    for head in (text[:10], text[:8]):
        with suppress(ValueError):
            return date.fromisoformat(head)
    return None


def parse(xml: bytes) -> Node | None:
    """The root of the XML, or None where it is no safe, readable XML.

    A document type declaration is refused: no e-invoice has one, and entities are an attack.
    Undeclared prefixes are forgiven on a second try.
    """
    if len(xml) > _LARGEST:
        return None
    for recover in (False, True):
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            # Embedded attachments are text nodes of more than the usual 10 MB.
            huge_tree=True,
            recover=recover,
            remove_comments=True,
            remove_pis=True,
        )
        with suppress(etree.XMLSyntaxError, ValueError):
            root = etree.fromstring(xml, parser)
            if root is not None:
                return None if root.getroottree().docinfo.doctype else Node(root)
    return None
