"""Names: results never meet, uploads are safe in a header, people read what they can read."""

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flexorchd.rules.naming import (
    collision_name,
    connector_path,
    display,
    escape_controls,
    is_temporary,
    path_fields,
    path_from_fields,
    result_path,
    run_name,
    run_time,
    sent_name,
    slug,
    temporary_name,
)

KEY = bytes(range(32))

names = (
    st.binary(min_size=1, max_size=255)
    | st.text(min_size=1, max_size=80).map(lambda text: text.encode("utf-8", "surrogatepass")[:255])
    | st.sampled_from([b"a", b"a.json", b"a.json~", b"a.json~~", b"b" * 255, b"c" * 245 + b".json"])
).map(lambda name: name.replace(b"/", b"_").replace(b"\0", b"_"))
components = names.filter(lambda name: name not in (b".", b".."))
paths = st.lists(components, min_size=1, max_size=4).map(b"/".join)


def test_results_lie_as_their_sources_do():
    assert result_path("scans", b"2024/a.pdf") == b"scans/2024/a.pdf.json"
    assert result_path("scans", b"\xff \n.pdf") == b"scans/\xff \n.pdf.json"


def test_a_folder_is_not_taken_for_a_result():
    assert result_path("w", b"a.json/b") == b"w/a.json~/b.json"
    assert result_path("w", b"a.json~/b") == b"w/a.json~~/b.json"
    assert result_path("w", b"a.json~x/b") == b"w/a.json~x/b.json"
    assert result_path("w", b"a.json") == b"w/a.json.json"


def test_a_name_that_is_too_long_is_cut():
    name = b"x" * 251
    digest = hashlib.sha256(name).hexdigest()[:16]
    assert result_path("w", name) == f"w/{'x' * 200}~{digest}.json".encode()
    assert result_path("w", b"x" * 250) == b"w/" + b"x" * 250 + b".json"


def test_it_is_cut_at_a_character():
    name = ("a" + "ü" * 127).encode()
    cut = result_path("w", name).removeprefix(b"w/").partition(b"~")[0]
    assert cut == ("a" + "ü" * 99).encode()


@given(st.lists(paths, min_size=2, max_size=6, unique=True))
@example([b"a", b"a.json/b", b"a.json~/b", b"a.json", b"a.json~"])
def test_no_two_results_meet(sources):
    results = [result_path("w", source) for source in sources]
    assert len(set(results)) == len(results)
    folders = {result[: match.start()] for result in results for match in re.finditer(b"/", result)}
    assert folders.isdisjoint(results)


@given(paths)
def test_a_result_fits_the_file_system(path):
    for part in result_path("w", path).split(b"/"):
        assert 0 < len(part) <= 255
        assert part not in (b".", b"..")


def test_connector_keys():
    assert connector_path(7, "in/a.pdf") == b"_connector-7/in/a.pdf.json"
    assert connector_path("7/../x", "a").startswith(b"_connector-7____x/a")


object_keys = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("./\\"), max_size=60
)


@given(st.lists(object_keys, min_size=2, max_size=5, unique=True))
@example(["a", "/a", "../a", "a/", "./a", "a//", "", ".", ".."])
def test_connector_keys_stay_in_their_folder_and_never_meet(keys):
    results = [connector_path(1, key) for key in keys]
    assert len(set(results)) == len(results)
    for result in results:
        first, *parts = result.split(b"/")
        assert first == b"_connector-1"
        assert {b"", b".", b".."}.isdisjoint(parts)
        assert not re.search(rb"[\x00-\x1f\x7f]", result)


@pytest.mark.parametrize(
    ("name", "expected"),
    [(b"a.pdf", b"a~2.pdf"), (b"a", b"a~2"), (b".a", b".a~2"), (b"a.tar.gz", b"a.tar~2.gz")],
)
def test_collision_names(name, expected):
    assert collision_name(name, 2) == expected


