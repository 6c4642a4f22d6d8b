"""Pauses grow from seconds to an hour, and whatever goes wrong has a code and a remedy."""

import errno

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexorchd.rules.retry import LONGEST_PAUSE, SHORTEST_PAUSE, errno_code, pause, remedy

jitters = st.floats(0, 1, exclude_max=True)


@given(jitters)
def test_pauses_grow_from_five_seconds_to_an_hour(jitter):
    pauses = [pause(number, jitter) for number in range(30)]
    assert SHORTEST_PAUSE <= pauses[0] < 7
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE == 3_600
    assert sum(pauses[:10]) < 2 * 3_600


@given(st.integers(0, 10**9), jitters)
def test_a_pause_is_always_within_bounds(number, jitter):
    assert SHORTEST_PAUSE <= pause(number, jitter) <= LONGEST_PAUSE


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "DISK_FULL"),
        (errno.EACCES, "PERMISSION_DENIED"),
        (errno.EROFS, "READ_ONLY"),
        (errno.EIO, "DISK_ERROR"),
        (errno.ESTALE, "MOUNT_LOST"),
        (None, "SYSTEM_ERROR"),
        (12_345, "SYSTEM_ERROR"),
    ],
)
def test_what_the_system_refuses_has_a_code_and_a_remedy(number, code):
    assert errno_code(number) == code
    assert remedy(code)


@given(st.text())
def test_every_code_has_a_remedy(code):
    assert remedy(code).endswith(".")


def test_remedies_differ_by_cause():
    assert "password" in remedy("PROTECTED")
    assert "flexorchd approve" in remedy("MAX_BACKLOG")
    assert remedy("UNAUTHORIZED") == remedy("INVALID_API_KEY")
