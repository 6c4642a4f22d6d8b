"""Every format is read back by a reader that knows nothing of how it was written."""

import csv
import io
import itertools
import json
import os
import random
import subprocess
import sys
import zipfile
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from flexorchd import formats

ROWS = [
    {
        "job_id": 7,
        "document_type": "invoice",
        "language": "de",
        "quality_grade": "A",
        "quality_score": 91.5,
        "pii_masked": True,
        "vendor": "Müller & Söhne | <GmbH>",
        "total_amount": Decimal("1487.50"),
        "line_items": [
            {"description": "Bolt", "quantity": 2, "total": Decimal("0.10")},
            {"description": "Nut | washer", "unit_price": Decimal("12.345")},
        ],
    },
    {
        "job_id": 8,
        "document_type": "general",
        "language": "en",
        "quality_grade": "C",
        "quality_score": 50.0,
        "pii_masked": False,
        "document_date": date(2026, 3, 1),
        "total_amount": Decimal(-12),
        "parties": ["Ann", "Bob"],
        "text": "First paragraph.\n\n# Not a heading of ours\n",
    },
]


def written(format: str, rows, **options) -> bytes:
    target = io.BytesIO()
    formats.write(format, rows, target, **options)
    return target.getvalue()


def table(parquet: bytes) -> pa.Table:
    return pq.read_table(io.BytesIO(parquet))


def sheet(xlsx: bytes) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(xlsx)).get_sheet_by_index(0).to_python()


@pytest.mark.parametrize("format", formats.FORMATS)
def test_the_number_of_rows_is_returned_and_an_empty_dataset_is_a_valid_file(format):
    assert formats.write(format, ROWS, io.BytesIO()) == 2
    assert formats.write(format, [], io.BytesIO()) == 0
    assert written(format, []) or format == "jsonl"


@pytest.mark.parametrize("format", formats.FORMATS)
def test_the_stream_is_what_write_writes(format):
    if format != "xlsx":  # a workbook carries the time at which it was made
        assert b"".join(formats.stream(format, ROWS)) == written(format, ROWS)


@pytest.mark.parametrize("format", formats.FORMATS)
def test_an_iterator_is_refused_before_anything_is_lost(format):
    with pytest.raises(TypeError, match="list"):
        formats.stream(format, iter(ROWS))


def test_names_and_aliases():
    assert formats.find("MD") is formats.FORMATS["markdown"]
    names = ["json", "jsonl", "csv", "parquet", "markdown", "arrow", "xml", "xlsx", "rag", "hf"]
    assert list(formats.FORMATS) == names
    with pytest.raises(formats.UnknownFormatError, match="jsonl"):
        formats.find("pdf")


def test_a_missing_library_is_named_with_the_line_to_type(monkeypatch):
    monkeypatch.setitem(sys.modules, "flexorchd.formats.columnar", None)
    with pytest.raises(formats.MissingExtraError, match=r"flexorchd\[engine\]"):
        formats.stream("parquet", ROWS)


