"""Guards: money and the wrong folder. What is held is held visibly, and never fails."""

from __future__ import annotations

import time

import pytest

from flexorchd.insight.planning import make_plan
from flexorchd.ledger.watches import Mount
from flexorchd.rules.plan import plan_of
from tests.house import House, TestClock
from tests.road.conftest import Build
from tests.service import Service

DAY = 86_400.0


def drop(house: House, number: int, first: int = 0) -> None:
    for n in range(first, first + number):
        house.drop(f"{n}.txt", f"document {n}")


def holds(house: House) -> set[str | None]:
    return {file.hold_code for file in house.parts.ledger.search.files(state="held")}


def test_more_new_files_than_the_backlog_are_held_until_approved(
    build: Build, service: Service
) -> None:
    house = build(limits={"max_backlog": 5})
    drop(house, 6)
    house.run(seconds=600)
    assert service.count("documents.upload") == 0
    assert set(house.states().values()) == {"held"}
    assert "MAX_BACKLOG" in house.troubles()
    code, lines = house.ask("approve", watch="in")
    assert code == 0
    assert "6" in lines[0]
    house.run()
    assert len(house.results()) == 6
    assert "MAX_BACKLOG" not in house.troubles()


def test_a_backlog_is_counted_by_whichever_door_files_come(build: Build, service: Service) -> None:
    house = build(limits={"max_backlog": 5})
    drop(house, 5)
    house.run()
    assert len(house.results()) == 5
    drop(house, 6, first=5)
    house.run(seconds=600)
    assert len(house.results()) == 5
    assert holds(house) == {"MAX_BACKLOG"}
    house.ask("approve", watch="in")
    house.run()
    drop(house, 5, first=11)
    house.run()
    assert len(house.results()) == 16


def test_what_waits_in_a_held_watch_is_held_whatever_the_reason(build: Build) -> None:
    house = build()
    house.drop("sent.txt", "one")
    house.run()
    house.drop("waits.txt", "two")
    house.scan()
    watches = house.parts.ledger.watches
    watches.hold(1, "MOUNT_MISSING", "in was on a mount that is absent", house.clock.now())
    assert house.states() == {"sent.txt": "delivered", "waits.txt": "held"}
    assert holds(house) == {"MOUNT_MISSING"}
    assert house.status().states["held"] == 1
    watches.release(1, "MOUNT_MISSING")
    house.run(scan=False)
    assert house.states() == {"sent.txt": "delivered", "waits.txt": "delivered"}


def test_what_lies_at_the_place_of_a_mount_can_be_approved(build: Build) -> None:
    house = build()
    watches = house.parts.ledger.watches
    watches.remember_mount(1, Mount(b"/mnt", "nfs4", "nas:/scans"))
    watches.hold(1, "MOUNT_MISSING", "in was on a mount that is absent", house.clock.now())
    (trouble,) = (t for t in house.status().troubles if t.code == "MOUNT_MISSING")
    assert "flexorchd approve" in trouble.remedy
    assert house.ask("approve", watch="in")[0] == 0
    row = watches.get("in")
    assert row is not None
    assert row.hold_code is None
    assert row.mount is None


def test_a_missing_folder_cannot_be_approved(build: Build) -> None:
    house = build()
    watches = house.parts.ledger.watches
    watches.hold(1, "FOLDER_MISSING", "in is unavailable", house.clock.now())
    code, lines = house.ask("approve", watch="in")
    assert code == 1
    assert "in is unavailable" in lines[0]
    assert "MOUNT_MISSING" not in house.troubles()
    assert "FOLDER_MISSING" in house.troubles()


def test_a_held_watch_holds_no_other(build: Build) -> None:
    house = build(watches=[{"name": "in"}, {"name": "small"}], limits={"max_backlog": 3})
    drop(house, 4)
    house.drop("a.txt", "one", "small")
    house.run(seconds=600)
    assert house.result("a.txt", "small")
    assert not house.results()


def test_a_copy_in_another_watch_does_not_release_what_is_held(
    build: Build, service: Service
) -> None:
    house = build(watches=[{"name": "in"}, {"name": "small"}], limits={"max_backlog": 3})
    drop(house, 4)
    house.drop("a.txt", "document 1", "small")
    house.run(seconds=600)
    assert house.result("a.txt", "small")
    assert len(service.workspace.documents) == 1


def test_the_days_credits_hold_until_the_next_day(
    build: Build, service: Service, clock: TestClock
) -> None:
    house = build(limits={"credits_per_day": 3})
    drop(house, 5)
    house.run(seconds=3600)
    assert len(house.results()) == 3
    assert holds(house) == {"CREDITS_PER_DAY"}
    assert not house.failures()
    clock.advance(DAY)
    house.run()
    assert len(house.results()) == 5


def test_a_reserve_of_credits_is_left(build: Build, service: Service) -> None:
    service.workspace.credits = 10
    house = build(limits={"reserve": 7})
    drop(house, 5)
    house.run(seconds=3600)
    assert len(house.results()) == 3
    assert service.workspace.credits == 7
    assert holds(house) == {"RESERVE"}
    service.workspace.credits = 100
    house.run(lambda: len(house.results()) == 5)


