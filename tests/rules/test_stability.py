"""Two looks that agree settle a file; an ending that is missing, or content, is waited for, not for ever."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexorchd.rules.stability import (
    HEAD,
    INCOMPLETE,
    TAIL,
    Empty,
    Look,
    Settled,
    Wait,
    ending,
    judge,
)

NOW = 1_700_000_000.0
FILE = Look(size=10, mtime_ns=int(NOW * 1e9), ctime_ns=int(NOW * 1e9), inode=7)
EMPTY = replace(FILE, size=0)


def at(seconds):
    return int((NOW + seconds) * 1e9)


def watch(looks, *, settle=2.0, mark="present"):
    """What is said of a file that shows these (time, look), as a settling gate would go about it."""
    previous, since, verdict = None, 0.0, None
    for now, look in looks:
        verdict = judge(previous, since, look, now, settle=settle, ending=mark)
        if not isinstance(verdict, Wait):
            return verdict
        previous, since = look, verdict.since
    return verdict


def test_the_first_look_waits_for_the_second():
    assert watch([(NOW, FILE)]) == Wait(until=NOW + 2, since=NOW, reason="settling")


def test_two_looks_that_agree_are_enough():
    assert watch([(NOW, FILE), (NOW + 2, FILE)]) == Settled()
    assert watch([(NOW, FILE), (NOW + 1.9, FILE)]) == Wait(NOW + 2, NOW, "settling")


def test_looks_in_between_do_not_prolong():
    assert watch([(NOW + step / 4, FILE) for step in range(9)]) == Settled()


@pytest.mark.parametrize(
    "change", [{"size": 11}, {"mtime_ns": at(1)}, {"ctime_ns": at(1)}, {"inode": 8}]
)
def test_any_change_starts_anew(change):
    changed = replace(FILE, **change)
    assert watch([(NOW, FILE), (NOW + 2, changed)]) == Wait(NOW + 4, NOW + 2, "settling")
    assert watch([(NOW, FILE), (NOW + 2, changed), (NOW + 4, changed)]) == Settled()


def test_without_a_settle_time_one_look_is_enough():
    assert watch([(NOW, FILE)], settle=0) == Settled()


def test_a_time_in_the_future_delays_nothing():
    future = replace(FILE, mtime_ns=at(1e6), ctime_ns=at(1e6))
    assert watch([(NOW, future), (NOW + 2, future)]) == Settled()


def test_a_clock_that_was_set_back_starts_anew_and_does_not_wait_for_the_old_time():
    verdict = watch([(NOW, FILE), (NOW - 5_000, FILE)])
    assert verdict == Wait(NOW - 4_998, NOW - 5_000, "settling")


@pytest.mark.parametrize(("settle", "patience"), [(0, 30), (2, 30), (10, 100)])
def test_a_missing_ending_is_waited_for_and_then_warned_of(settle, patience):
    looks = [(NOW, FILE), (NOW + settle, FILE)]
    waiting = watch(looks, settle=settle, mark="missing")
    assert waiting == Wait(NOW + patience, NOW, "incomplete")
    done = watch([*looks, (NOW + patience, FILE)], settle=settle, mark="missing")
    assert done == Settled(INCOMPLETE)


def test_the_wait_counts_from_the_files_own_change_if_that_lies_in_the_past():
    old = replace(FILE, ctime_ns=at(-20))
    assert watch([(NOW, old), (NOW + 2, old)], mark="missing") == Wait(NOW + 10, NOW, "incomplete")
    older = replace(FILE, ctime_ns=at(-1_000))
    assert watch([(NOW, older), (NOW + 2, older)], mark="missing") == Settled(INCOMPLETE)
    ahead = replace(FILE, ctime_ns=at(1_000))
    assert watch([(NOW, ahead), (NOW + 2, ahead)], mark="missing") == Wait(
        NOW + 30, NOW, "incomplete"
    )


def test_an_empty_file_is_given_as_long():
    looks = [(NOW, EMPTY), (NOW + 2, EMPTY)]
    assert watch(looks, mark="none") == Wait(NOW + 30, NOW, "empty")
    assert watch([*looks, (NOW + 30, EMPTY)], mark="none") == Empty()
    assert watch([*looks, (NOW + 29, FILE), (NOW + 31, FILE)], mark="none") == Settled()


sizes = st.integers(0, 2)
seen = st.builds(
    Look, sizes, st.integers(-100, 10**9).map(at), st.integers(-100, 100).map(at), st.just(1)
)


@given(
    seen,
    st.integers(0, 200).map(lambda tenths: tenths / 10),
    st.sampled_from(["present", "missing", "none"]),
    st.lists(st.floats(0.01, 50), min_size=1, max_size=30),
)
def test_a_file_that_rests_always_comes_to_an_end_and_never_too_soon(look, settle, mark, steps):
    now, previous, since = NOW, None, 0.0
    for step in [*steps, *[25.0] * 20]:
        verdict = judge(previous, since, look, now, settle=settle, ending=mark)
        if not isinstance(verdict, Wait):
            break
        assert verdict.until > now
        assert verdict.since == NOW
        previous, since = look, verdict.since
        now += step
    assert not isinstance(verdict, Wait)
    assert now - NOW >= settle
    assert isinstance(verdict, Empty) == (look.size == 0)


PDF = b"%PDF-1.7\n" + b"x" * 5_000 + b"\n%%EOF\n"
ZIP = b"PK\x03\x04" + b"x" * 5_000 + b"PK\x05\x06" + bytes(18)


def end_of(content, kind):
    return ending(kind, content[:HEAD], content[-TAIL:])


def test_endings_of_pdfs():
    assert end_of(PDF, "pdf") == "present"
    assert end_of(PDF + b"\r\n\0\0trailing", "pdf") == "present"
    assert end_of(PDF[:-8], "pdf") == "missing"
    assert end_of(bytes(5_000), "pdf") == "missing"
    assert end_of(PDF[:-8], "txt") == "missing"


def test_endings_of_zips():
    for kind in ("docx", "xlsx"):
        assert end_of(ZIP, kind) == "present"
        assert end_of(ZIP[:-1], kind) == "missing"
        assert end_of(ZIP[:-30], kind) == "missing"
        assert end_of(b"", kind) == "missing"
    assert end_of(ZIP[:-1], "p7m") == "missing"


def test_a_zips_comment_belongs_to_its_ending():
    announced = ZIP[:-2] + (7).to_bytes(2, "little")
    assert end_of(announced, "docx") == "missing"
    assert end_of(announced + b"comment", "docx") == "present"


def test_other_formats_have_no_ending():
    assert end_of(b"From: a\n", "eml") == "none"
    assert end_of(b"", "txt") == "none"


@given(st.binary(max_size=HEAD), st.binary(max_size=TAIL), st.text(max_size=4))
def test_any_bytes_can_be_asked_about(head, tail, kind):
    assert ending(kind, head, tail) in ("present", "missing", "none")