def test_only_the_formats_that_need_it_import_pyarrow():
    code = (
        "import io, sys; from flexorchd import formats\n"
        "for name in 'json jsonl csv markdown xml rag'.split(): "
        "formats.write(name, [{'a': 1}], io.BytesIO())\n"
        "assert not {'pyarrow', 'xlsxwriter', 'lxml'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ)


def test_jsonl_is_one_record_a_line_with_exact_amounts():
    lines = written("jsonl", ROWS).splitlines()
    assert [json.loads(line)["job_id"] for line in lines] == [7, 8]
    assert b'"total_amount":1487.50' in lines[0]
    assert json.loads(lines[0], parse_float=Decimal)["line_items"][0]["total"] == Decimal("0.10")


def test_json_is_an_array():
    assert [row["job_id"] for row in json.loads(written("json", ROWS))] == [7, 8]
    assert json.loads(written("json", [])) == []


@pytest.mark.parametrize("format", ["jsonl", "csv", "parquet", "xlsx"])
def test_chosen_columns_are_written_in_their_order(format):
    raw = written(format, ROWS, columns=["total_amount", "job_id", "nowhere"])
    names = {
        "jsonl": lambda: [*json.loads(raw.splitlines()[0]), "nowhere"],
        "csv": lambda: raw.decode().splitlines()[0].split(","),
        "parquet": lambda: table(raw).column_names,
        "xlsx": lambda: sheet(raw)[0],
    }
    assert names[format]() == ["total_amount", "job_id", "nowhere"]


class TestCsv:
    def test_columns_are_the_union_in_order_of_first_appearance(self):
        header, first, _ = csv.reader(io.StringIO(written("csv", ROWS).decode(), newline=""))
        assert header[-3:] == ["document_date", "parties", "text"]
        assert first[header.index("document_date")] == ""

    def test_values_are_readable_and_nested_ones_are_json(self):
        rows = list(csv.DictReader(io.StringIO(written("csv", ROWS).decode(), newline="")))
        assert rows[0]["total_amount"] == "1487.50"
        assert rows[1]["total_amount"] == "-12"
        assert rows[1]["document_date"] == "2026-03-01"
        assert rows[0]["pii_masked"] == "true"
        assert json.loads(rows[0]["line_items"])[1]["description"] == "Nut | washer"
        assert rows[1]["text"] == ROWS[1]["text"]

    @pytest.mark.parametrize(
        "value",
        ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1+1", "\x00=1", "＝1+1", "\n=1"],
    )
    def test_a_formula_is_defused_in_cells_and_headers(self, value):
        header, row = csv.reader(io.StringIO(written("csv", [{value: value}]).decode(), newline=""))
        assert header[0].startswith("'")
        assert row[0].startswith("'")

    @pytest.mark.parametrize("value", ["-12.50", "+3", "-1.234,56", "a=b", "12-3"])
    def test_plain_numbers_and_plain_text_stay(self, value):
        assert (
            written("csv", [{"v": value}, {"v": "x"}]).decode().splitlines()[1].strip('"') == value
        )

    @given(st.lists(st.dictionaries(st.sampled_from("abc"), st.text(), min_size=1), min_size=1))
    def test_any_text_survives_but_for_control_characters_and_the_apostrophe(self, rows):
        raw = written("csv", rows).decode()
        back = list(csv.DictReader(io.StringIO(raw, newline="")))
        for row, read in zip(rows, back, strict=True):
            for name, value in row.items():
                assert (
                    read[name].removeprefix("'").split() == _spaced(value).removeprefix("'").split()
                )


def _spaced(text: str) -> str:
    return "".join(
        " " if (char < " " and char not in "\t\n\r") or char in "\ufffe\uffff" else char
        for char in text
    )


class TestXml:
    def test_values_stand_in_elements_named_as_the_columns(self):
        root = ElementTree.fromstring(written("xml", ROWS, name="Q1 <x>"))
        assert root.get("name") == "Q1 <x>"
        first, second = root
        assert first.findtext("vendor") == "Müller & Söhne | <GmbH>"
        assert first.findtext("line_items/item[2]/unit_price") == "12.345"
        assert [item.text for item in second.find("parties")] == ["Ann", "Bob"]

    @given(st.dictionaries(st.text(), st.text(), min_size=1))
    def test_whatever_the_names_and_texts_the_document_is_well_formed(self, row):
        (record,) = ElementTree.fromstring(written("xml", [row]))
        assert [(element.text or "").split() for element in record] == [
            _spaced(value).split() for value in row.values()
        ]


class TestXlsx:
    def test_numbers_truth_and_text(self):
        header, first, second = sheet(written("xlsx", ROWS))
        assert dict(zip(header, first, strict=True))["total_amount"] == 1487.5
        assert dict(zip(header, first, strict=True))["pii_masked"] is True
        assert dict(zip(header, second, strict=True))["total_amount"] == -12

    def test_nothing_becomes_a_formula_or_a_link(self):
        raw = written("xlsx", [{"=a()": "=1+1", "b": "https://example.org", "c": "{=1}"}])
        assert sheet(raw)[1] == ["=1+1", "https://example.org", "{=1}"]
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            markup = archive.read("xl/worksheets/sheet1.xml")
        assert b"<f>" not in markup
        assert b"hyperlink" not in markup

    def test_a_number_that_excel_would_round_is_text(self):
        values = [12345678901234567, Decimal("1234567890123456.78"), Decimal("999999999999.99")]
        row = sheet(written("xlsx", [{str(value): value for value in values}]))[1]
        assert row == ["12345678901234567", "1234567890123456.78", 999999999999.99]

    @pytest.mark.parametrize("text", ["<r>x</r>", "<r></broken></r>", "a\x00\x1fb", "_x0041_"])
    def test_text_never_becomes_markup_of_the_sheet(self, text):
        assert sheet(written("xlsx", [{"a": text}]))[1][0].rstrip() == _spaced(text)

    def test_text_longer_than_a_cell_is_cut_where_it_can_be_seen(self):
        (cell,) = sheet(written("xlsx", [{"a": "😀" * 20_000}]))[1]
        assert len(cell.encode("utf-16-le")) <= 2 * 32_767
        assert cell.endswith("😀…")

    def test_more_columns_than_a_sheet_has_are_refused(self):
        with pytest.raises(ValueError, match="16384"):
            written("xlsx", [{str(number): number for number in range(16_385)}])


class TestColumnar:
    def test_parquet_and_arrow_hold_the_same(self):
        arrow = pa.ipc.open_file(io.BytesIO(written("arrow", ROWS))).read_all()
        assert arrow.equals(table(written("parquet", ROWS)))
        assert arrow.column("total_amount").to_pylist() == [Decimal("1487.50"), Decimal("-12.00")]
        assert arrow.column("line_items").to_pylist()[0][1] == {
            "description": "Nut | washer",
            "quantity": None,
            "total": None,
            "unit_price": Decimal("12.345"),
        }
        assert arrow.column("document_date").to_pylist() == [None, "2026-03-01"]
        assert arrow.schema.field("quality_score").type == pa.float64()
        assert arrow.schema.field("job_id").type == pa.int64()

    @pytest.mark.parametrize(
        ("values", "stored"),
        [
            ([1, "a", None], ["1", "a", None]),
            ([1, True], ["1", "true"]),
            ([Decimal("1.10"), "n/a"], ["1.10", "n/a"]),
            ([[1], "a"], ["[1]", "a"]),
            ([{"a": 1}, [1]], ['{"a":1}', "[1]"]),
            ([{}, {}], ["{}", "{}"]),
            ([2**70, 1], [Decimal(2**70), Decimal(1)]),
            ([Decimal("1e-30"), 10**20], ["0.000000000000000000000000000001", "1" + "0" * 20]),
            ([1, Decimal("0.5")], [Decimal("1.0"), Decimal("0.5")]),
            ([1, 0.5], [1.0, 0.5]),
            ([0.1, Decimal("0.1")], ["0.1", "0.1"]),
            ([[], [1, "a"]], [[], ["1", "a"]]),
            ([None, None], [None, None]),
            ([[], None], [[], None]),
            ([[{"a": 1}, None], [{"b": [Decimal(1)]}]], None),
        ],
    )
    def test_a_column_takes_the_narrowest_type_that_loses_nothing(self, values, stored):
        rows = [{"v": value, "row": number} for number, value in enumerate(values)]
        read = table(written("parquet", rows)).column("v").to_pylist()
        expected = stored or [
            [{"a": 1, "b": None}, None],
            [{"a": None, "b": [Decimal(1)]}],
        ]
        assert read == expected

    def test_mappings_with_data_for_names_do_not_become_a_hundred_columns(self):
        rows = [{"deductions": {f"name {number}": number}} for number in range(500)]
        read = table(written("parquet", rows)).column("deductions").to_pylist()
        assert json.loads(read[499]) == {"name 499": 499}

    json_values = st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.decimals(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        ),
        max_leaves=8,
    )

    @settings(max_examples=150, deadline=None)
    @given(st.lists(st.dictionaries(st.sampled_from("ab"), json_values), max_size=4))
    def test_any_json_can_be_stored_and_scalars_keep_their_value(self, rows):
        read = table(written("parquet", rows)) if any(rows) else pa.table({})
        for name in read.column_names:
            for row, value in zip(rows, read.column(name).to_pylist(), strict=True):
                given_value = row.get(name)
                if isinstance(given_value, str):
                    assert value == given_value
                if isinstance(value, Decimal):
                    assert value == given_value


