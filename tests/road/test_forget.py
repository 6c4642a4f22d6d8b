"""Forget: what was taken in is erased everywhere that can be reached, and is not sent again."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.house import House
from tests.road.conftest import Build
from tests.service import Service

SECRET = "a secret that nobody else may read"


def forget(house: House, *paths: str, **arguments: object) -> tuple[int, list[str]]:
    ids = [f.id for f in house.parts.ledger.search.files() if f.path.decode() in paths]
    return house.ask("forget", file_ids=ids, **arguments)


def test_a_forgotten_file_and_its_copies_are_gone_and_stay_unsent(
    house: House, service: Service
) -> None:
    content = house.drop("a.txt", SECRET)
    house.drop("copy.txt", SECRET)
    house.drop("other.txt", "other")
    house.run()
    assert forget(house, "a.txt")[0] == 0
    assert set(house.results()) == {"other.txt"}
    assert house.states()["a.txt"] == house.states()["copy.txt"] == "ignored"
    house.drop("again.txt", SECRET)
    house.run()
    house.reopen()
    house.run()
    assert house.states()["again.txt"] == "ignored"
    assert service.workspace.payments(content) == 1
    assert set(house.results()) == {"other.txt"}


def holding(house: House, *words: bytes) -> list[Path]:
    """The files of state and output with any of these bytes in them, free pages and logs included."""
    files = [p for d in (house.home / "state", house.output) for p in d.rglob("*") if p.is_file()]
    return [path for path in files if any(word in path.read_bytes() for word in words)]


def test_nothing_of_it_is_left_on_disk(house: House) -> None:
    house.drop("a.txt", SECRET)
    house.drop("bad.txt", "fate: rejected of the words that only this document has\n")
    house.run()
    words = SECRET.encode(), b"of the words that only", b'"id": "5000"'
    assert holding(house, *words)
    assert forget(house, "a.txt", "bad.txt")[0] == 0
    assert holding(house, *words) == []


def test_nothing_of_it_is_left_in_a_copy_of_the_ledger(house: House) -> None:
    house.drop("bad.txt", "fate: rejected of the words that only this document has\n")
    house.run(until=lambda: bool(house.failures()))
    begun = house.home / "state/backups/.ledger-20260101T000000Z.sqlite3.0123abcd"
    begun.parent.mkdir(exist_ok=True)
    begun.write_bytes(house.parts.ledger.database.path.read_bytes())
    forget(house, "bad.txt")
    house.run()
    assert holding(house, b"of the words that only") == []
    assert not begun.exists(), "a copy that was never finished"


def test_a_ledger_that_was_set_aside_is_named(house: House) -> None:
    house.drop("a.txt", SECRET)
    house.run()
    aside = house.home / "state/ledger.sqlite3.damaged-20260101T000000Z"
    aside.write_bytes(b"")
    assert any(str(aside) in line for line in forget(house, "a.txt")[1])


def test_what_is_being_processed_is_not_forgotten_yet(house: House, service: Service) -> None:
    service.workspace.job_seconds = 60.0
    house.drop("a.txt", SECRET)
    house.run(lambda: service.count("documents.upload") == 1)
    code, lines = forget(house, "a.txt")
    assert code == 1
    assert "processed" in lines[0]
    house.run()
    assert house.result("a.txt")


def test_exports_that_still_hold_it_are_named(build: Build) -> None:
    house = build(exports=[{"name": "monthly"}])
    house.drop("a.txt", SECRET)
    house.run()
    house.ask("export", name="monthly")
    (folder,) = house.datasets("monthly")
    code, lines = forget(house, "a.txt")
    assert code == 0
    assert any(str(folder) in line for line in lines)


@pytest.mark.parametrize("service", [{"dialect": "D", "builds_many": True}], indirect=True)
def test_the_services_datasets_go_too_where_that_is_asked_for(
    build: Build, service: Service
) -> None:
    house = build(exports=[{"name": "monthly"}])
    house.drop("a.txt", SECRET)
    house.run()
    house.ask("export", name="monthly")
    assert len(service.workspace.datasets) == 1
    assert forget(house, "a.txt", remote=True)[0] == 0
    assert service.workspace.datasets == []


def test_a_state_that_is_lost_afterwards_still_knows_that_it_was_forgotten_from_a_copy(
    house: House,
) -> None:
    house.drop("a.txt", SECRET)
    house.run()
    forget(house, "a.txt")
    house.run()
    copies = list((house.home / "state/backups").glob("*.sqlite3"))
    assert copies, "a new copy is made at once, without what was forgotten"
    for copy in copies:
        with sqlite3.connect(copy) as db:
            assert db.execute("SELECT count(*) FROM forgotten").fetchone() == (1,)
