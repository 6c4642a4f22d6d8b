"""Legs of a file's way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexorchd.rules.journey import Leg, Milestones, legs

TIMES = st.none() | st.floats(0, 1e6)


def test_each_leg_leads_from_one_milestone_to_the_next() -> None:
    assert list(legs(Milestones(1, 2, 3, 4, 5, 6))) == [
        Leg("settle", 1, 2),
        Leg("fingerprint", 2, 3),
        Leg("upload", 3, 4),
        Leg("processing", 4, 5),
        Leg("deliver", 5, 6),
    ]


def test_a_duplicate_was_sent_before_it_was_found_and_waits_for_its_original() -> None:
    names = [leg.name for leg in legs(Milestones(10, 12, 13, 4, 20, 21))]
    assert names == ["settle", "fingerprint", "processing", "deliver"]


@pytest.mark.parametrize(
    ("passed", "names"),
    [
        (Milestones(1, None, None, None, 3, 4), ["settle", "deliver"]),
        (Milestones(1, 2, 2.5, None, 3, 4), ["settle", "fingerprint", "upload", "deliver"]),
    ],
    ids=["empty", "refused"],
)
def test_what_failed_on_its_way_has_its_last_leg_there(
    passed: Milestones, names: list[str]
) -> None:
    assert [leg.name for leg in legs(passed)] == names


@given(st.builds(Milestones, st.floats(0, 1e6), TIMES, TIMES, TIMES, TIMES, TIMES))
def test_legs_follow_one_another_without_a_gap(passed: Milestones) -> None:
    way = list(legs(passed))
    starts = [passed.found_at, *(leg.end for leg in way)]
    assert [leg.start for leg in way] == starts[:-1]
    assert all(leg.start <= leg.end for leg in way)
    assert len({leg.name for leg in way}) == len(way)