class TestHuggingFace:
    def test_the_folder_is_what_load_from_disk_expects(self):
        with zipfile.ZipFile(io.BytesIO(written("hf", ROWS, name="q1"))) as archive:
            state = json.loads(archive.read("state.json"))
            info = json.loads(archive.read("dataset_info.json"))
            (data,) = (archive.read(entry["filename"]) for entry in state["_data_files"])
        assert pa.ipc.open_stream(data).read_all().equals(table(written("parquet", ROWS)))
        assert set(state) == {
            "_data_files",
            "_fingerprint",
            "_format_columns",
            "_format_kwargs",
            "_format_type",
            "_output_all_columns",
            "_split",
        }
        assert info["features"]["total_amount"] == {
            "dtype": "decimal128(38, 2)",
            "_type": "Value",
        }
        assert info["features"]["quality_score"]["dtype"] == "float64"
        assert info["features"]["parties"] == [{"dtype": "string", "_type": "Value"}]
        assert info["features"]["line_items"][0]["quantity"]["dtype"] == "int64"

    def test_equal_datasets_are_equal_files(self):
        assert written("hf", ROWS) == written("hf", ROWS)
        assert written("hf", ROWS) != written("hf", ROWS[:1])


class TestMarkdown:
    def test_a_record_is_a_section_with_its_lines_as_a_table(self):
        text = written("markdown", ROWS, name="q1").decode()
        assert text.startswith("# q1\n")
        assert "\n## Record 1\n" in text
        assert "- **total_amount**: 1487.50\n" in text
        assert "| Nut \\| washer |  |  | 12.345 |\n" in text
        assert "- **parties**: Ann; Bob\n" in text

    def test_the_text_of_a_document_adds_no_heading_html_or_link(self):
        evil = "one\n# two\n<script>x</script> [a](javascript:b) ` *"
        text = written("markdown", [{"text": evil, "a": "<b> | [x](y)\n"}]).decode()
        assert [line for line in text.splitlines() if line.startswith("#")] == [
            "# dataset",
            "## Record 1",
            "### text",
        ]
        assert "<script" not in text
        assert "](" not in text.replace("\\](", "")


