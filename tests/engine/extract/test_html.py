"""HTML pages."""

from __future__ import annotations

import time

import pytest

from flexorchd.engine.model import DocumentError
from flexorchd.engine.steps.extract import extract


def text(body: str) -> str:
    return extract(f"<!DOCTYPE html><html><body>{body}</body></html>".encode(), "a.html").text


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("<h1>Head</h1><p>One <b>bold</b>\n word</p>tail", ["Head", "One bold word", "tail"]),
        ("a<br>b<br/>c", ["a", "b", "c"]),
        ("<ul><li>one<li>two <ul><li>inner</ul></ul>", ["one", "two", "inner"]),
        ("<pre>x  y\n  z</pre>", ["x  y", "z"]),
        (
            "a<script>var x='no'</script><style>p{}</style><template>no</template><noscript>no</noscript>b",
            ["ab"],
        ),
        ("seen<p hidden>no</p><div style='display: NONE'>no</div>", ["seen"]),
        ("5 &lt; 7 &amp; caf&eacute;&nbsp;x", ["5 < 7 & café x"]),
        ("<div>a<div>b</div>c</div>", ["a", "b", "c"]),
        ("<p>in <span>one </span> <i> line</i></p>", ["in one line"]),
    ],
)
def test_a_page_reads_as_it_looks(body: str, lines: list[str]) -> None:
    assert text(body).splitlines() == lines


def test_tables_are_rows_with_tabs_and_kept_apart() -> None:
    page = (
        "<html><head><title> My\n page </title></head><body>Before<table><thead><tr><th>Item<th>Price</thead>"
        "<tr><td>Pen<td>1.20</tr><tr><td colspan=2>Total</td><td>1.20</td></tr></table>After"
    )
    content = extract(page.encode(), "a.html")
    assert content.text.splitlines() == [
        "Before",
        "Item\tPrice",
        "Pen\t1.20",
        "Total\t\t1.20",
        "After",
    ]
    assert content.tables[0].rows == (("Item", "Price"), ("Pen", "1.20"), ("Total", "", "1.20"))
    assert content.title == "My page"


def test_tables_for_looks_are_no_rows() -> None:
    body = "<table><tr><td><p>One</p><p>Two</p><table><tr><td>a</td><td>b</td></tr></table></td></tr></table>"
    assert text(body).splitlines() == ["One", "Two", "a\tb"]


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("utf-8", "utf-8"),
        ("windows-1252", "cp1252"),
        ("iso-8859-1", "utf-8"),
        ("iso-8859-9", "cp1254"),
    ],
)
def test_the_declared_encoding_is_used_where_it_fits(declared: str, encoding: str) -> None:
    page = f'<html><head><meta charset="{declared}"></head><body>Köln, Größe, über öç</body></html>'
    assert extract(page.encode(encoding), "a.html").text == "Köln, Größe, über öç"


def test_deep_nesting_ends_soon() -> None:
    begun = time.monotonic()
    assert extract(b"<html><body>" + b"<div>" * 5000 + b"deep", "a.html").text == "deep"
    with pytest.raises(DocumentError) as caught:
        extract(b"<html><body>" + b"<div>" * 200_000 + b"deep", "a.html")
    assert caught.value.code == "TOO_LARGE"
    assert time.monotonic() - begun < 10


def test_an_element_of_very_many_attributes_is_refused() -> None:
    attributes = b" ".join(b"a%d=1" % number for number in range(50_000))
    with pytest.raises(DocumentError) as caught:
        extract(b"<html><p " + attributes + b">x", "a.html")
    assert caught.value.code == "TOO_LARGE"


def test_many_tags_that_close_themselves_are_no_nesting() -> None:
    assert text("<p>a" * 20_000).count("a") == 20_000
