"""E-invoices in XML, and signed ones."""

from __future__ import annotations

import base64

import pytest
from asn1crypto import cms, core
from lxml import etree

from flexorchd.engine.model import DocumentError
from flexorchd.engine.steps.extract import extract
from tests.engine.extract import made

CII = (
    '<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"'
    ' xmlns:ram="urn:x:ram" xmlns:udt="urn:x:udt"><rsm:ExchangedDocument><ram:ID>RE-9</ram:ID>'
    "<ram:TypeCode>380</ram:TypeCode><ram:IssueDateTime>"
    '<udt:DateTimeString format="102">20260301</udt:DateTimeString>'
    "</ram:IssueDateTime></rsm:ExchangedDocument></rsm:CrossIndustryInvoice>"
)
FATTURA = (
    '<p:FatturaElettronica versione="FPR12" xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2">'
    "<FatturaElettronicaHeader><CedentePrestatore><DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese>"
    "<IdCodice>01234567890</IdCodice></IdFiscaleIVA><Denominazione>ALPHA SRL</Denominazione></DatiAnagrafici>"
    "</CedentePrestatore></FatturaElettronicaHeader><FatturaElettronicaBody><Allegati><NomeAttachment>terms.pdf"
    "</NomeAttachment><Attachment>SGVsbG8=</Attachment></Allegati></FatturaElettronicaBody></p:FatturaElettronica>"
)


def code_of(data: bytes, name: str = "a.xml") -> str:
    with pytest.raises(DocumentError) as caught:
        extract(data, name)
    return caught.value.code


def test_an_invoice_is_kept_as_xml_and_read_as_labels_and_values() -> None:
    content = extract(made.UBL.encode(), "invoice.xml")
    assert content.kind == "xml"
    assert content.einvoice is not None
    assert etree.fromstring(content.einvoice).tag.endswith("}Invoice")
    lines = content.text.splitlines()
    assert "ID: R-2026-7" in lines
    assert "Accounting Supplier Party" in lines
    assert "Party Name: Müller & Söhne" in lines
    assert "Party Identification VKN: 1234567890" in lines
    assert "Payable Amount: 119.00 EUR" in lines


def test_cii_dates_are_readable() -> None:
    content = extract(CII.encode(), "a.xml")
    assert content.einvoice is not None
    assert "Issue Date Time: 2026-03-01" in content.text.splitlines()


def test_files_within_an_invoice_are_listed_and_are_no_text() -> None:
    content = extract(FATTURA.encode(), "a.xml")
    assert content.einvoice is not None
    assert content.attachments == ("terms.pdf",)
    assert "Denominazione: ALPHA SRL" in content.text
    assert "SGVsbG8" not in content.text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_an_invoice_in_any_encoding_gives_xml_that_parses(encoding: str) -> None:
    data = made.UBL.replace('encoding="UTF-8"', f'encoding="{encoding}"').encode(encoding)
    content = extract(data, "a.xml")
    assert content.einvoice is not None
    assert "Müller & Söhne" in content.text
    assert "Müller" in etree.fromstring(content.einvoice).xpath("string()")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\n\n  " + made.UBL.encode(), id="blanks before the declaration"),
        pytest.param(made.UBL.encode("cp1252"), id="Windows bytes that are declared as UTF-8"),
        pytest.param(made.UBL.replace("-8", "-16").encode(), id="UTF-8 that is declared as UTF-16"),
    ],
)
def test_harmless_mistakes_are_read_past(data: bytes) -> None:
    content = extract(data, "a.xml")
    assert content.einvoice is not None
    assert "Müller & Söhne" in content.text


def test_bad_namespace_names_are_mended() -> None:
    data = FATTURA.replace("docs/xsd", " docs/xsd").encode()
    content = extract(data, "a.xml")
    assert content.einvoice is not None
    assert etree.fromstring(content.einvoice).tag.endswith("}FatturaElettronica")


def test_an_invoice_in_an_envelope_is_found() -> None:
    inner = made.UBL.partition("?>")[2]
    content = extract(
        f'<sh:Envelope xmlns:sh="urn:sbdh"><sh:Header/>{inner}</sh:Envelope>'.encode(), "a.xml"
    )
    assert content.einvoice is not None
    assert etree.fromstring(content.einvoice).tag.endswith("}Invoice")


