"""Commands as a person types them: what they answer when nothing fits, and when nobody is there to act."""

from __future__ import annotations

import fcntl
import shutil
from contextlib import closing
from pathlib import Path

from flexorchd.ledger.ledger import Ledger
from tests.e2e.conftest import Build
from tests.e2e.process import PATIENCE, Place, wait_for
from tests.service import Service


def test_a_command_acts_itself_once_whoever_held_the_lock_is_gone(place: Place) -> None:
    place.drop("a.txt", "one")
    assert place.once() == 0
    with (place.home / "state/lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with place.spawn("retry", "--failed") as command:
            wait_for(lambda: asked(place.home / "state/ledger.sqlite3"))
            fcntl.flock(lock, fcntl.LOCK_UN)
            assert command.process.wait(PATIENCE) == 0


def test_what_the_ledger_does_not_know_is_told(place: Place) -> None:
    place.drop("a.txt", "one")
    assert place.once() == 0
    assert place.run("retry", "in/b.txt") == 2
    assert "in/b.txt is no file that the ledger knows" in place.log.read_text()
    assert place.run("retry", "--failed", "--watch", "inn") == 2
    assert "The watches are: in." in place.log.read_text()
    assert place.run("feedback", "in/b.txt", "positive") == 2
    assert "in/b.txt has no job" in place.log.read_text()


def test_reprocess_says_what_it_costs_and_takes_only_what_other_settings_change(
    place: Place, service: Service
) -> None:
    place.configure([{"name": "in"}, {"name": "as-it-was"}])
    place.drop("a.txt", "one")
    place.drop("b.txt", "two")
    place.drop("c.txt", "three", "as-it-was")
    assert place.once() == 0
    place.configure([{"name": "in", "locale": "de"}, {"name": "as-it-was"}])
    assert place.run("retry", "--reprocess", "in/a.txt", "as-it-was") == 0
    said = (place.home / "stdout").read_text().splitlines()
    assert said == [
        "1 file is processed again, for about 1 credit.",
        "1 file goes the road again.",
    ]
    assert place.once() == 0
    assert place.results()["a.txt"]["settings"]["locale"] == "de"
    assert place.results()["b.txt"]["settings"]["locale"] == "und"


def test_rebuild_says_one_sentence_and_logs_elsewhere(place: Place) -> None:
    place.drop("a.txt", "one")
    assert place.once() == 0
    shutil.rmtree(place.home / "state")
    assert place.command("ledger", "rebuild") == (0, "Put back from results: 1 file.\n")


def test_plan_knows_what_was_spent_today(build: Build) -> None:
    place = build(limits={"credits_per_day": 2})
    for name in ("a.txt", "b.txt", "c.txt"):
        place.drop(name, name)
    assert place.once() == 1
    code, said = place.command("plan")
    assert code == 1
    assert "CREDITS_PER_DAY" in said


def test_plan_does_not_send_what_was_forgotten(place: Place) -> None:
    place.drop("a.txt", "one")
    assert place.once() == 0
    assert place.run("forget", "in/a.txt") == 0
    place.drop("copy.txt", "one")
    code, said = place.command("plan")
    assert code == 0
    assert "Nothing is to be sent." in said


def asked(ledger: Path) -> bool:
    with closing(Ledger(ledger, readonly=True)) as reading:
        return bool(reading.requests.open())
