"""The whole daemon against a model of the truth: whatever happens in whatever order, the promise holds."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.house import House, TestClock
from tests.house.clock import START
from tests.service import CutAnswer, CutRequest, Garble, LoseAnswer, Refuse, Service, Truncate
from tests.service.operations import refusal

WATCHES = st.sampled_from(["in", "gone"])
PATHS = st.sampled_from(["a.txt", "b.txt", "folder/a.txt", "folder/deep/c.txt", "other/a.txt"])
WORDS = st.sampled_from(["one", "two", "three", "fate: failed MALFORMED", "fate: degraded"])
OPERATIONS = st.sampled_from(
    [
        "documents.upload",
        "documents.list",
        "jobs.list",
        "jobs.get",
        "executions.get",
        "usage.current",
        "*",
    ]
)
FAULTS = st.sampled_from(
    [
        LoseAnswer(),
        CutAnswer(60),
        CutRequest(10),
        Truncate(),
        Garble(),
        Refuse(500),
        Refuse(502, processed=True),
        Refuse(503),
        Refuse(504, processed=True),
        Refuse(429, "RATE_LIMIT_EXCEEDED", headers={"Retry-After": "0"}),
    ]
)
REFUSALS = st.sampled_from([refusal(402, "TRIAL_EXPIRED"), refusal(401, "INVALID_API_KEY"), None])


class Road(RuleBasedStateMachine):
    """Files come, change, move and go; the service, the clock, the output and the daemon misbehave."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(prefix="flexorchd-road-"))
        self.clock = TestClock()
        # The service's clock is its own: it is not set when ours is.
        self.service = Service(clock=lambda: START + self.clock.monotonic())
        self.service.__enter__()
        self.service.plan.limit = 100_000
        # What is sent twice is paid twice.
        self.service.workspace.knows_repeats = False
        watches = [{"name": "in"}, {"name": "gone", "after": "delete"}]
        limits = {"max_backlog": 0, "versions_per_day": 0}
        self.house = House(self.home, self.service, self.clock, watches=watches, limits=limits)
        self.ever: dict[tuple[str, str], set[bytes]] = defaultdict(set)
        self.results: set[Path] = set()
        self.marker: bytes | None = None

    def teardown(self) -> None:
        try:
            self.everything_comes_to_its_end()
        finally:
            self.house.close()
            self.service.close()
            shutil.rmtree(self.home)

    # What people do.

    @rule(watch=WATCHES, path=PATHS, word=WORDS, number=st.integers(0, 2))
    def write(self, watch: str, path: str, word: str, number: int) -> None:
        self.ever[watch, path].add(self.house.drop(path, f"{word}\n{number}", watch))

    @rule(watch=WATCHES, path=PATHS)
    def delete(self, watch: str, path: str) -> None:
        self.house.source(path, watch).unlink(missing_ok=True)

    @rule(watch=WATCHES, source=PATHS, to=PATHS)
    def rename(self, watch: str, source: str, to: str) -> None:
        old, new = self.house.source(source, watch), self.house.source(to, watch)
        if old.exists() and old != new:
            new.parent.mkdir(parents=True, exist_ok=True)
            self.ever[watch, to].add(old.read_bytes())
            old.rename(new)

    @rule(
        watch=WATCHES,
        source=st.sampled_from(["folder", "other"]),
        to=st.sampled_from(["folder", "other"]),
    )
    def move_folder(self, watch: str, source: str, to: str) -> None:
        old, new = self.house.source(source, watch), self.house.source(to, watch)
        if old.is_dir() and not new.exists():
            for file in old.rglob("*.txt"):
                self.ever[watch, f"{to}/{file.relative_to(old)}"].add(file.read_bytes())
            old.rename(new)

    # What happens.

    @rule(seconds=st.sampled_from([0.0, 5.0, 600.0]), scan=st.booleans())
    def time_passes(self, seconds: float, scan: bool) -> None:
        self.house.run(seconds=seconds, scan=scan)

    @rule(operation=OPERATIONS, fault=FAULTS, times=st.integers(1, 4))
    def trouble(self, operation: str, fault: Any, times: int) -> None:
        self.service.fault(operation, fault, times=times)

    @rule(refused=REFUSALS)
    def account(self, refused: Any) -> None:
        self.service.plan.refusal = refused

    @rule(seconds=st.sampled_from([0.0, 30.0]))
    def jobs_take(self, seconds: float) -> None:
        self.service.workspace.job_seconds = seconds

    @rule(seconds=st.sampled_from([-86_400.0, -60.0, 60.0, 86_400.0]))
    def clock_is_set(self, seconds: float) -> None:
        self.clock.step(seconds)

    @rule()
    def restart(self) -> None:
        self.house.reopen()

    @precondition(lambda self: self.marker is None)
    @rule()
    def output_goes(self) -> None:
        file = self.house.output / ".flexorchd.json"
        self.marker = file.read_bytes()
        file.unlink()

    @precondition(lambda self: self.marker is not None)
    @rule()
    def output_comes_back(self) -> None:
        assert self.marker is not None
        (self.house.output / ".flexorchd.json").write_bytes(self.marker)
        self.marker = None

    @rule()
    def everything_comes_to_its_end(self) -> None:
        self.service.recover()
        self.service.plan.refusal = None
        if self.marker is not None:
            self.output_comes_back()
        self.house.run(seconds=2.5 * 3600)
        for watch in ("in", "gone"):
            for file in self.house.source("", watch).rglob("*.txt"):
                self.has_its_end(watch, file)
            assert set(self.house.states(watch).values()) <= {"delivered", "failed", "vanished"}

    def has_its_end(self, watch: str, file: Path) -> None:
        path = str(file.relative_to(self.house.source("", watch)))
        content = file.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if b"fate: failed" in content:
            failure = self.house.failure(path, watch)
            assert failure, path
            assert failure["file"]["sha256"] == digest
            return
        result = self.house.result(path, watch)
        assert result, path
        assert result["file"]["sha256"] == digest, path
        assert not self.house.failure(path, watch), path
        assert watch == "in" or b"degraded" in content, "delivered, so it should have been deleted"

    # What holds at every moment.

    @invariant()
    def results_are_whole_and_true(self) -> None:
        for file in self.house.output.glob("results/**/*.json"):
            result = json.loads(file.read_bytes())
            told = result["file"]
            contents = self.ever[told["watch"], told["path"]]
            assert told["sha256"] in {hashlib.sha256(content).hexdigest() for content in contents}
            for record in result["document"]["records"] if result["document"] else ():
                assert hashlib.sha256(record["text"].encode()).hexdigest() == told["sha256"]

    @invariant()
    def results_are_never_removed(self) -> None:
        now = set(self.house.output.glob("results/**/*.json"))
        assert now >= self.results
        self.results = now

    @invariant()
    def everything_is_paid_for_once(self) -> None:
        assert all(count == 1 for count in self.service.workspace.paid.values())

    @invariant()
    def no_source_goes_without_its_result(self) -> None:
        delivered = {path.name for path in self.house.output.glob("results/gone/**/*.json")}
        aside = list(self.house.source("", "gone").rglob(".flexorchd-*.tmp"))
        assert not aside or delivered


Road.TestCase.settings = settings(
    max_examples=12,
    stateful_step_count=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


class TestRoad(Road.TestCase):  # type: ignore[name-defined, misc]
    @pytest.fixture(autouse=True)
    def quiet(self) -> Any:
        with structlog.testing.capture_logs():
            yield


class LongRoad(Road):
    """The same for longer."""


LongRoad.TestCase.settings = settings(
    max_examples=300,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.soak
@pytest.mark.timeout(7200)
class TestLongRoad(LongRoad.TestCase):  # type: ignore[name-defined, misc]
    @pytest.fixture(autouse=True)
    def quiet(self) -> Any:
        with structlog.testing.capture_logs():
            yield
