"""Word documents and Excel workbooks."""

from __future__ import annotations

import datetime as dt
import io

import docx as python_docx
import pytest
import xlsxwriter

from flexorchd.engine.model import DocumentError
from flexorchd.engine.steps.extract import extract
from tests.engine.extract import made
from tests.engine.extract.made import W, paragraph


def word(body: str, parts: dict[str, str | bytes] | None = None, namespace: str = W) -> str:
    return extract(made.docx(body, parts, namespace), "a.docx").text


def test_a_document_of_another_program_is_read() -> None:
    document = python_docx.Document()
    document.core_properties.title = "Minutes"
    document.sections[0].header.paragraphs[0].text = "Header line"
    document.sections[0].footer.paragraphs[0].text = "Footer line"
    document.add_heading("Agenda", 1)
    document.add_paragraph("First point\twith a tab")
    table = document.add_table(rows=2, cols=2)
    for number, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = f"cell {number}"
    file = io.BytesIO()
    document.save(file)
    content = extract(file.getvalue(), "minutes.docx")
    assert content.kind == "docx"
    assert content.title == "Minutes"
    assert content.tables[0].rows == (("cell 0", "cell 1"), ("cell 2", "cell 3"))
    assert [line for line in content.text.splitlines() if line] == [
        "Header line",
        "Agenda",
        "First point\twith a tab",
        "cell 0\tcell 1",
        "cell 2\tcell 3",
        "Footer line",
    ]


def test_notes_and_comments_are_read_and_separators_are_not() -> None:
    def notes(kind: str) -> str:
        separator = f'<w:{kind} w:type="separator" w:id="0">{paragraph("---")}</w:{kind}>'
        return f"<w:{kind}s {W}>{separator}<w:{kind} w:id='2'>{paragraph(f'A {kind}')}</w:{kind}></w:{kind}s>"

    parts: dict[str, str | bytes] = {
        f"word/{kind}s.xml": notes(kind) for kind in ("footnote", "endnote", "comment")
    }
    assert word(paragraph("Body"), parts).splitlines() == [
        "Body",
        "A footnote",
        "A endnote",
        "A comment",
    ]


def test_deleted_revisions_are_no_text_and_inserted_ones_are() -> None:
    body = (
        "<w:p><w:del><w:r><w:delText>old</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>new</w:t></w:r></w:ins><w:r><w:t> price</w:t></w:r></w:p>"
        f"<w:moveFrom>{paragraph('moved away')}</w:moveFrom>"
        "<w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>7</w:t></w:r></w:p>"
    )
    assert word(body) == "new price\n7"


def test_a_text_box_is_read_once_though_the_file_has_it_twice() -> None:
    box = f"<w:txbxContent>{paragraph('In the box')}</w:txbxContent>"
    body = (
        "<w:p><w:r><w:t>Before</w:t><mc:AlternateContent>"
        f'<mc:Choice Requires="wps">{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>'
        "</mc:AlternateContent></w:r></w:p>" + paragraph("After")
    )
    assert word(body) == "Before\nIn the box\nAfter"


def test_strict_documents_and_parts_with_a_mark_are_read() -> None:
    assert word(paragraph("Strict"), namespace=made.STRICT) == "Strict"
    marked = f"\ufeff<w:document {W}><w:body>{paragraph('Marked')}</w:body></w:document>"
    assert word("", {"word/document.xml": marked}) == "Marked"


def test_the_main_part_is_where_the_package_says() -> None:
    parts: dict[str, str | bytes] = {
        "_rels/.rels": '<R><Relationship Type="http://x/officeDocument" Target="word/d2.xml"/></R>',
        "word/d2.xml": f"<w:document {W}><w:body>{paragraph('The other part')}</w:body></w:document>",
    }
    assert word("", parts) == "The other part"


def cell(text: str, span: int = 1) -> str:
    return f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr>{paragraph(text)}</w:tc>'


def test_wide_cells_keep_later_cells_in_their_columns() -> None:
    rows = f"<w:tr>{cell('a', 2)}{cell('b')}</w:tr><w:tr>{cell('1')}{cell('2')}{cell('3')}</w:tr>"
    content = extract(made.docx(f"<w:tbl>{rows}</w:tbl>"), "a.docx")
    assert content.tables[0].rows == (("a", "", "b"), ("1", "2", "3"))


