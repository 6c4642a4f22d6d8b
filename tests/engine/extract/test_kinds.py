"""The kind of a file is told by what it holds, whatever it is called."""

from __future__ import annotations

import pytest

from flexorchd.engine.model import DocumentError
from flexorchd.engine.steps.extract import extract
from tests.engine.extract import made


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        pytest.param(made.pdf(), "scan.docx", "pdf", id="a PDF called DOCX"),
        pytest.param(b"\r\n\r\n" + made.pdf(), "a.pdf", "pdf", id="a PDF after blank lines"),
        pytest.param(made.docx(made.paragraph("Hello")), "a.xlsx", "docx", id="a DOCX called XLSX"),
        pytest.param(b"<p>Hello <b>there</b>", "a.txt", "html", id="a fragment of HTML"),
        pytest.param(
            b"<!-- x -->\n<!DOCTYPE html><title>t</title>Hi", "a.xml", "html", id="HTML called XML"
        ),
        pytest.param(made.UBL.encode(), "a.pdf", "xml", id="an e-invoice called PDF"),
        pytest.param(made.eml().as_bytes(), "a.txt", "eml", id="a mail called TXT"),
        pytest.param(
            b"From: me\nTo: you\n\nA memo", "a.txt", "txt", id="a memo that begins like a mail"
        ),
        pytest.param(
            b"From: me\nTo: you\n\nA memo", "a.eml", "eml", id="a mail with the least of headers"
        ),
        pytest.param(
            b"a;b;c\n1;2;3\n4;5;6\n", "a.txt", "txt", id="columns that were meant as text"
        ),
        pytest.param(b"<ana> hello\n<bob> hi ana\n", "a.txt", "txt", id="a chat"),
        pytest.param(
            b"<note><to>You</to></note>", "a.txt", "txt", id="any XML that was meant as text"
        ),
        pytest.param(b"Just words.", "a.pdf", "txt", id="words called PDF"),
        pytest.param(
            made.ole(made.msg({0x37: "Hi", 0x1000: "Text"})), "a.doc", "msg", id="an MSG called DOC"
        ),
    ],
)
def test_content_wins_over_the_name(data: bytes, name: str, kind: str) -> None:
    assert extract(data, name).kind == kind


@pytest.mark.parametrize(
    ("data", "name", "seems"),
    [
        (b"a,b,c\n1,2,3\n", "a.csv", "CSV"),
        (b"a;b;c\n1;2;3\n4;5;6\n", "data.xlsx", "CSV"),
        (b'{"a": 1}', "a.pdf", "JSON"),
        (rb"{\rtf1 Hello}", "a.docx", "RTF"),
        (b"<note><to>You</to></note>", "a.xml", "not an e-invoice"),
        (made.archive({"readme.txt": "x"}), "a.docx", "ZIP"),
        (
            made.archive({"mimetype": "application/vnd.oasis.opendocument.text"}),
            "a.docx",
            "OpenDocument",
        ),
        (made.archive({"ppt/presentation.xml": "<p/>"}), "a.docx", "PowerPoint"),
        (made.archive({"xl/workbook.bin": b"x"}), "a.xlsx", "XLSB"),
        (made.ole({"WordDocument": b"x" * 600}), "a.docx", ".doc"),
        (made.ole({"Workbook": b"x" * 600}), "a.xlsx", ".xls"),
        (b"\x1f\x8b\x08" + b"\0" * 20, "a.pdf", "gzip"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 20, "a.jpg", "HEIF"),
    ],
)
def test_other_content_is_named_and_refused(data: bytes, name: str, seems: str) -> None:
    with pytest.raises(DocumentError) as caught:
        extract(data, name)
    assert caught.value.code == "UNSUPPORTED_CONTENT"
    assert seems in caught.value.message
    assert caught.value.remedy


def test_a_protected_office_file_says_so() -> None:
    data = made.ole({"EncryptionInfo": b"x" * 100, "EncryptedPackage": b"x" * 5000})
    with pytest.raises(DocumentError) as caught:
        extract(data, "a.docx")
    assert caught.value.code == "PROTECTED"
