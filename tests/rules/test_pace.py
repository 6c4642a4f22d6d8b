from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from flexorchd.rules.pace import DAY, per_day, seconds_to_end, used_up_at

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
TODAY = NOON.date()


def test_a_steady_week_is_its_own_pace() -> None:
    week = {TODAY - timedelta(n): 10 for n in range(1, 7)} | {TODAY: 5}
    assert per_day(week, NOON) == 65 / 6.5


def test_a_first_morning_is_not_blown_up_to_a_day() -> None:
    assert per_day({TODAY: 40}, NOON) == 40


def test_the_pace_counts_from_the_first_day_that_had_any() -> None:
    assert per_day({TODAY - timedelta(1): 30, TODAY: 15}, NOON) == 30


def test_what_is_long_past_or_not_yet_says_nothing() -> None:
    assert per_day({TODAY - timedelta(7): 99, TODAY + timedelta(1): 99}, NOON) is None
    assert per_day({}, NOON) is None
    assert per_day({TODAY: 0}, NOON) is None


counts = st.dictionaries(
    st.dates(date(2026, 3, 5), date(2026, 3, 10)), st.integers(0, 10_000), max_size=6
)


@given(counts, st.integers(1, 10_000), st.integers(0, 10_000))
def test_more_documents_never_make_the_credits_last_longer(
    spent: dict[date, int], first: int, more: int
) -> None:
    begin = TODAY - timedelta(6)
    before = used_up_at(500, per_day({**spent, begin: first}, NOON), 0.0)
    after = used_up_at(500, per_day({**spent, begin: first + more}, NOON), 0.0)
    assert before is not None
    assert after is not None
    assert after <= before


def test_credits_end_when_they_are_used_up() -> None:
    assert used_up_at(100, 50, 1000.0) == 1000.0 + 2 * DAY
    assert used_up_at(0, 50, 1000.0) == 1000.0
    assert used_up_at(-3, 50, 1000.0) == 1000.0


def test_unlimited_credits_and_idle_accounts_have_no_end() -> None:
    assert used_up_at(None, 50, 1000.0) is None
    assert used_up_at(100, None, 1000.0) is None
    assert used_up_at(100, 0.0, 1000.0) is None


def test_open_work_ends_at_the_pace_of_late() -> None:
    assert seconds_to_end(30, 60, 3600.0) == 1800.0
    assert seconds_to_end(0, 60, 3600.0) is None
    assert seconds_to_end(30, 0, 3600.0) is None
