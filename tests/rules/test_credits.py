"""How many more documents the credits and the limits allow."""

import pytest

from flexorchd.rules.credits import Room, room


@pytest.mark.parametrize(
    ("left", "reserve", "per_day", "spent", "expected"),
    [
        (None, 0, 0, 7, None),
        (None, 10, 0, 7, None),
        (5, 0, 0, 0, Room(5, "QUOTA_EXCEEDED")),
        (5, 10, 0, 0, Room(0, "RESERVE")),
        (0, 10, 0, 0, Room(0, "QUOTA_EXCEEDED")),
        (None, 0, 3, 2, Room(1, "CREDITS_PER_DAY")),
        (None, 0, 3, 9, Room(0, "CREDITS_PER_DAY")),
        (12, 10, 3, 0, Room(2, "RESERVE")),
        (50, 10, 3, 0, Room(3, "CREDITS_PER_DAY")),
    ],
)
def test_the_narrowest_limit_counts(left, reserve, per_day, spent, expected):
    assert room(left, reserve, per_day, spent) == expected
