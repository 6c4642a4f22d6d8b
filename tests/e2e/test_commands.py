"""Commands as a person types them: what they answer when nothing fits, and when nobody is there to act."""

from __future__ import annotations

import fcntl
from contextlib import closing
from pathlib import Path

from flexorchd.ledger.ledger import Ledger
from tests.e2e.process import PATIENCE, Place, wait_for


def test_a_command_acts_itself_once_whoever_held_the_lock_is_gone(place: Place) -> None:
    place.drop("a.txt", "one")
    assert place.once() == 0
    with (place.home / "state/lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with place.spawn("retry", "--failed") as command:
            wait_for(lambda: asked(place.home / "state/ledger.sqlite3"))
            fcntl.flock(lock, fcntl.LOCK_UN)
            assert command.process.wait(PATIENCE) == 0


def asked(ledger: Path) -> bool:
    with closing(Ledger(ledger, readonly=True)) as reading:
        return bool(reading.requests.open())
