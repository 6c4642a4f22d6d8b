"""Cron in a time zone: skipped slots run a little later, doubled ones once, missed ones are made up once."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexorchd.rules.schedule import check_expression, check_timezone, latest_missed, next_slot

BERLIN = "Europe/Berlin"
ZONES = [
    "UTC",
    BERLIN,
    "America/New_York",
    "Australia/Lord_Howe",  # changes by half an hour
    "Asia/Kathmandu",
    "America/Sao_Paulo",
    "Pacific/Apia",  # left out a whole day in 2011
    "Africa/Cairo",  # changes at midnight
]

fields = st.tuples(
    st.sampled_from(["0", "30", "*/15", "5,50", "*"]),
    st.sampled_from(["*", "*/1", "*/2", "2", "0", "1-3", "23"]),
    st.sampled_from(["*", "1", "29", "*/7"]),
    st.sampled_from(["*", "3", "10-11"]),
    st.sampled_from(["*", "0", "MON-FRI"]),
).map(" ".join)
moments = st.datetimes(datetime(2011, 1, 1), datetime(2031, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)


def slots(expression, zone, after, count):
    found = []
    for _ in range(count):
        after = next_slot(expression, zone, after)
        found.append(after)
    return found


def at(text, zone=BERLIN, fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def test_it_goes_by_the_clock_on_the_wall():
    assert next_slot("0 6 * * *", BERLIN, at("2026-01-10 07:00")) == at("2026-01-11 06:00")
    assert next_slot("0 6 * * *", BERLIN, at("2026-07-10 05:59")) == at("2026-07-10 06:00")
    assert next_slot("0 6 * * *", "UTC", at("2026-07-10 06:00")).tzinfo is UTC


@pytest.mark.parametrize(
    "expression", ["30 2 * * *", "*/30 2 * * *", "30 */2 * * *", "15,30 2 * * *"]
)
def test_a_skipped_slot_runs_at_the_next_minute_that_exists(expression):
    assert at("2026-03-29 03:00") in slots(expression, BERLIN, at("2026-03-29 00:45"), 2)


def test_a_skipped_slot_runs_once_though_several_were_skipped():
    assert slots("*/20 2 * * *", BERLIN, at("2026-03-28 12:00"), 2) == [
        at("2026-03-29 03:00"),
        at("2026-03-30 02:00"),
    ]


@pytest.mark.parametrize("expression", ["30 2 * * *", "*/45 2 * * *", "30 */2 * * *"])
def test_a_doubled_slot_runs_once(expression):
    around = slots(expression, BERLIN, at("2026-10-25 01:00"), 6)
    local = [slot.astimezone(ZoneInfo(BERLIN)).replace(tzinfo=None) for slot in around]
    assert len(set(local)) == len(local)
    assert at("2026-10-25 02:30", fold=1) not in around


def test_a_doubled_slot_counts_from_its_first_time():
    last, between = at("2026-10-24 12:00"), at("2026-10-25 02:15", fold=1)
    assert latest_missed("30 2 * * *", BERLIN, last, between) == at("2026-10-25 02:30")
    assert latest_missed("30 2 * * *", BERLIN, at("2026-10-25 02:30"), between) is None


def test_every_hour_goes_by_real_hours():
    around = slots("0 * * * *", BERLIN, at("2026-10-25 00:30"), 5)
    assert {later - earlier for earlier, later in pairwise(around)} == {timedelta(hours=1)}


@settings(max_examples=200)
@given(fields, st.sampled_from(ZONES), moments)
def test_the_next_slot_is_later_and_on_a_minute_that_the_line_names(expression, zone, after):
    slot = next_slot(expression, zone, after)
    assert slot > after
    assert slot.tzinfo is UTC
    assert slot.second == slot.microsecond == 0
    assert next_slot(expression, zone, slot - timedelta(seconds=1)) == slot


@settings(max_examples=200)
@given(fields, st.sampled_from(ZONES), moments, st.timedeltas(timedelta(0), timedelta(days=4)))
def test_the_latest_missed_is_the_last_of_all_that_were_missed(expression, zone, last, gap):
    now = last + gap
    missed, slot = None, next_slot(expression, zone, last)
    for _ in range(6_000):
        if slot > now:
            break
        missed, slot = slot, next_slot(expression, zone, slot)
    assert latest_missed(expression, zone, last, now) == missed


def test_nothing_was_missed_before_the_first_slot():
    new = at("2026-01-01 12:00")
    assert latest_missed("0 6 * * *", BERLIN, new, new + timedelta(hours=3)) is None


def test_a_year_of_misses_is_one():
    last, now = at("2025-01-01 00:00"), at("2026-01-01 00:00")
    assert latest_missed("* * * * *", BERLIN, last, now) == now


@pytest.mark.parametrize(
    "expression",
    ["", "* * * *", "* * * * * *", "@daily", "60 * * * *", "* 24 * * *", "0 0 31 2 *", "a b c d e"],
)
def test_bad_expressions(expression):
    with pytest.raises(ValueError):
        check_expression(expression)


@given(st.text(max_size=20))
def test_any_text_is_a_cron_line_or_a_value_error(text):
    try:
        check_expression(text)
    except ValueError:
        return
    assert next_slot(text, "UTC", datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "zone", ["", "Berlin", "../etc/passwd", "/etc/localtime", "Europe", "UTC\0"]
)
def test_bad_time_zones(zone):
    with pytest.raises(ValueError, match="is no time zone"):
        check_timezone(zone)


@pytest.mark.parametrize("zone", ZONES)
def test_good_time_zones(zone):
    check_timezone(zone)
