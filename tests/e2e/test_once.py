"""A single pass: everything that its first scan finds comes to an end, and the exit code says how."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.e2e.conftest import Build
from tests.e2e.process import Place, wait_for
from tests.service import Refuse, Service
from tests.service.operations import refusal

HOUR = 3600.0


def left(place: Place) -> list[str]:
    return [event["reason"] for event in place.events() if event["event"] == "run.left"]


def test_all_delivered_is_0_and_a_second_pass_does_nothing(place: Place, service: Service) -> None:
    for n in range(5):
        place.drop(f"{n}.txt", f"document {n}")
    assert place.once() == 0
    assert len(place.results()) == 5
    service.requests.clear()
    assert place.once() == 0
    assert set(service.operations_seen()) <= {"usage.current", "usage.limits"}


def test_an_empty_folder_is_0(place: Place) -> None:
    assert place.once() == 0


def test_a_failure_in_this_run_is_1_and_in_an_earlier_one_is_not(place: Place) -> None:
    place.drop("a.txt", "fate: failed MALFORMED")
    assert place.once() == 1
    assert place.failure("a.txt")
    place.drop("b.txt", "good")
    assert place.once() == 0


@pytest.mark.parametrize(
    ("code", "expected"), [("INVALID_API_KEY", 2), ("TRIAL_EXPIRED", 1), ("QUOTA_EXCEEDED", 1)]
)
def test_a_paused_account_leaves_what_it_cannot_send(
    place: Place, service: Service, code: str, expected: int
) -> None:
    place.drop("a.txt", "one")
    service.plan.refusal = refusal(401 if code == "INVALID_API_KEY" else 402, code)
    assert place.once() == expected
    if expected == 1:
        assert code in left(place)[-1]
    service.plan.refusal = None
    assert place.once() == 0
    assert place.result("a.txt")


def test_what_was_ready_when_the_account_paused_is_left_too(place: Place, service: Service) -> None:
    service.fault("executions.get", Refuse(402, "TRIAL_EXPIRED"))
    service.fault("usage.current", Refuse(402, "TRIAL_EXPIRED"), times=99, where=paused(service))
    place.drop("a.txt", "one")
    assert place.once() == 1
    service.recover()
    assert place.once() == 0
    assert place.result("a.txt")


def paused(service: Service):  # type: ignore[no-untyped-def]
    return lambda request: service.count("executions.get") > 0


def test_a_held_watch_is_left(build: Build) -> None:
    place = build(limits={"max_backlog": 2})
    for n in range(3):
        place.drop(f"{n}.txt", f"document {n}")
    assert place.once() == 1
    assert any("held" in reason for reason in left(place))
    assert place.command("approve", "in")[0] == 0
    assert place.once() == 0
    assert len(place.results()) == 3


def test_a_service_that_stays_away_is_left(place: Place, service: Service) -> None:
    service.fault("*", Refuse(503), times=100_000)
    place.drop("a.txt", "one")
    assert place.once() == 1
    assert left(place)
    service.recover()
    assert place.once() == 0
    assert place.result("a.txt")


def test_a_file_that_keeps_changing_is_left(build: Build, tmp_path: Path) -> None:
    place = build(watches=[{"name": "in", "settle": 0.2}])
    place.drop("quiet.txt", "quiet")
    stop = threading.Event()

    def write() -> None:
        n = 0
        while not stop.wait(0.02):
            n += 1
            place.drop("busy.txt", f"{n}")

    writer = threading.Thread(target=write)
    writer.start()
    wait_for(place.source("busy.txt").exists)
    try:
        assert place.once() == 1
    finally:
        stop.set()
        writer.join()
    assert place.result("quiet.txt")
    assert not place.result("busy.txt")
    assert place.once() == 0
    assert place.result("busy.txt")


def test_a_held_output_is_left(place: Place) -> None:
    place.once()
    marker = place.output / ".flexorchd.json"
    kept = marker.read_bytes()
    marker.unlink()
    place.drop("a.txt", "one")
    assert place.once() == 1
    marker.write_bytes(kept)
    assert place.once() == 0
    assert place.result("a.txt")


def test_a_wrong_configuration_is_2(place: Place) -> None:
    place.file.write_text(place.file.read_text() + "\nnonsense = 1\n")
    assert place.once() == 2


def test_files_that_come_later_wait_for_the_next_run(place: Place, service: Service) -> None:
    service.workspace.job_seconds = 1.0
    place.drop("a.txt", "one")
    assert place.forge
    place.forge.start(place.order("run", "--once"))
    wait_for(lambda: service.count("documents.upload"))
    place.drop("b.txt", "two")
    assert place.forge.result() == 0
    assert set(place.results()) == {"a.txt"}
    assert place.once() == 0
    assert set(place.results()) == {"a.txt", "b.txt"}


def test_exports_that_are_due_are_run_last(build: Build) -> None:
    place = build(exports=[{"name": "hourly", "schedule": "0 * * * *"}])
    place.once()
    place.drop("a.txt", "one")
    assert place.once(clock=HOUR) == 0
    (folder,) = place.datasets("hourly")
    assert len(place.manifest(folder)["job_ids"]) == 1


def test_an_export_that_fails_is_1(build: Build, service: Service) -> None:
    place = build(
        watches=[{"name": "in"}],
        output={"details": False},
        exports=[{"name": "hourly", "schedule": "0 * * * *"}],
    )
    place.once()
    service.fault("datasets.build_one", Refuse(404, "NOT_FOUND"), times=99)
    service.fault("datasets.build", Refuse(422, "VALIDATION_ERROR"), times=99)
    place.drop("a.txt", "one")
    assert place.once(clock=HOUR) == 1
    assert place.result("a.txt")