def test_spent_credits_are_told_as_spent(build: Build, service: Service) -> None:
    service.workspace.credits = 3
    house = build()
    drop(house, 5)
    house.run(seconds=3600)
    status = house.status()
    assert status.account["credits_left"] == 0
    assert {t.code: t.what for t in status.troubles} == {
        "QUOTA_EXCEEDED": "2 files held: the credits are used up."
    }
    service.workspace.credits = 10
    house.run(lambda: len(house.results()) == 5)
    assert not house.troubles()


def test_new_credits_are_noticed_as_soon_as_after_a_pause(build: Build, service: Service) -> None:
    service.workspace.credits = 0
    house = build()
    house.drop("a.txt", "one")
    house.run(seconds=2)
    assert holds(house) == {"QUOTA_EXCEEDED"}
    service.workspace.credits = 100
    house.run(lambda: house.states() == {"a.txt": "delivered"}, seconds=10, scan=False)


def test_a_file_that_is_saved_again_and_again_is_sent_so_often_a_day(
    build: Build, service: Service, clock: TestClock
) -> None:
    house = build(limits={"versions_per_day": 2})
    for n in range(5):
        house.drop("a.txt", f"version {n}")
        house.run(seconds=600)
    assert service.count("documents.upload") == 2
    assert holds(house) == {"VERSIONS_PER_DAY"}
    clock.advance(DAY)
    house.run()
    result = house.result("a.txt")
    assert result
    assert result["document"]["records"][0]["text"] == "version 4"
    assert service.count("documents.upload") == 3


@pytest.mark.parametrize(
    "limits", [{"credits_per_day": 1}, {"versions_per_day": 1}], ids=["credits", "versions"]
)
def test_a_hold_of_an_earlier_run_is_judged_anew(
    build: Build, service: Service, clock: TestClock, limits: dict[str, int]
) -> None:
    house = build(limits=limits)
    for content in ("one", "two"):
        house.drop("a.txt", content)
        house.run(seconds=600)
    assert house.states() == {"a.txt": "held"}
    clock.advance(DAY)
    house.reopen()
    assert house.states() == {"a.txt": "queued"}


def test_the_plan_tells_of_files_that_are_saved_too_often(build: Build) -> None:
    house = build(limits={"versions_per_day": 1})
    for content in ("one", "two"):
        house.drop("a.txt", content)
        house.run(seconds=600)
    parts = house.parts
    (plan,) = make_plan(parts.config, parts.ledger, plan_of("hosted", None), None)
    assert plan.held == "VERSIONS_PER_DAY"


@pytest.mark.parametrize("plan", ["trial", "starter", "pro"])
def test_what_the_plan_refuses_is_not_sent(build: Build, service: Service, plan: str) -> None:
    limit = {"trial": 10, "starter": 25, "pro": 50}[plan] * 1024 * 1024
    service.plan.name = plan
    house = build(watches=[{"name": "in", "include": ["*"]}])
    with house.source("large.txt").open("wb") as file:
        file.truncate(limit + 1)
    house.drop("table.csv", "a,b")
    house.drop("good.txt", "good")
    house.run()
    codes = {path: failure["error"]["code"] for path, failure in house.failures().items()}
    assert codes == {"large.txt": "FILE_TOO_LARGE", "table.csv": "UNSUPPORTED_FILE"}
    assert [len(names) for names in service.uploads()] == [1]


def test_a_sparse_giant_is_refused_unread(house: House, service: Service) -> None:
    """A terabyte of nothing: to hash it would take half an hour."""
    service.plan.name = "pro"
    with house.source("giant.txt").open("wb") as file:
        file.truncate(2**40)
    began = time.monotonic()
    house.run()
    assert time.monotonic() - began < 5
    failure = house.failure("giant.txt")
    assert failure
    assert failure["error"]["code"] == "FILE_TOO_LARGE"
    assert failure["file"]["size"] == 2**40
    assert failure["file"]["sha256"] is None


def test_a_larger_plan_takes_what_the_smaller_one_refused(house: House, service: Service) -> None:
    service.plan.name = "trial"
    content = house.drop("large.txt", b"- " * (6 * 1024 * 1024))
    house.run()
    assert house.failure("large.txt")
    service.plan.name = "starter"
    house.run(lambda: house.result("large.txt") is not None, seconds=600)
    house.run()
    assert service.workspace.payments(content) == 1
    assert not house.failure("large.txt")


def test_nothing_is_sent_before_the_first_scan_has_shown_how_much_there_is(build: Build) -> None:
    house = build(limits={"max_backlog": 5})
    drop(house, 6)
    house.run(seconds=60)
    house.reopen()
    house.run(seconds=60, scan=False)
    assert house.service.count("documents.upload") == 0


def test_a_watch_that_is_removed_is_parked_and_its_jobs_finish(
    build: Build, service: Service
) -> None:
    service.workspace.job_seconds = 60.0
    service.workspace.credits = 1
    house = build(watches=[{"name": "in"}, {"name": "old"}])
    house.drop("sent.txt", "sent", "old")
    house.run(lambda: service.count("documents.upload") == 1)
    house.drop("unsent.txt", "unsent", "old")
    house.run(seconds=10)
    house.watches = [{"name": "in"}]
    house.reopen()
    service.workspace.credits = 100
    house.run()
    assert house.result("sent.txt", "old")
    assert house.states("old") == {"sent.txt": "delivered", "unsent.txt": "held"}
    house.watches = [{"name": "in"}, {"name": "old"}]
    house.reopen()
    house.run()
    assert house.result("unsent.txt", "old")
