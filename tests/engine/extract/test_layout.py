"""Words with places become lines as a person reads them."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from flexorchd.engine.steps.extract.layout import Word, lines

PROSE = "the quick brown fox jumps over the lazy dog and runs far away from here today".split()  # noqa: SIM905


def set_words(text: str, x: float, y: float, size: float = 10.0) -> Iterator[Word]:
    """The words of a line that begins at a place, in a typeface where all letters are as wide."""
    for word in text.split():
        yield Word(x, x + len(word) * size / 2, y, size, word)
        x += (len(word) + 0.6) * size / 2


def column(number: int, x: float, rows: int, offset: float = 0.0) -> list[Word]:
    return [
        word
        for row in range(rows)
        for word in set_words(" ".join(PROSE[(row + number) % 4 :][:8]), x, 100 + offset + row * 12)
    ]


def test_a_visual_row_is_a_line_and_cells_stay_apart() -> None:
    words = [
        *set_words("Invoice number", 50, 100),
        *set_words("2026-7", 300, 100),
        *set_words("Date", 50, 114),
    ]
    assert lines(words) == ["Invoice number\t2026-7", "Date"]


def test_the_order_of_words_in_the_file_does_not_matter() -> None:
    words = [*set_words("Total due 119.00", 50, 100), *set_words("Thank you", 50, 120)]
    assert lines(list(reversed(words))) == ["Total due 119.00", "Thank you"]


def test_raised_figures_and_large_type_stay_in_their_row() -> None:
    raised = Word(102, 105, 96.5, 6, "2")
    large = Word(200, 260, 101, 18, "SUM")
    assert lines([*set_words("Energy in m", 50, 100), raised, large]) == ["Energy in m 2\tSUM"]


def test_columns_of_prose_are_read_one_after_the_other() -> None:
    heading = list(set_words("A heading over both of the columns of this page", 150, 80))
    got = lines([*heading, *column(0, 50, 10), *column(1, 320, 10, offset=3)])
    assert got[0] == "A heading over both of the columns of this page"
    assert got[1:11] == [" ".join(PROSE[row % 4 :][:8]) for row in range(10)]
    assert len(got) == 21
    assert not any("\t" in line for line in got)


def test_rows_of_a_table_are_not_torn_into_columns() -> None:
    words = [
        word
        for row in range(12)
        for text, x in (
            (f"Article {row}", 50),
            ("a rather long description of goods", 120),
            ("3", 400),
            ("9.50", 470),
        )
        for word in set_words(text, x, 100 + row * 12)
    ]
    assert lines(words)[0] == "Article 0\ta rather long description of goods\t3\t9.50"
    assert len(lines(words)) == 12


def test_address_and_details_side_by_side_stay_rows() -> None:
    words = [
        *(
            w
            for n, t in enumerate(("Muster GmbH", "Weg 1", "12345 Ort"))
            for w in set_words(t, 50, 100 + 12 * n)
        ),
        *(
            w
            for n, t in enumerate(("No: 7", "Date: 1.3.2026", "Page: 1"))
            for w in set_words(t, 350, 100 + 12 * n)
        ),
    ]
    assert lines(words) == ["Muster GmbH\tNo: 7", "Weg 1\tDate: 1.3.2026", "12345 Ort\tPage: 1"]


def test_text_printed_twice_for_boldness_is_read_once() -> None:
    words = [*set_words("TOTAL", 50, 100), *set_words("TOTAL", 50.4, 100)]
    assert lines(words) == ["TOTAL"]


def test_stretched_lines_of_prose_have_no_tabs() -> None:
    words = [Word(50 + n * 42, 50 + n * 42 + 30, 100, 10, word) for n, word in enumerate(PROSE[:8])]
    assert lines(words) == [" ".join(PROSE[:8])]


places = st.floats(0, 1000, allow_nan=False)
some_words = st.lists(
    st.builds(
        lambda x, width, y, height, text: Word(x, x + width, y, height, text),
        places, st.floats(1, 200), places, st.floats(1, 40), st.text("abc1", min_size=1, max_size=8),
    ),
    max_size=60,
)  # fmt: skip


@given(some_words)
def test_no_word_is_invented(words: list[Word]) -> None:
    got = sorted(" ".join(lines(words)).replace("\t", " ").split())
    given_words = sorted(word.text for word in words)
    assert len(got) <= len(given_words)
    assert set(got) <= set(given_words)