def test_other_documents_of_the_family_are_text() -> None:
    data = made.UBL.replace("xsd:Invoice-2", "xsd:DespatchAdvice-2").replace(
        "Invoice xm", "DespatchAdvice xm"
    )
    content = extract(data.replace("</Invoice>", "</DespatchAdvice>").encode(), "a.xml")
    assert content.einvoice is None
    assert content.text.startswith("Despatch Advice")


def test_a_signature_within_is_told() -> None:
    signature = (
        '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:Object>'
        '<x:QualifyingProperties xmlns:x="http://uri.etsi.org/01903/v1.3.2#"/></ds:Object>'
        "<ds:SignatureValue>QUJD</ds:SignatureValue></ds:Signature></Invoice>"
    )
    content = extract(made.UBL.replace("</Invoice>", signature).encode(), "a.xml")
    assert content.signatures == ("XAdES",)
    assert "QUJD" not in content.text


def test_a_large_file_within_an_invoice_is_no_obstacle() -> None:
    tag, blob = "cbc:EmbeddedDocumentBinaryObject", "QUJD" * 3_000_000
    big = f"<{tag} filename='big.pdf'>{blob}</{tag}></Invoice>"
    content = extract(made.UBL.replace("</Invoice>", big).encode(), "a.xml")
    assert content.attachments == ("big.pdf",)
    assert len(content.text) < 1000


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(made.UBL[:-60].encode(), id="truncated"),
        pytest.param(made.UBL.replace("?>", f"?>{LAUGHS}", 1).encode(), id="entities"),
        pytest.param(
            made.UBL.replace("R-2026-7", "&secret;").encode(), id="an entity that is not defined"
        ),
        pytest.param(
            made.UBL.replace("?>", '?><!DOCTYPE x [<!ENTITY s SYSTEM "file:///etc/hostname">]>', 1)
            .replace("R-2026-7", "&s;")
            .encode(),
            id="a file from outside",
        ),
        pytest.param(b"<?xml version='1.0'?>" + b"<a>" * 100_000, id="deep"),
    ],
)
def test_damage_and_tricks_are_malformed(data: bytes) -> None:
    assert code_of(data) == "MALFORMED"


def envelope(data: bytes, content_type: str = "signed_data") -> bytes:
    """A CMS envelope; for reading, its signers do not matter."""
    if content_type != "signed_data":
        return bytes(
            cms.ContentInfo({"content_type": "data", "content": core.OctetString(b"x")}).dump()
        )
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [],
            "encap_content_info": {"content_type": "data", "content": data},
            "signer_infos": [],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())


def indefinite(data: bytes) -> bytes:
    """The same in BER, with lengths left open and the content in two pieces."""

    def tag(number: int, body: bytes) -> bytes:
        return bytes([number, 0x80]) + body + b"\0\0"

    half = len(data) // 2
    pieces = b"".join(core.OctetString(piece).dump() for piece in (data[:half], data[half:]))
    data_type = core.ObjectIdentifier("1.2.840.113549.1.7.1").dump()
    signed_type = core.ObjectIdentifier("1.2.840.113549.1.7.2").dump()
    encapsulated = tag(0x30, data_type + tag(0xA0, tag(0x24, pieces)))
    signed = tag(0x30, b"\x02\x01\x01" + b"\x31\x00" + encapsulated + b"\x31\x00")
    return tag(0x30, signed_type + tag(0xA0, signed))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(envelope(FATTURA.encode()), id="DER"),
        pytest.param(indefinite(FATTURA.encode()), id="BER"),
        pytest.param(base64.encodebytes(envelope(FATTURA.encode())), id="base64"),
        pytest.param(
            b"-----BEGIN PKCS7-----\n"
            + base64.encodebytes(envelope(FATTURA.encode()))
            + b"-----END PKCS7-----\n",
            id="PEM",
        ),
        pytest.param(envelope(envelope(FATTURA.encode())), id="signed twice"),
    ],
)
def test_a_signed_invoice_is_unwrapped(data: bytes) -> None:
    content = extract(data, "IT01234567890_1.xml.p7m")
    assert content.kind == "xml"
    assert content.einvoice is not None
    assert content.signatures == ("CAdES",)
    assert "ALPHA SRL" in content.text


def test_a_broken_envelope_is_malformed() -> None:
    assert code_of(envelope(FATTURA.encode())[:200], "a.p7m") == "MALFORMED"
    assert code_of(envelope(b"", "other"), "a.p7m") == "MALFORMED"


def test_envelopes_in_envelopes_end() -> None:
    data = FATTURA.encode()
    for _ in range(20):
        data = envelope(data)
    assert code_of(data, "a.p7m") == "TOO_LARGE"