@given(components, st.integers(2, 10_000))
def test_a_collision_name_fits_and_differs(name, number):
    assert collision_name(name, number) != name
    assert len(collision_name(name, number)) <= 255


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (b"a b", "a b"),
        ("ü".encode(), "ü"),
        (b"a\xffb", r"a\xffb"),
        (b"\xed\xa0\x80", r"\xed\xa0\x80"),
    ],
)
def test_display(path, shown):
    assert display(path) == shown


@given(st.binary(min_size=1))
def test_paths_come_back_from_documents(path):
    fields = path_fields(path)
    written = json.dumps(fields).encode()
    assert path_from_fields(json.loads(written)) == path
    assert ("path_bytes" in fields) == (display(path).encode() != path)


@pytest.mark.parametrize("fields", [{}, {"path": 1}, {"path": "a", "path_bytes": "%"}])
def test_fields_without_a_path(fields):
    with pytest.raises(ValueError):
        path_from_fields(fields)


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        (b"Invoice 7.PDF", "Invoice_7.0001020304.pdf"),
        ("Rechnung für Łódź ığß.docx".encode(), "Rechnung_fur_Lodz_igss.0001020304.docx"),
        (b"../../etc/x.txt", "etc_x.0001020304.txt"),
        ("発票.pdf".encode(), "document.0001020304.pdf"),
        (b"a.xml.p7m", "a_xml.0001020304.p7m"),
        (b"noending", "noending.0001020304"),
        (b"\xff\xfe.pdf", "xff_xfe.0001020304.pdf"),
        (b"x" * 200 + b".pdf", "x" * 60 + ".0001020304.pdf"),
    ],
)
def test_sent_names(name, sent):
    assert sent_name(name, KEY) == sent


@given(components, st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_sent_names_are_safe_and_unique_to_the_document(name, one, other):
    sent = sent_name(name, one)
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}\.[0-9a-f]{10}(\.[a-z0-9]+)?", sent)
    assert (sent == sent_name(name, other)) == (one[:5] == other[:5])


def test_temporary_names():
    assert temporary_name("0123456789abcdef") == ".flexorchd-0123456789abcdef.tmp"
    assert is_temporary(b".flexorchd-0123456789abcdef.tmp")
    for name in (b"a.tmp", b".flexorchd-0.tmp", b".flexorchd-0123456789abcdef.tmp\n", b""):
        assert not is_temporary(name)
    with pytest.raises(ValueError):
        temporary_name("../../x")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("inbox", "inbox"),
        ("Meine Rechnungen (2024)", "meine-rechnungen-2024"),
        ("__x__", "x"),
        ("", "inbox"),
        ("発票", "inbox"),
        ("x" * 100, "x" * 63),
    ],
)
def test_slugs(name, expected):
    assert slug(name) == expected


@given(st.text())
def test_a_slug_is_always_a_watchs_name(name):
    assert re.fullmatch("[a-z0-9][a-z0-9_-]{0,62}", slug(name))


def test_run_names():
    began = datetime(2026, 3, 1, 6, 5, 4, 999, tzinfo=timezone(timedelta(hours=2)))
    assert run_name(began) == "20260301T040504Z"
    assert run_time("20260301T040504Z") == datetime(2026, 3, 1, 4, 5, 4, tzinfo=UTC)
    for name in (
        "latest",
        "20260301T040504",
        "20261301T040504Z",
        "20260301T040504Z/",
        "２0260301T040504Z",
    ):
        assert run_time(name) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ü 発", "plain ü 発"),
        ("a\x1b[2Jb", r"a\x1b[2Jb"),
        ("a\nb\tc", r"a\nb\tc"),
        ("\x9b31m", r"\x9b31m"),
        ("pdf\u202efdp.exe", r"pdf\u202efdp.exe"),
        ("\udcff", r"\udcff"),
    ],
)
def test_controls_are_escaped(text, shown):
    assert escape_controls(text) == shown


@given(st.text())
def test_what_is_left_cannot_steer_a_terminal(text):
    assert not re.search("[\x00-\x1f\x7f-\x9f]", escape_controls(text))
