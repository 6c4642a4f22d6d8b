"""The account: a limit slows, a spent quota or a bad key pauses, and all of it goes on by itself."""

from __future__ import annotations

import time
from typing import Any

import pytest

from flexorchd.clock import SystemClock
from flexorchd.errors import StateError
from tests.house import House, TestClock
from tests.service import Refuse, Service
from tests.service.faults import Reply
from tests.service.operations import refusal

STATES = {
    "INVALID_API_KEY": refusal(401, "INVALID_API_KEY"),
    "TRIAL_EXPIRED": refusal(402, "TRIAL_EXPIRED"),
    "QUOTA_EXCEEDED": refusal(402, "QUOTA_EXCEEDED"),
    "PLAN_UPGRADE_REQUIRED": Reply.of(
        403, {"error": {"code": "PLAN_UPGRADE_REQUIRED", "min_plan": "pro"}}
    ),
}


@pytest.mark.parametrize("code", STATES)
def test_a_bad_account_pauses_visibly_and_resumes_by_itself(
    house: House, service: Service, code: str
) -> None:
    house.run()
    service.plan.refusal = STATES[code]
    house.drop("a.txt", "one")
    house.run(seconds=3600)
    assert house.states() == {"a.txt": "queued"}, "watching and settling go on"
    assert code in house.troubles()
    assert house.json_status()["account"]["paused"] == code
    assert not house.failures()
    service.plan.refusal = None
    house.run()
    assert house.result("a.txt")
    assert code not in house.troubles()


@pytest.mark.parametrize("code", STATES)
def test_a_paused_account_is_only_probed_at_growing_intervals(
    house: House, service: Service, code: str
) -> None:
    house.run()
    service.plan.refusal = STATES[code]
    house.drop("a.txt", "one")
    house.run(seconds=5)
    service.requests.clear()
    house.run(seconds=5 * 3600)
    seen = service.operations_seen()
    assert set(seen) == {"usage.current"}
    assert 10 <= seen["usage.current"] <= 16, "5 s, doubling up to an hour"


@pytest.mark.parametrize("status", [402, 429])
def test_a_spent_quota_pauses_whatever_its_status(
    house: House, service: Service, status: int
) -> None:
    service.fault("documents.upload", Refuse(status, "QUOTA_EXCEEDED"))
    service.workspace.credits = None
    house.drop("a.txt", "one")
    house.run(lambda: "QUOTA_EXCEEDED" in house.troubles())
    house.run()
    assert house.result("a.txt")


def test_a_plan_too_small_for_uploads_is_not_tried_every_few_seconds(
    house: House, service: Service
) -> None:
    """The probe finds the account well each time; only an upload can tell that it is not."""
    service.plan.no_uploads = STATES["PLAN_UPGRADE_REQUIRED"]
    house.drop("a.txt", "one")
    house.run(seconds=5 * 3600)
    assert service.count("documents.upload") <= 16
    service.plan.no_uploads = None
    house.run()
    assert house.result("a.txt")


def test_a_pause_outlives_a_restart(house: House, service: Service) -> None:
    house.run()
    service.plan.refusal = STATES["TRIAL_EXPIRED"]
    house.drop("a.txt", "one")
    house.run(seconds=60)
    house.reopen()
    assert "TRIAL_EXPIRED" in house.troubles()
    service.plan.refusal = None
    house.run()
    assert house.result("a.txt")


def test_a_rate_limit_slows_and_nothing_else(tmp_path: Any) -> None:
    """With a real clock: twelve requests at four a second."""
    with Service() as service:
        service.plan.limit, service.plan.window = 5, 0.5
        clock: Any = SystemClock()
        with House(tmp_path, service, Ticking(clock)) as house:
            for n in range(8):
                house.drop(f"{n}.txt", f"document {n}")
            began = time.monotonic()
            house.run(lambda: len(house.results()) == 8, seconds=60)
            assert time.monotonic() - began < 20
            assert not house.failures()
            assert service.plan.refused <= 1, "only what was sent before the limit was known"


class Ticking(TestClock):
    """The machine's clock; advancing it is waiting."""

    def __init__(self, clock: SystemClock) -> None:
        super().__init__()
        self._clock = clock

    def now(self) -> float:
        return self._clock.now()

    def monotonic(self) -> float:
        return self._clock.monotonic()

    def advance(self, seconds: float) -> None:
        time.sleep(min(seconds, 0.05))


