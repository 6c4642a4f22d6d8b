"""Events where they can be had, polling where not, and the reason told."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from flexorchd.ledger.watches import Mount
from flexorchd.watch import observation
from flexorchd.watch.observation import ENOUGH_MISSES, Observation
from flexorchd.watch.observer import EventLimitError, Observer
from flexorchd.watch.place import InPlace
from tests.watch.inbox import ManualClock, wait_until
from tests.watch.test_observer import Telling

Make = Callable[..., Observation]


@pytest.fixture
def make(tmp_path: Path, clock: ManualClock) -> Iterator[Make]:
    made: list[Observation] = []

    def observation_of(polling: str = "auto", *, recursive: bool = True) -> Observation:
        made.append(
            Observation(
                os.fsencode(tmp_path),
                Telling(),
                recursive=recursive,
                prunes=lambda path: path == b"pruned",
                polling=polling,  # type: ignore[arg-type]
                clock=clock,
            )
        )
        return made[-1]

    yield observation_of
    for one in made:
        one.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def place(mount: Mount | None = None, *below: Mount) -> InPlace:
    return InPlace(1, 2, mount, frozenset(below))


def remote(point: Path) -> Mount:
    return Mount(os.fsencode(point), "nfs4", "nas:/share")


def test_a_local_folder_is_observed(make: Make) -> None:
    one = make()
    assert one.tend(place())
    assert (one.mode, one.reason, one.polled) == ("events", "", [])
    assert not one.tend(place())


def test_a_folder_on_a_remote_mount_is_polled(make: Make, tmp_path: Path) -> None:
    one = make()
    assert one.tend(place(remote(tmp_path)))
    assert (one.mode, one.polled) == ("polling", [b""])
    assert one.reason == "nfs4 sends no events of other machines' changes"
    assert not one.tend(place(remote(tmp_path)))


def test_what_is_configured_comes_before_what_the_mount_says(make: Make, tmp_path: Path) -> None:
    never, always = make("never"), make("always")
    never.tend(place(remote(tmp_path), remote(tmp_path / "sub")))
    always.tend(place())
    assert (never.mode, never.polled) == ("events", [])
    assert (always.mode, always.polled) == ("polling", [b""])


def test_a_remote_mount_below_is_polled_and_the_rest_observed(make: Make, tmp_path: Path) -> None:
    (tmp_path / "share" / "deep").mkdir(parents=True)
    (tmp_path / "local").mkdir()
    one = make()
    one.tend(place(None, remote(tmp_path / "share"), Mount(b"/elsewhere", "tmpfs", "x")))
    assert (one.mode, one.polled, one.reason) == ("events", [b"share"], "share (nfs4) is polled")
    hints = one._hints
    assert isinstance(hints, Telling)
    (tmp_path / "share" / "deep" / "unseen").touch()
    (tmp_path / "local" / "seen").touch()
    wait_until(lambda: b"local/seen" in hints.names)
    assert hints.names == {b"local/seen"}


def test_without_recursion_a_mount_below_is_of_no_concern(make: Make, tmp_path: Path) -> None:
    one = make(recursive=False)
    one.tend(place(None, remote(tmp_path / "share")))
    assert one.polled == []


def test_another_folder_in_its_place_is_observed_anew(make: Make) -> None:
    one = make()
    one.tend(place())
    assert one.tend(InPlace(1, 3, None, frozenset()))
    assert one.restarts == 0


def test_a_limit_of_the_kernel_leads_to_polling_and_back(
    make: Make, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = []

    def limited(*arguments: object, **options: object) -> Observer:
        attempts.append(clock.monotonic())
        if len(attempts) < 4:
            raise EventLimitError("raise the limit")
        return Observer(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(observation, "Observer", limited)
    one = make()
    with capture_logs() as logs:
        one.tend(place())
        assert (one.mode, one.reason, one.polled) == ("polling", "raise the limit", [b""])
        while one.mode == "polling":
            clock.advance(1.0)
            one.tend(place())
    assert attempts == [0.0, 1.0, 6.0, 16.0]
    assert (one.reason, one.polled) == ("", [])
    assert [entry["event"] for entry in logs] == ["watch.not_observed", "watch.observed_again"]


def test_an_observer_that_fails_again_and_again_is_given_time(
    make: Make, clock: ManualClock, tmp_path: Path
) -> None:
    one = make()
    one.tend(place())
    starts = []
    for _ in range(4):
        assert one._observer is not None
        one._observer.stop()
        while not one.tend(place()):
            clock.advance(1.0)
        starts.append(clock.monotonic())
    assert starts == [0.0, 5.0, 15.0, 35.0]
    assert one.restarts == 4
    clock.advance(observation.STEADY_SECONDS + 1)
    assert one._observer is not None
    one._observer.stop()
    assert one.tend(place())


def test_events_that_stay_away_are_not_relied_on(make: Make) -> None:
    one = make()
    one.tend(place())
    for count in (1, 2, 0, 1, 1):
        one.missed(count)
        assert one.mode == "events"
    one.missed(1)
    assert (one.mode, one.polled) == ("polling", [b""])
    assert str(ENOUGH_MISSES) in one.reason
    one.tend(place())
    assert one.mode == "polling"