def test_cells_of_several_lines_go_down_side_by_side() -> None:
    left = f"<w:tc>{paragraph('Muster GmbH')}{paragraph('Weg 1')}</w:tc>"
    right = f"<w:tc>{paragraph('Nr. 7')}{paragraph('1.3.2026')}</w:tc>"
    assert (
        word(f"<w:tbl><w:tr>{left}{right}</w:tr></w:tbl>") == "Muster GmbH\tNr. 7\nWeg 1\t1.3.2026"
    )


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(made.docx(""), "EMPTY_DOCUMENT", id="empty"),
        pytest.param(made.archive({"word/other.xml": "<x/>"}), "MALFORMED", id="no main part"),
        pytest.param(made.docx("<w:p>"), "MALFORMED", id="broken XML"),
        pytest.param(made.docx(paragraph("x"))[:-40], "MALFORMED", id="truncated"),
        pytest.param(made.docx(paragraph("A" * 3_000_000)), "TOO_LARGE", id="zip bomb"),
        pytest.param(made.docx("<w:sdt>" * 3000), "MALFORMED", id="deeply nested"),
        pytest.param(
            made.docx("", {"word/document.xml": '<!DOCTYPE d [<!ENTITY a "b">]><d>&a;</d>'}),
            "MALFORMED",
            id="entities",
        ),
    ],
)
def test_what_is_no_document_says_why(data: bytes, code: str) -> None:
    with pytest.raises(DocumentError) as caught:
        extract(data, "a.docx")
    assert caught.value.code == code


def workbook(*sheets: tuple[str, list[list[object]]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        date = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    if isinstance(value, dt.date):
                        sheet.write_datetime(
                            r, c, value, moment if isinstance(value, dt.datetime) else date
                        )
                    elif value is not None:
                        sheet.write(r, c, value)
    return file.getvalue()


def test_values_are_written_as_a_person_would() -> None:
    data = workbook(
        (
            "Values",
            [
                ["int", 3, 1200300],
                ["float", 0.1, 1234.5, 1 / 3],
                ["small", 0.00012, 0.1 + 0.2],
                ["date", dt.date(2026, 3, 1), dt.datetime(2026, 3, 1, 14, 30)],
                ["bool", True, False],
                ["gap", None, "end"],
                [],
                ["lines\nin a cell"],
            ],
        ),
        ("Empty", []),
        ("Second", [["x"]]),
    )
    content = extract(data, "a.xlsx")
    assert content.kind == "xlsx"
    assert content.page_count == 3
    assert [table.name for table in content.tables] == ["Values", "Second"]
    assert content.tables[0].rows == (
        ("int", "3", "1200300"),
        ("float", "0.1", "1234.5", "0.333333333333333"),
        ("small", "0.00012", "0.3"),
        ("date", "2026-03-01", "2026-03-01 14:30:00"),
        ("bool", "TRUE", "FALSE"),
        ("gap", "", "end"),
        ("lines in a cell",),
    )
    assert "float\t0.1\t1234.5\t0.333333333333333" in content.text.splitlines()
    assert content.text.splitlines()[0] == "Values"


def sheet_xml(cells: str) -> bytes:
    plain = workbook(("S", [["x"]]))
    import zipfile

    members: dict[str, str | bytes] = {}
    with zipfile.ZipFile(io.BytesIO(plain)) as package:
        for name in package.namelist():
            members[name] = package.read(name)
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    members["xl/worksheets/sheet1.xml"] = (
        f'<worksheet xmlns="{namespace}"><sheetData>{cells}</sheetData></worksheet>'
    )
    return made.archive(members)


def numbered(*places: str) -> str:
    return "".join(f'<row><c r="{place}"><v>1</v></c></row>' for place in places)


FAR = "XFD1048576"


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param(numbered("A1", FAR), id="as written by Excel"),
        pytest.param(numbered("A1", FAR).replace('"', "'"), id="in other quotes"),
        pytest.param(numbered("a1", FAR.lower()), id="in small letters"),
        pytest.param(numbered("A1", FAR).replace("r=", "r = "), id="with blanks"),
        pytest.param(
            numbered("A1", FAR).replace("<c ", '<c t="n" note="&gt; >" '), id="behind a sign"
        ),
        pytest.param(
            numbered("A1", "XFD1") + '<row r="1048576"><c><v>1</v></c></row>', id="implied"
        ),
    ],
)
def test_two_cells_at_the_ends_of_a_sheet_are_refused_before_room_is_made(cells: str) -> None:
    with pytest.raises(DocumentError) as caught:
        extract(sheet_xml(cells), "a.xlsx")
    assert caught.value.code == "TOO_LARGE"


def test_far_cells_that_are_near_each_other_are_read() -> None:
    assert extract(sheet_xml(numbered("XFC1048575", "XFD1048576")), "a.xlsx").text.split() == [
        "S",
        "1",
        "1",
    ]


def test_empty_cells_with_a_format_make_no_sheet_large() -> None:
    styled = '<row><c r="A1"><v>1</v></c><c r="XFD1048576" s="0"/></row>'
    assert extract(sheet_xml(styled), "a.xlsx").text.split() == ["S", "1"]


@pytest.mark.parametrize(
    "cells",
    ["<row><c", '<row r="0"><c r="A0"><v>1</v></c></row>', "<row><c r='A1'><v>x</v></c></row>"],
)
def test_a_damaged_sheet_ends_in_content_or_an_error_of_ours(cells: str) -> None:
    try:
        extract(sheet_xml(cells), "a.xlsx")
    except DocumentError as error:
        code = error.code
    else:
        code = "READ"
    assert code in ("MALFORMED", "EMPTY_DOCUMENT", "TOO_LARGE", "READ")
