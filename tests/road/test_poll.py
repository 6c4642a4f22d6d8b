"""Poll: jobs are followed to their end, many at a time, and one odd job keeps no other waiting."""

from __future__ import annotations

from typing import Any

import pytest

from tests.house import House, TestClock
from tests.road.conftest import Build
from tests.service import Refuse, Reshape, Service


def drop(house: House, number: int) -> dict[str, bytes]:
    return {f"{n}.txt": house.drop(f"{n}.txt", f"document {n}") for n in range(number)}


@pytest.mark.parametrize("service", [{"job_seconds": 5.0}], indirect=True)
def test_many_jobs_are_asked_for_with_one_page_of_the_list(house: House, service: Service) -> None:
    drop(house, 40)
    house.run()
    assert len(house.results()) == 40
    assert service.count("jobs.get") <= 4
    assert service.count("jobs.list") <= 10


@pytest.mark.parametrize("service", [{"job_seconds": 5.0}], indirect=True)
@pytest.mark.parametrize("page", [20, 50])
def test_how_many_jobs_a_page_holds_is_learned(house: House, service: Service, page: int) -> None:
    service.plan.page = page
    drop(house, 120)
    house.run()
    assert len(house.results()) == 120
    assert service.count("jobs.get") <= 4
    assert service.count("jobs.list") <= 8 * 120 / page


@pytest.mark.parametrize("service", [{"thin_lists": True, "job_seconds": 1.0}], indirect=True)
def test_thin_items_are_fetched_singly_and_only_ours(house: House, service: Service) -> None:
    theirs = [(f"theirs {n}.txt", b"theirs %d" % n) for n in range(30)]
    service.workspace.take(theirs, {})
    drop(house, 10)
    house.run()
    assert len(house.results()) == 10
    asked = {r.path.rpartition("/")[2] for r in service.requests if r.operation == "jobs.get"}
    ours = {result["job"]["id"] for result in house.results().values()}
    assert asked == ours


def test_a_job_that_fails_ends_its_file_with_the_services_reason(house: House) -> None:
    house.drop("a.txt", "fate: failed MALFORMED")
    house.run()
    failure = house.failure("a.txt")
    assert failure
    assert failure["error"]["code"] == "MALFORMED"
    assert failure["error"]["message"] == "It cannot be read."
    assert house.states() == {"a.txt": "failed"}


@pytest.mark.parametrize("status", [400, 404, 500, 503])
def test_a_job_that_cannot_be_asked_for_keeps_no_other_waiting(
    house: House, service: Service, status: int
) -> None:
    """The list does not show the first job, and asking for it alone always fails."""
    service.fault(
        "jobs.get",
        Refuse(status, "NOT_FOUND" if status == 404 else None),
        times=10_000,
        where=lambda request: request.path.endswith("/5000"),
    )
    service.fault("jobs.list", Reshape(without_job(5000)), times=10_000)
    drop(house, 6)
    house.run(seconds=600)
    assert len(house.results()) >= 5


def without_job(number: int) -> Any:
    def change(answer: dict[str, Any]) -> dict[str, Any]:
        page = answer["data"]
        page["items"] = [item for item in page["items"] if item["id"] != number]
        return answer

    return change


def in_an_unknown_state(answer: dict[str, Any]) -> dict[str, Any]:
    items = answer["data"]["items"] if "items" in answer["data"] else [answer["data"]]
    for item in items:
        if item["id"] == 5000:
            item["status"] = "pondering"
    return answer


def test_a_job_in_an_unknown_state_keeps_no_other_waiting(house: House, service: Service) -> None:
    for operation in ("jobs.list", "jobs.get"):
        service.fault(operation, Reshape(in_an_unknown_state), times=10_000)
    drop(house, 6)
    house.run(seconds=600)
    assert len(house.results()) == 5
    service.recover()
    house.run()
    assert len(house.results()) == 6


def test_a_job_that_vanishes_is_sent_once_more_and_then_that_is_the_end(
    house: House, service: Service
) -> None:
    house.drop("a.txt", "fate: gone")
    house.run()
    failure = house.failure("a.txt")
    assert failure
    assert failure["error"]["code"] == "JOB_GONE"
    assert service.count("documents.upload") == 2


def test_a_job_that_vanishes_once_is_sent_again(house: House, service: Service) -> None:
    service.fault("jobs.get", Refuse(404, "NOT_FOUND"))
    house.drop("a.txt", "one")
    house.run()
    assert house.result("a.txt")
    assert service.count("documents.upload") == 2


def test_a_job_unfinished_after_a_day_ends_the_wait(house: House, clock: TestClock) -> None:
    house.drop("a.txt", "fate: never")
    house.run(seconds=60)
    clock.advance(23 * 3600)
    house.run(seconds=60)
    assert house.states() == {"a.txt": "processing"}
    clock.advance(2 * 3600)
    house.run()
    failure = house.failure("a.txt")
    assert failure
    assert failure["error"]["code"] == "JOB_UNFINISHED"


