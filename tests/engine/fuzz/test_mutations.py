"""Whatever is done to a file, reading it ends in content or in the one error that a document can cause."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.extract import made, test_mail, test_office, test_xml

SEEDS = 60


def mail() -> bytes:
    message = made.eml("Plain words.")
    message.add_alternative("<table><tr><td>a<td>b</table>", subtype="html")
    message.add_attachment(made.pdf(), maintype="application", subtype="pdf", filename="Brief.pdf")
    return message.as_bytes()


def word() -> bytes:
    table = f"<w:tbl><w:tr>{test_office.cell('a', 2)}{test_office.cell('b')}</w:tr></w:tbl>"
    return made.docx(
        made.paragraph("Words") + table, {"word/footnotes.xml": f"<w:footnotes {made.W}/>"}
    )


FILES = {
    "text.pdf": made.pdf(),
    "invoice.pdf": made.pdf_with_files({"factur-x.xml": made.UBL.encode()}),
    "signed.pdf": made.signed_pdf(b"ETSI.CAdES.detached"),
    "letter.docx": word(),
    "book.xlsx": test_office.workbook(("One", [["a", 1.5], [None, "b"]]), ("Two", [["c"]])),
    "page.html": b"<html><head><meta charset=utf-8><title>t</title><body><table><tr><td>a<td>b</table><p>c",
    "mail.eml": mail(),
    "mail.msg": test_mail.outlook(),
    "letter.txt": "Größe und Maße, 5 € – “gut”".encode("cp1252"),
    "invoice.xml": made.UBL.encode(),
    "invoice.xml.p7m": test_xml.envelope(test_xml.FATTURA.encode()),
    "picture.png": made.saved(made.picture(["A few words"], dpi=40).crop((0, 0, 200, 60)), "PNG"),
    "picture.jpg": made.saved(made.picture(["A few words"], dpi=40).crop((0, 0, 200, 60)), "JPEG"),
    "fax.tif": made.saved(
        made.picture(["A few words"], dpi=40).convert("1"), "TIFF", compression="group4"
    ),
}


def copies_of(name: str) -> int:
    """How many damaged copies of a file are tried; pictures are slow to read."""
    return SEEDS // 4 if name.endswith((".png", ".jpg", ".tif")) else SEEDS


def damaged_copies() -> int:
    """How many are tried in all."""
    return sum(copies_of(name) for name in FILES)


@pytest.mark.parametrize("name", FILES)
def test_damage_ends_in_content_or_the_one_error(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(FILES[name])
    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.engine.fuzz.trial",
            str(path),
            name,
            "0",
            str(copies_of(name)),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert ended.stdout == ""
