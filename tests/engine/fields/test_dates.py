"""Dates: every writing of eight languages, and none where day and month cannot be told apart."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexorchd.engine.steps.fields.dates import DateStyle
from flexorchd.engine.steps.fields.spans import spans

from .wording import MONTHS

DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2060, 12, 31))


def read(text: str, language: str = "und", locale: str = "und") -> list[date]:
    return [day.value for day in DateStyle.of(text, locale, language).days(text)]


@pytest.mark.parametrize("language", MONTHS)
@given(day=DAYS)
def test_spelled_dates_are_read_in_every_language(language: str, day: date) -> None:
    month = MONTHS[language].split()[day.month - 1]
    glue = " de " if language == "es" else " "
    assert read(f"{day.day}{glue}{month}{glue}{day.year}", language) == [day]


@given(day=DAYS)
def test_iso_and_dotted_dates_need_no_language(day: date) -> None:
    assert read(day.isoformat()) == [day]
    assert read(day.strftime("%d.%m.%Y")) == [day]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("August 3 , 2014", date(2014, 8, 3)),
        ("7. Mai 2014", date(2014, 5, 7)),
        ("1er avril 2026", date(2026, 4, 1)),
        ("1° gennaio 2025", date(2025, 1, 1)),
        ("14 marca 2026 r.", date(2026, 3, 14)),
        ("12-Mar-2024", date(2024, 3, 12)),
        ("3rd of May 2024", date(2024, 5, 3)),
        ("14 Mart 2026", date(2026, 3, 14)),
        ("21.05.14", date(2014, 5, 21)),
        ("14 EYLÜL 2025", date(2025, 9, 14)),
    ],
)
def test_the_ways_people_write(text: str, expected: date) -> None:
    assert read(text) == [expected]


def test_another_date_tells_the_order() -> None:
    assert read("03/04/2026 and 25/12/2026") == [date(2026, 4, 3), date(2026, 12, 25)]
    assert read("03/04/2026 and 12/25/2026") == [date(2026, 3, 4), date(2026, 12, 25)]


def test_locale_then_language_then_the_country_of_the_money() -> None:
    assert read("03/04/2026", locale="us") == [date(2026, 3, 4)]
    assert read("03/04/2026", "it") == [date(2026, 4, 3)]
    assert read("03/04/2026 $5.00", "en") == [date(2026, 3, 4)]
    assert read("03/04/2026 £5.00", "en") == [date(2026, 4, 3)]


def test_what_nothing_tells_is_no_date() -> None:
    assert read("03/04/2026", "en") == []
    assert read("03/04/2026") == []


@pytest.mark.parametrize(
    "text", ["31.02.2026", "2026-13-01", "99/99/2026", "1.2.3.4", "12.2026", "1/2"]
)
def test_what_is_no_day_of_the_calendar_is_no_date(text: str) -> None:
    assert read(text, "de") == []


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("01.03.2026 - 31.03.2026", date(2026, 3, 1), date(2026, 3, 31)),
        ("du 01/03/2026 au 31/03/2026", date(2026, 3, 1), date(2026, 3, 31)),
        ("1 - 31 March 2026", date(2026, 3, 1), date(2026, 3, 31)),
        ("del 1 al 31 de mayo de 2024", date(2024, 5, 1), date(2024, 5, 31)),
        ("01.03. - 31.03.2026", date(2026, 3, 1), date(2026, 3, 31)),
        ("July 1 - July 31 , 2014", date(2014, 7, 1), date(2014, 7, 31)),
        ("15.12. bis 14.01.2026", date(2025, 12, 15), date(2026, 1, 14)),
        ("Mart 2026", date(2026, 3, 1), date(2026, 3, 31)),
        ("02/2024", date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_spans_of_time(text: str, first: date, last: date) -> None:
    assert next(spans(text, DateStyle.of(text, language="de"))) == (first, last)


@given(st.text(alphabet="0123456789./- abcdeJanuarMärz,", max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    for day in DateStyle.of(text, language="de").days(text):
        assert 0 <= day.start < day.end <= len(text)
