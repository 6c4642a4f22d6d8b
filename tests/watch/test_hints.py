"""Hints are told from many threads and taken by one; paths are compared by their parts."""

import threading

from hypothesis import given
from hypothesis import strategies as st

from flexorchd.watch import hints
from flexorchd.watch.hints import Hints
from flexorchd.watch.paths import below, is_within, join, outermost

parts = st.lists(st.sampled_from([b"a", b"b", b"a-", b"a.b", b"\xff", b"-"]), max_size=4)
paths = parts.map(b"/".join)


def test_a_hint_is_told_once_and_rings_once() -> None:
    rings: list[None] = []
    told = Hints(lambda: rings.append(None))
    assert not told
    told.name(b"a", b"x")
    told.name(b"a", b"x")
    told.name(b"a", b"y")
    told.tree(b"b")
    assert told
    assert len(rings) == 1
    assert told.take_names() == {b"a": {b"x", b"y"}}
    assert told.take_trees() == [b"b"]
    assert not told
    told.tree(b"")
    assert len(rings) == 2


def test_too_many_names_become_the_whole(monkeypatch: object) -> None:
    told = Hints(lambda: None)
    for number in range(hints.MOST_NAMES + 1):
        told.name(b"", b"%d" % number)
    assert told.take_names() == {}
    assert told.take_trees() == [b""]


def test_none_is_lost_between_threads() -> None:
    told = Hints(lambda: None)
    taken: set[bytes] = set()
    done = threading.Event()

    def tell(letter: bytes) -> None:
        for number in range(2_000):
            told.name(letter, b"%s%d" % (letter, number))

    def take() -> None:
        while not done.is_set() or told:
            for names in told.take_names().values():
                taken.update(names)

    taker = threading.Thread(target=take)
    tellers = [threading.Thread(target=tell, args=(letter,)) for letter in (b"a", b"b", b"c")]
    for thread in (taker, *tellers):
        thread.start()
    for thread in tellers:
        thread.join()
    done.set()
    taker.join()
    assert len(taken) == 6_000


@given(st.sets(paths))
def test_the_outermost_folders_hold_all_others_and_not_each_other(folders: set[bytes]) -> None:
    kept = outermost(folders)
    assert set(kept) <= folders
    assert all(any(is_within(folder, at) for at in kept) for folder in folders)
    assert not any(is_within(one, other) for one in kept for other in kept if one != other)


@given(paths, st.sampled_from([b"a", b"\xff", b"-"]))
def test_what_is_joined_lies_within_and_below(folder: bytes, name: bytes) -> None:
    path = join(folder, name)
    assert is_within(path, folder)
    assert not is_within(folder, path)
    assert below(join(b"/root", path), b"/root") == path
    assert below(b"/" + path, b"/") == path