def test_a_429_with_retry_after_is_waited_out(tmp_path: Any) -> None:
    with Service() as service, House(tmp_path, service, Ticking(SystemClock())) as house:
        refused = Refuse(429, "RATE_LIMIT_EXCEEDED", headers={"Retry-After": "1"})
        service.fault("documents.upload", refused)
        house.drop("a.txt", "one")
        began = time.monotonic()
        house.run(lambda: house.result("a.txt") is not None, seconds=30)
        assert 1 <= time.monotonic() - began < 10
        assert not house.failures()


def test_a_429_that_says_0_seconds_is_tried_again_at_once(house: House, service: Service) -> None:
    refused = Refuse(429, "RATE_LIMIT_EXCEEDED", headers={"Retry-After": "0"})
    service.fault("jobs.list", refused)
    service.fault("documents.upload", refused)
    house.drop("a.txt", "one")
    began = house.clock.monotonic()
    house.run(lambda: house.result("a.txt") is not None, seconds=4)
    assert house.clock.monotonic() - began < 4


def test_a_service_that_always_says_429_is_asked_with_pauses(
    house: House, service: Service
) -> None:
    for seconds in ("0", None):
        told = {"Retry-After": seconds} if seconds else {}
        service.fault("*", Refuse(429, "RATE_LIMIT_EXCEEDED", headers=told), times=10_000)
        house.drop(f"{seconds}.txt", f"document {seconds}")
        before = len(service.requests)
        house.run(seconds=120)
        assert 2 <= len(service.requests) - before <= 250
        service.recover()
        house.run(lambda seconds=seconds: house.result(f"{seconds}.txt") is not None)
    assert not house.failures()


def test_an_outage_logs_a_handful_of_lines_and_the_recovery(
    house: House, service: Service, events: list[Any]
) -> None:
    house.run()
    events.clear()
    service.fault("*", Refuse(503), times=300)
    for n in range(20):
        house.drop(f"{n}.txt", f"document {n}")
    house.run(seconds=3600)
    loud = [e for e in events if e["log_level"] in ("warning", "error")]
    assert 1 <= len(loud) <= 15
    service.recover()
    house.run()
    assert len(house.results()) == 20
    assert [e for e in events if e["event"] == "service.recovered"]


def test_another_account_is_refused_unless_it_is_meant(house: House, service: Service) -> None:
    house.drop("a.txt", "one")
    house.run()
    house.close()
    service.key = house.env["FLEXORCH_API_KEY"] = "dfx_another_0123456789"
    with pytest.raises(StateError, match="--new-account"):
        house.open()
    house.open(new_account=True)
    house.drop("b.txt", "two")
    house.run()
    a, b = house.result("a.txt"), house.result("b.txt")
    assert a
    assert b
    assert a["account"] != b["account"]
    assert service.count("documents.upload") == 2, "what has a result is not sent again"


def test_what_the_old_account_left_is_sent_with_the_new_one(house: House, service: Service) -> None:
    """Queued, uploading, processing, and done but not delivered; then back again, which makes twins."""
    service.workspace.job_seconds = 60.0
    service.fault("executions.get", Refuse(503), times=99)
    house.drop("done.txt", "done")
    house.run(seconds=100)
    house.drop("processing.txt", "processing")
    house.run(seconds=1)
    house.close()
    first = house.env["FLEXORCH_API_KEY"]
    with Service(clock=service.clock) as other:
        other.key = "dfx_another_0123456789"
        house.service = other
        house.env["FLEXORCH_API_KEY"] = other.key
        other.workspace.job_seconds = 60.0
        house.open(new_account=True)
        house.run(lambda: other.count("documents.upload") == 1)
        house.close()
        service.recover()
        house.service = service
        house.env["FLEXORCH_API_KEY"] = first
        house.open(new_account=True)
        house.run()
    assert set(house.results()) == {"done.txt", "processing.txt"}
    for name in ("done", "processing"):
        assert house.results()[f"{name}.txt"]["document"]["records"][0]["text"] == name


def test_a_key_that_was_mistyped_at_first_is_simply_mended(house: House, service: Service) -> None:
    house.close()
    house.env = {"FLEXORCH_API_KEY": "dfx_mistyped-mistyped"}
    house.open(new_account=True)
    house.drop("a.txt", "one")
    house.run(seconds=60)
    assert "INVALID_API_KEY" in house.troubles()
    house.close()
    house.env = {"FLEXORCH_API_KEY": service.key}
    house.open()
    house.run()
    assert house.result("a.txt")