class TestRag:
    def test_chunks_carry_what_a_retriever_filters_by(self):
        fields, _, text = json.loads(written("rag", ROWS, name="q1"))
        assert [fields["chunk_id"], text["chunk_id"]] == ["q1-7-0", "q1-8-1"]
        assert fields["chunk_index"] == 0
        assert "vendor: Müller" in fields["text"]
        assert "- description: Bolt, quantity: 2, total: 0.10" in fields["text"]
        assert "quality_grade" not in fields["text"]
        assert fields["token_count"] > len(fields["text"].split())
        assert fields["metadata"] == {
            "job_id": 7,
            "quality_grade": "A",
            "quality_score": 91.5,
            "pii_masked": True,
            "doc_type": "invoice",
            "language": "de",
            "source_filename": None,
        }
        assert text["text"].startswith("First paragraph.")

    def test_long_text_is_cut_between_words_and_nothing_is_lost(self):
        rng = random.Random(7)
        words = ["".join(rng.choices("abcdefghij", k=rng.randint(1, 12))) for _ in range(5000)]
        text = "".join(word + rng.choice([" ", " ", " ", ". ", "\n", "\n\n"]) for word in words)
        chunks = list(formats.chunks([{"text": text}], "t"))
        assert " ".join(chunk["text"] for chunk in chunks).split() == text.split()
        assert max(len(chunk["text"]) for chunk in chunks) <= 1600
        assert min(len(chunk["text"]) for chunk in chunks[:-1]) > 700
        assert [chunk["chunk_index"] for chunk in chunks] == list(range(len(chunks)))

    @given(st.text(max_size=9000))
    def test_no_character_but_space_is_lost_in_any_script(self, text):
        joined = "".join(chunk["text"] for chunk in formats.chunks([{"text": text * 3}], "t"))
        assert "".join(joined.split()) == "".join(_spaced(text * 3).split())


class Endless:
    """Rows without end: what reads them all before it writes never comes back."""

    def __iter__(self):
        return ({"job_id": number, "text": "word " * 100} for number in itertools.count())


@pytest.mark.parametrize("format", ["json", "jsonl", "csv", "markdown", "xml", "rag"])
def test_bytes_come_out_while_rows_still_go_in(format):
    block = next(formats.stream(format, Endless(), columns=["job_id", "text"]))
    assert 64 * 1024 <= len(block) < 128 * 1024


class Many:
    """A dataset that is larger than the memory that writing it may take."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __iter__(self):
        text = "word " * 1600
        return ({"job_id": number, "text": text} for number in range(self.count))


MEMORY = """
import resource, sys
sys.path[:0] = {path!r}
from tests.formats.test_formats import Many, formats
with open({target!r}, "wb") as target:
    formats.write({format!r}, Many(4000), target)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    formats.write({format!r}, Many(16_000), target)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.parametrize("format", ["csv", "parquet", "hf", "xlsx"])
def test_memory_stays_flat(format, tmp_path):
    code = MEMORY.format(path=sys.path, target=str(tmp_path / "out"), format=format)
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert int(run.stdout) < 48 * 1024  # KiB; the rows themselves are 128 MB


class TestProfile:
    def test_it_counts_what_the_reference_names(self):
        rows = [*ROWS, {**ROWS[1], "text": None}]
        profile = formats.profile(rows, {"email", "iban"})
        assert profile["record_count"] == 3
        assert profile["grade_counts"] == {"A": 1, "C": 2}
        assert profile["avg_quality_score"] == pytest.approx((0.915 + 0.5) / 2)
        assert profile["pii_type_count"] == 2
        assert profile["columns"][-1] == "text"

    def test_a_token_is_three_quarters_of_a_word(self):
        assert (
            formats.profile([{"a": "one two three", "b": [1, {"c": "x y"}], "d": None}])[
                "total_tokens"
            ]
            == 8
        )

    @pytest.mark.parametrize(
        ("score", "grade", "mean"),
        [(91.0, "A", 0.91), (0.92, "A", 0.92), (1, "D", 0.01), (1, "A", 1)],
    )
    def test_scores_of_either_scale_are_fractions(self, score, grade, mean):
        rows = [{"quality_score": score, "quality_grade": grade}]
        assert formats.profile(rows)["avg_quality_score"] == mean

    def test_without_a_score_there_is_no_mean(self):
        assert formats.profile([{"a": 1}])["avg_quality_score"] is None
