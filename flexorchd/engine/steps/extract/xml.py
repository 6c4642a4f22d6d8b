"""XML e-invoices, and their text for those who search, mask and read datasets.

UBL (Peppol, XRechnung, GİB TR) in whatever envelope, UN/CEFACT CII and ZUGFeRD 1, FatturaPA.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape

from lxml import etree

from flexorchd.engine.model import Content, DocumentError
from flexorchd.engine.steps.extract import charset, failures, markup
from flexorchd.engine.steps.extract.markup import attribute, local
from flexorchd.engine.steps.extract.source import Source

_WHAT = "XML file"
_INVOICE = re.compile(
    r"\{urn:oasis:names:specification:ubl:schema:xsd:(?:Invoice|CreditNote)-2\}(?:Invoice|CreditNote)"
    r"|\{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:\d+\}CrossIndustryInvoice"
    r"|\{urn:ferd:CrossIndustryDocument:invoice:\w+\}CrossIndustryDocument"
    r"|(?:\{[^}]*(?:fatturapa|agenziaentrate)[^}]*\})?FatturaElettronica(?:Semplificata)?"
)
# Despatch advices, orders and the like: read as text, with the rules for paper.
_RELATED = re.compile(
    r"\{urn:oasis:names:specification:ubl:schema:xsd:\w+-2\}\w+"
    r"|\{urn:un:unece:uncefact:data:(?:standard:)?SCRDMCCBD\w+:\d+\}\w+"
)
_XADES = "{http://uri.etsi.org/01903/"
_DSIG = "{http://www.w3.org/2000/09/xmldsig#}"
# Files within the file.
_OPAQUE = frozenset(
    {"EmbeddedDocumentBinaryObject", "AttachmentBinaryObject", "Attachment", "XMLFile"}
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_BAD_IN_URI = re.compile(r'[\s"<>\\^`{|}]')
_MAX_BAD_URIS = 20
_HUGE = 10_000_000


def read(source: Source) -> Content:
    """An e-invoice, as its XML and as lines of label and value.

    Raises:
        DocumentError: UNSUPPORTED_CONTENT for any other XML, MALFORMED.
    """
    root = _root(source.data)
    documents = _documents(root)
    if not documents:
        raise failures.unsupported(
            "XML, but not an e-invoice", "Send UBL, CII or FatturaPA, or save it as PDF or TXT."
        )
    first, *others = documents
    return Content(
        kind="xml",
        text="\n".join(line for document in documents for line in _lines(document)),
        einvoice=_serialized(first) if _is_invoice(first) else None,
        attachments=tuple(_attachments(root)),
        signatures=("XAdES",) if any(str(e.tag).startswith(_XADES) for e in root.iter()) else (),
        warnings=(f"The file holds {len(documents)} invoices; the fields are those of the first.",)
        if others
        else (),
    )


def invoice_in(data: bytes) -> bytes | None:
    """The e-invoice that an attached file is, if it is one."""
    try:
        documents = _documents(_root(data))
    except DocumentError:
        return None
    return _serialized(documents[0]) if documents and _is_invoice(documents[0]) else None


def _root(data: bytes) -> etree._Element:
    """The root of the file, read a second time past the mistakes that are known and harmless."""
    stripped = data.lstrip(b" \t\r\n")
    huge = len(data) > _HUGE and b"<!DOCTYPE" not in data and b"\0" not in data
    try:
        return markup.parse(stripped, _WHAT, huge=huge)
    except DocumentError:
        text = charset.decode(stripped)
        if text is None or "<!DOCTYPE" in text:
            raise
        plain = _DECLARATION.sub("", text, count=1).strip().encode("utf-8", "replace")
        return markup.parse_with_bad_namespaces(plain, _WHAT, huge=huge)


def _documents(root: etree._Element) -> list[etree._Element]:
    """The root, or the invoices in the envelope that it is."""
    if _is_invoice(root):
        return [root]
    found = [element for element in root.iter() if _is_invoice(element)]
    return found or ([root] if _RELATED.fullmatch(str(root.tag)) else [])


def _is_invoice(element: etree._Element) -> bool:
    return _INVOICE.fullmatch(str(element.tag)) is not None


def _serialized(document: etree._Element) -> bytes:
    """The document alone, as XML that any parser takes."""
    data = etree.tostring(document, encoding="utf-8", with_tail=False)
    bad = {
        uri
        for element in document.iter()
        for uri in element.nsmap.values()
        if _BAD_IN_URI.search(uri)
    }
    if len(bad) > _MAX_BAD_URIS:
        raise failures.malformed(_WHAT)
    for uri in bad:
        data = data.replace(_quoted(uri), _quoted(_BAD_IN_URI.sub("", uri)))
    return data


def _quoted(uri: str) -> bytes:
    return escape(uri, {'"': "&quot;"}).encode()


def _attachments(root: etree._Element) -> Iterator[str]:
    for element in root.iter():
        if local(element) in _OPAQUE and attribute(element, "filename"):
            yield str(attribute(element, "filename"))
        elif local(element) == "NomeAttachment" and element.text:
            yield element.text


def _lines(element: etree._Element) -> Iterator[str]:
    """A leaf as ``Label: value``, a group as its label on a line and then its members.

    Wrappers around a single member give it their label, since that is the telling one
    (``PayeeFinancialAccount/ID``).
    """
    inner, members = element, _members(element)
    while len(members) == 1:
        inner, members = members[0], _members(members[0])
    if members:
        yield _label(element)
        for member in members:
            yield from _lines(member)
    elif value := _value(inner):
        scheme = attribute(inner, "schemeID") or ""
        yield f"{_label(element)}{f' {scheme}' if scheme.isalpha() else ''}: {value}"


def _members(element: etree._Element) -> list[etree._Element]:
    return [
        child
        for child in element
        if markup.is_element(child)
        and local(child) not in _OPAQUE
        and not str(child.tag).startswith(_DSIG)
    ]


def _label(element: etree._Element) -> str:
    return _CAMEL.sub(" ", local(element))


def _value(element: etree._Element) -> str:
    text = " ".join((element.text or "").split())
    if element.get("format") == "102" and len(text) == 8:
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    currency = element.get("currencyID")
    return f"{text} {currency}" if text and currency else text
