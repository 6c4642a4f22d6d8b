import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from flexorchd.clock import SystemClock
from flexorchd.insight.survey import Latest
from tests.web.conftest import Clock


@contextmanager
def latest(make: object, clock: object) -> Iterator[Latest[int]]:
    one: Latest[int] = Latest(make, clock)  # type: ignore[arg-type]
    try:
        yield one
    finally:
        one.close()


class Counter:
    """Makes 1, 2, 3 …, as slowly as it is told."""

    def __init__(self) -> None:
        self.made = 0
        self.may = threading.Event()
        self.may.set()

    def __call__(self) -> int:
        self.may.wait(10)
        self.made += 1
        return self.made


def test_what_is_fresh_is_not_made_again() -> None:
    counter, clock = Counter(), Clock()
    with latest(counter, clock) as one:
        assert [one.get() for _ in range(5)] == [1] * 5
        clock.at += 3
        assert one.get() == 2


def test_what_changed_is_made_again() -> None:
    counter = Counter()
    with latest(counter, Clock()) as one:
        one.get()
        one.forget()
        assert one.get() == 2


def test_nobody_waits_long_for_what_takes_long() -> None:
    counter, clock = Counter(), Clock()
    with latest(counter, clock) as one:
        one.get()
        clock.at += 30
        counter.may.clear()
        began = time.monotonic()
        assert one.get() == 1
        assert time.monotonic() - began < 2
        counter.may.set()
        assert one._making is not None
        one._making.result(5)
        assert one.get() == 2


def test_what_is_far_too_old_is_waited_for() -> None:
    counter, clock = Counter(), Clock()
    with latest(counter, clock) as one:
        one.get()
        clock.at += 3600
        counter.may.clear()
        threading.Timer(0.6, counter.may.set).start()
        assert one.get() == 2


def test_all_who_ask_at_once_get_one_making() -> None:
    counter = Counter()
    counter.may.clear()
    found: list[int] = []
    with latest(counter, Clock()) as one:
        threads = [threading.Thread(target=lambda: found.append(one.get())) for _ in range(6)]
        for thread in threads:
            thread.start()
        counter.may.set()
        for thread in threads:
            thread.join(5)
    assert len(found) == 6
    assert counter.made == 1


def test_what_took_long_is_not_made_again_soon() -> None:
    made = []

    def slow() -> int:
        time.sleep(0.15)
        made.append(1)
        return len(made)

    with latest(slow, SystemClock()) as one:
        one.get()
        rests_until = one._fresh_until - time.monotonic()
    assert 2.5 < rests_until <= 60


def test_what_was_prepared_is_there() -> None:
    counter = Counter()
    with latest(counter, Clock()) as one:
        one.prepare()
        assert one.get() == 1
        assert counter.made == 1


def test_a_failure_is_told_and_the_next_one_tries_again() -> None:
    tries = []

    def make() -> int:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("no")
        return 7

    with latest(make, Clock()) as one:
        with pytest.raises(OSError, match="no"):
            one.get()
        assert one.get() == 7
