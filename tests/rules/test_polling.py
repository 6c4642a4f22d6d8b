"""When to ask for jobs, and how long to leave it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from flexorchd.rules.polling import PAGE, next_poll, page_size, pages_worth, rest


@given(vain=st.lists(st.integers(0, 30), min_size=1), a_minute=st.integers(1, 1000))
def test_asking_in_vain_takes_at_most_a_third_of_a_plan(vain: list[int], a_minute: int) -> None:
    seconds = sum(rest(one, a_minute) for one in vain)
    assert sum(vain) <= seconds * a_minute / 60 / 3 + 1e-6


@given(vain=st.integers(0, 1000))
def test_without_a_limit_there_is_no_rest(vain: int) -> None:
    assert rest(vain, None) == 0


@given(age=st.floats(-1e6, 1e6), unlimited=st.booleans())
def test_the_older_a_job_the_rarer_it_is_asked_for(age: float, unlimited: bool) -> None:
    pause = next_poll(age, unlimited=unlimited)
    assert 0 < pause <= 60
    assert pause <= next_poll(age + 100, unlimited=unlimited)


@given(due=st.integers(2, 1000), unfinished=st.integers(2, 100_000))
def test_the_pages_hold_all_unfinished_jobs(due: int, unfinished: int) -> None:
    assert pages_worth(due, unfinished) * PAGE >= unfinished


@given(asked=st.integers(1, 100), most=st.integers(1, 200), total=st.integers(0, 500) | st.none())
def test_a_service_that_holds_back_is_asked_for_what_it_gives(
    asked: int, most: int, total: int | None
) -> None:
    got = min(asked, most, 500 if total is None else total)
    size = page_size(asked, got, total)
    assert size == (most if total is not None and most < min(asked, total) else asked)


def test_one_job_is_asked_for_singly() -> None:
    assert pages_worth(1, 5000) == 0
