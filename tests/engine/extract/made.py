"""Documents that these tests make themselves."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence
from email.message import EmailMessage

import pypdfium2 as pdfium
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from tests.engine.extract.ole import Tree, compound

LETTER = (
    "Rechnung Nr. 2026-0815 vom 14.03.2026",
    "Bitte überweisen Sie den Betrag auf das Konto der Muster GmbH.",
    "Die Lieferung erfolgte am 12.03.2026 durch den Spediteur.",
    "Für Ihre Bestellung bedanken wir uns und hoffen auf gute Zusammenarbeit.",
    "Der Gesamtbetrag ist innerhalb von 14 Tagen ohne Abzug zu zahlen.",
)


def pdf(
    lines: Sequence[str] = LETTER, *, password: str | None = None, turn: int = 0, size: int = 11
) -> bytes:
    """A page of A4 with these lines."""
    file = io.BytesIO()
    encryption = (
        StandardEncryption(password, ownerPassword="owner") if password is not None else None
    )
    canvas = Canvas(file, pagesize=A4, invariant=True, encrypt=encryption)
    canvas.setPageRotation(turn)
    canvas.setFont("Helvetica", size)
    for number, line in enumerate(lines):
        canvas.drawString(60, 770 - number * size * 1.5, line)
    canvas.save()
    return file.getvalue()


def pdf_with_files(files: dict[str, bytes]) -> bytes:
    """A PDF with files embedded in it."""
    document = pdfium.PdfDocument(pdf())
    for name, data in files.items():
        document.new_attachment(name).set_data(data)
    file = io.BytesIO()
    document.save(file)
    document.close()
    return file.getvalue()


def picture(lines: Sequence[str] = LETTER, *, dpi: int = 200, turn: int = 0) -> Image.Image:
    """What a scanner would make of a page with these lines, lying on the glass as it may."""
    document = pdfium.PdfDocument(pdf(lines))
    image: Image.Image = document[0].render(scale=dpi / 72, grayscale=True).to_pil().copy()
    document.close()
    return image.rotate(turn, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    """The picture as a file."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def objects_pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, the first of which is the catalogue; for what no library writes."""
    data = b"%PDF-1.7\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return data + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, table, len(objects) + 1, len(data))
    )


def signed_pdf(subfilter: bytes) -> bytes:
    """A PDF with a signature field; the signature itself is empty."""
    text = b"BT /F1 12 Tf 60 700 Td (Signed agreement) Tj ET"
    return objects_pdf(
        b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R] /SigFlags 3 >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /FT /Sig /T (Signature1) /V 7 0 R >>",
        b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /%s /Contents <00> /ByteRange [0 0 0 0] >>"
        % subfilter,
    )


def archive(members: dict[str, str | bytes]) -> bytes:
    """A zip of these members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members.items():
            package.writestr(name, data)
    return file.getvalue()


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
STRICT = 'xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"'


def docx(body: str, parts: dict[str, str | bytes] | None = None, namespace: str = W) -> bytes:
    """A Word document with this body, and further parts by name."""
    extra = ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    return archive(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": f"<w:document {namespace}{extra}><w:body>{body}</w:body></w:document>",
            **(parts or {}),
        }
    )


def paragraph(text: str) -> str:
    """A paragraph of Word's."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def eml(body: str = "Please see below.", **headers: str) -> EmailMessage:
    """A mail, to which parts may be added."""
    message = EmailMessage()
    message["From"] = headers.get("sender", "Ada Lovelace <ada@example.org>")
    message["To"] = headers.get("to", "Charles Babbage <charles@example.org>")
    message["Subject"] = headers.get("subject", "The engine")
    message["Date"] = "Mon, 02 Mar 2026 10:00:00 +0000"
    message.set_content(body)
    return message


def msg(properties: dict[int, str | bytes], children: Tree | None = None, header: int = 32) -> Tree:
    """The streams of an Outlook message: text and bytes by the number of their property."""
    tree: Tree = {"__properties_version1.0": b"\0" * header}
    for number, value in properties.items():
        kind, data = (0x1F, value.encode("utf-16-le")) if isinstance(value, str) else (0x102, value)
        tree[f"__substg1.0_{number:04X}{kind:04X}"] = data
    return tree | (children or {})


def recipient(name: str, address: str, role: int) -> Tree:
    """A recipient's streams: 1 is to, 2 is a copy."""
    tree = msg({0x3001: name, 0x39FE: address}, header=8)
    tree["__properties_version1.0"] = b"\0" * 8 + struct.pack("<IIQ", 0x0C150003, 6, role)
    return tree


def ole(tree: Tree) -> bytes:
    """The compound file of these streams."""
    return compound(tree)


UBL = """<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:ID>R-2026-7</cbc:ID><cbc:IssueDate>2026-03-01</cbc:IssueDate>
<cac:AccountingSupplierParty><cac:Party>
<cac:PartyName><cbc:Name>Müller &amp; Söhne</cbc:Name></cac:PartyName>
<cac:PartyIdentification><cbc:ID schemeID="VKN">1234567890</cbc:ID></cac:PartyIdentification>
</cac:Party></cac:AccountingSupplierParty>
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="EUR">100.00</cbc:LineExtensionAmount>
<cbc:PayableAmount currencyID="EUR">119.00</cbc:PayableAmount></cac:LegalMonetaryTotal>
</Invoice>"""