@pytest.mark.parametrize("seconds", [3 * 86400.0, -3 * 86400.0])
def test_a_clock_that_is_set_ends_no_wait(
    house: House, service: Service, clock: TestClock, seconds: float
) -> None:
    service.workspace.job_seconds = 60.0
    start = clock.monotonic()
    service.clock = lambda: 1_780_000_000.0 + clock.monotonic()
    house.drop("a.txt", "one")
    house.run(lambda: service.count("jobs.get") > 0)
    clock.step(seconds)
    house.run(lambda: house.result("a.txt") is not None, seconds=3600)
    assert clock.monotonic() - start < 1000


def test_a_job_that_goes_backwards_is_followed_on(house: House, service: Service) -> None:
    def running(answer: dict[str, Any]) -> dict[str, Any]:
        answer["data"]["status"] = "queued"
        return answer

    service.fault("jobs.get", Reshape(running), times=3)
    house.drop("a.txt", "one")
    house.run()
    assert house.result("a.txt")


def test_an_outage_while_jobs_run_costs_nothing(house: House, service: Service) -> None:
    service.fault("jobs.get", Refuse(503), times=15)
    service.fault("jobs.list", Refuse(503), times=15)
    contents = drop(house, 5)
    house.run(seconds=4 * 3600)
    assert len(house.results()) == 5
    assert all(service.workspace.payments(content) == 1 for content in contents.values())


# -- trying again ---------------------------------------------------------------------------------------


def failed_once(house: House, service: Service) -> bytes:
    """A file whose job failed, for a reason that is gone by now."""
    content = house.drop("a.txt", "fate: failed OCR_NOT_INSTALLED")
    house.run()
    assert house.failure("a.txt")
    (document,) = service.workspace.documents
    document.content = b"it can be read now"
    return content


def retry(house: House) -> None:
    files = house.parts.ledger.search.files(state="failed")
    code, _ = house.ask("retry", file_ids=[file.id for file in files])
    assert code == 0
    house.run()


def test_a_failed_job_is_run_again_where_it_is(house: House, service: Service) -> None:
    failed_once(house, service)
    retry(house)
    result = house.result("a.txt")
    assert result
    assert "it can be read now" in str(result["document"])
    assert service.count("documents.upload") == 1
    assert service.count("documents.reprocess") == 1
    assert not house.failures(), "the failure goes when a result lands"


@pytest.mark.parametrize(
    "refusal",
    [
        Refuse(400, "DOCUMENT_FILE_NOT_AVAILABLE"),
        Refuse(400, "REPROCESS_NOT_SUPPORTED"),
        Refuse(400, "REPROCESS_FAILED"),
        Refuse(404, "DOCUMENT_NOT_FOUND"),
        Refuse(405),
    ],
    ids=str,
)
def test_where_it_cannot_be_run_again_it_is_sent_again(
    house: House, service: Service, refusal: Refuse
) -> None:
    failed_once(house, service)
    service.fault("documents.reprocess", refusal)
    retry(house)
    assert service.count("documents.upload") == 2
    assert house.failure("a.txt"), "the content has not changed, so it fails again"


def test_a_lost_answer_to_running_it_again_is_paid_for_once(house: House, service: Service) -> None:
    from tests.service import LoseAnswer

    failed_once(house, service)
    service.fault("documents.reprocess", LoseAnswer())
    retry(house)
    assert house.result("a.txt")
    assert service.count("documents.reprocess") == 1


@pytest.mark.parametrize("service", [{"job_seconds": 3.0}], indirect=True)
def test_one_retry_serves_all_equal_files(house: House, service: Service) -> None:
    house.drop("copy.txt", "fate: failed OCR_NOT_INSTALLED")
    failed_once(house, service)
    assert set(house.failures()) == {"a.txt", "copy.txt"}
    retry(house)
    assert set(house.results()) == {"a.txt", "copy.txt"}
    assert not house.failures()
    assert len(service.workspace.jobs) == 2


def test_a_second_account_does_not_mix_up_job_ids(build: Build, service: Service) -> None:
    house = build()
    first = house.drop("a.txt", "one")
    house.run()
    house.close()
    with Service(clock=service.clock) as other:
        other.key = house.env["FLEXORCH_API_KEY"]
        house.service = other
        house.open(new_account=True)
        house.drop("b.txt", "two")
        house.run()
        a, b = house.result("a.txt"), house.result("b.txt")
        assert a
        assert b
        assert a["job"]["id"] == b["job"]["id"] == "5000"
        assert not b["job"]["is_duplicate"]
        assert b["document"]["records"][0]["text"] == "two"
        assert service.workspace.payments(first) == 1
        assert other.workspace.payments(first) == 0
