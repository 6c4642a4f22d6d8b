"""XML from strangers: no network, no entities, no document type definitions."""

from __future__ import annotations

from typing import TypeGuard

from lxml import etree

from flexorchd.engine.steps.extract import failures


def parse(data: bytes, what: str, *, huge: bool = False) -> etree._Element:
    """The root element.

    Args:
        data: XML in any encoding that it declares.
        what: a noun for error messages.
        huge: allow texts over 10 MB, which files embedded in invoices reach.

    Raises:
        DocumentError: MALFORMED.
    """
    return _parse(data, what, _parser(huge=huge))


def parse_with_bad_namespaces(data: bytes, what: str, *, huge: bool = False) -> etree._Element:
    """As `parse`, past namespace names that are no URIs, which invoices in use have.

    Raises:
        DocumentError: MALFORMED, where there is any other mistake.
    """
    parser = _parser(huge=huge, recover=True)
    root = _parse(data, what, parser)
    if any(error.domain != etree.ErrorDomains.NAMESPACE for error in parser.error_log):
        raise failures.malformed(what)
    return root


def _parser(*, huge: bool, recover: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=huge,
        recover=recover,
        remove_comments=True,
        remove_pis=True,
    )


def _parse(data: bytes, what: str, parser: etree.XMLParser) -> etree._Element:
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise failures.malformed(what) from error
    if root is None:
        raise failures.malformed(what)
    if root.getroottree().docinfo.doctype:
        raise failures.malformed(what, "has a document type definition, which is refused")
    return root


def local(element: etree._Element) -> str:
    """An element's name without its namespace, so that strict and transitional dialects are one."""
    return etree.QName(element).localname if is_element(element) else ""


def is_element(node: etree._Element) -> TypeGuard[etree._Element]:
    """Whether a node is an element, and no entity reference or the like."""
    return isinstance(node.tag, str)


def attribute(element: etree._Element, name: str) -> str | None:
    """An attribute by its local name, whatever its namespace."""
    return next(
        (str(v) for k, v in element.attrib.items() if str(k).rpartition("}")[2] == name), None
    )
