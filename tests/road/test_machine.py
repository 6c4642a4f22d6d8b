"""The whole daemon against a model of the truth: whatever happens in whatever order, the promise holds."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from tests.house import House, TestClock
from tests.house.clock import START
from tests.service import CutAnswer, CutRequest, Garble, LoseAnswer, Refuse, Service, Truncate
from tests.service.content import read
from tests.service.operations import refusal

WATCHES = st.sampled_from(["in", "gone", "plain"])
FOLDERS = st.sampled_from(["folder", "other"])
PATHS = st.sampled_from(["a.txt", "b.txt", "folder/a.txt", "folder/deep/c.txt", "other/a.txt"])
WORDS = st.sampled_from(
    ["one", "two", "mail jane@example.com", "fate: failed MALFORMED", "fate: degraded"]
)
OPERATIONS = st.sampled_from(
    [
        "documents.upload",
        "documents.list",
        "jobs.list",
        "jobs.get",
        "executions.get",
        "usage.current",
        "documents.reprocess",
        "datasets.build_one",
        "datasets.export",
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
        self.house = House(
            self.home,
            self.service,
            self.clock,
            watches=[
                {"name": "in"},
                {"name": "gone", "after": "delete"},
                {"name": "plain", "mask_pii": False},
            ],
            limits={"max_backlog": 0, "versions_per_day": 0},
            exports=[{"name": "nightly", "schedule": "0 3 * * *", "formats": ["jsonl"]}],
        )
        self.ever: dict[tuple[str, str], set[bytes]] = defaultdict(set)
        self.results: dict[Path, str] = {}
        self.retried: Counter[str] = Counter()
        self.may_be_forgotten: set[str] = set()
        self.asked: dict[int, str] = {}
        self.marker: bytes | None = None
        self.unmounted: set[str] = set()

    def teardown(self) -> None:
        try:
            self.everything_comes_to_its_end()
        finally:
            self.house.close()
            self.service.close()
            shutil.rmtree(self.home)

    @initialize(knows=st.booleans())
    def a_service(self, knows: bool) -> None:
        """One that answers a repeat with its earlier job, or one to which all is new and paid for."""
        self.service.workspace.knows_repeats = knows

    # What people do.

    @rule(watch=WATCHES, path=PATHS, word=WORDS, number=st.integers(0, 2))
    def write(self, watch: str, path: str, word: str, number: int) -> None:
        if watch not in self.unmounted:
            self.ever[watch, path].add(self.house.drop(path, f"{word}\n{number}", watch))

    @rule(watch=WATCHES, path=PATHS)
    def append(self, watch: str, path: str) -> None:
        file = self.house.source(path, watch)
        if file.exists():
            with file.open("ab") as end:
                end.write(b"\nand more")
            self.ever[watch, path].add(file.read_bytes())

    @rule(watch=WATCHES, path=PATHS, word=WORDS)
    def replace(self, watch: str, path: str, word: str) -> None:
        """As editors save: written beside it, and renamed over it."""
        file = self.house.source(path, watch)
        if file.exists():
            beside = file.with_name("saved.tmp")
            beside.write_text(f"{word}\nreplaced")
            self.ever[watch, path].add(beside.read_bytes())
            beside.rename(file)

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

    @rule(watch=WATCHES, source=FOLDERS, to=FOLDERS)
    def move_folder(self, watch: str, source: str, to: str) -> None:
        old, new = self.house.source(source, watch), self.house.source(to, watch)
        if old.is_dir() and not new.exists():
            for file in old.rglob("*.txt"):
                self.ever[watch, f"{to}/{file.relative_to(old)}"].add(file.read_bytes())
            old.rename(new)

    @rule(watch=WATCHES, path=PATHS)
    def forget(self, watch: str, path: str) -> None:
        found = self.known(watch, path)
        if found is None or found.sha256 is None:
            return
        digest = found.sha256.hex()
        self.may_be_forgotten.add(digest)
        self.asked[self.house.leave("forget", file_ids=[found.id])] = digest
        self.house.run(seconds=5, scan=False)

    @rule()
    def retry(self) -> None:
        failed = self.house.parts.ledger.search.files(state="failed")
        self.retried.update({file.sha256.hex() for file in failed if file.sha256 is not None})
        self.house.leave("retry", file_ids=[file.id for file in failed])
        self.house.run(seconds=5, scan=False)

    @rule()
    def export(self) -> None:
        self.house.leave("export", name="nightly")
        self.house.run(seconds=5, scan=False)

    def known(self, watch: str, path: str) -> Any:
        """What the ledger knows of a path."""
        files = self.house.parts.ledger.search.files(watch=watch)
        return next((file for file in files if file.path == path.encode()), None)

    @property
    def forgotten(self) -> set[str]:
        """What was asked to be forgotten, and is."""
        requests = self.house.parts.ledger.requests
        return {of for request, of in self.asked.items() if requests.get(request).exit_code == 0}

    # What happens.

    @rule(seconds=st.sampled_from([0.0, 5.0, 600.0]), scan=st.booleans())
    def time_passes(self, seconds: float, scan: bool) -> None:
        self.house.run(seconds=seconds, scan=scan)

    @rule(watch=WATCHES, paths=st.sets(PATHS))
    def events(self, watch: str, paths: set[str]) -> None:
        """They come for some files, whether anything happened to them or not; the others' are lost."""
        self.house.look(watch, paths)

    @rule(operation=OPERATIONS, fault=FAULTS, times=st.integers(1, 4))
    def trouble(self, operation: str, fault: Any, times: int) -> None:
        self.service.fault(operation, fault, times=times)

    @rule(refused=REFUSALS)
    def account(self, refused: Any) -> None:
        self.service.plan.refusal = refused

    @rule(left=st.sampled_from([0, 1, 4, None]))
    def credits(self, left: int | None) -> None:
        self.service.workspace.credits = left

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

    @rule(watch=WATCHES)
    def folder_goes(self, watch: str) -> None:
        if watch not in self.unmounted:
            self.unmounted.add(watch)
            (self.home / watch).rename(self.home / f"{watch} unmounted")

    @rule(watch=WATCHES)
    def folder_comes_back(self, watch: str) -> None:
        if watch in self.unmounted:
            self.unmounted.remove(watch)
            (self.home / f"{watch} unmounted").rename(self.home / watch)

    @rule()
    def everything_comes_to_its_end(self) -> None:
        self.service.recover()
        self.service.plan.refusal = None
        self.service.workspace.credits = None
        for watch in sorted(self.unmounted):
            self.folder_comes_back(watch)
        if self.marker is not None:
            self.output_comes_back()
        for _ in range(2):
            # What is held waits for the next look at the account, and is nothing on its way.
            self.clock.advance(600)
            self.house.run(seconds=2.5 * 3600)
        assert not self.house.parts.ledger.requests.open()
        for watch in ("in", "gone", "plain"):
            for file in self.house.source("", watch).rglob("*.txt"):
                self.has_its_end(watch, file)
            ends = {"delivered", "failed", "vanished"} | (
                {"ignored"} if self.may_be_forgotten else set()
            )
            assert set(self.house.states(watch).values()) <= ends
        self.everything_is_exported_once()

    def has_its_end(self, watch: str, file: Path) -> None:
        path = str(file.relative_to(self.house.source("", watch)))
        content = file.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        result, failure = self.house.result(path, watch), self.house.failure(path, watch)
        if digest in self.forgotten:
            assert self.house.states(watch)[path] == "ignored", path
            return
        if b"fate: failed" in content:
            assert failure, path
            assert failure["file"]["sha256"] == digest
            return
        assert result, path
        assert result["file"]["sha256"] == digest, path
        assert not failure, path
        assert watch != "gone" or b"degraded" in content, (
            "delivered, so it should have been deleted"
        )

    def everything_is_exported_once(self) -> None:
        code, lines = self.house.ask("export", name="nightly")
        assert code == 0, lines
        results = [json.loads(file.read_bytes()) for file in self.results_now()]
        jobs = {r["job"]["id"] for r in results if r["document"] and r["document"]["records"]}
        held: Counter[str] = Counter()
        for folder in self.house.datasets("nightly"):
            manifest = self.house.manifest(folder)
            held.update(manifest["job_ids"])
            held.update(skipped["job_id"] for skipped in manifest["skipped"])
        assert jobs <= set(held)

    # What holds at every moment.

    def results_now(self) -> list[Path]:
        return sorted(self.house.output.glob("results/**/*.json"))

    @invariant()
    def results_are_whole_and_true(self) -> None:
        for file in self.results_now():
            result = json.loads(file.read_bytes())
            told, mask = result["file"], result["settings"]["mask_pii"]
            assert mask == (told["watch"] != "plain")
            of = {hashlib.sha256(c).hexdigest(): c for c in self.ever[told["watch"], told["path"]]}
            assert told["sha256"] in of
            for record in result["document"]["records"] if result["document"] else ():
                assert record["text"] == read(of[told["sha256"]], mask=mask)

    @invariant()
    def results_are_only_removed_by_forget(self) -> None:
        now = {file: json.loads(file.read_bytes())["file"]["sha256"] for file in self.results_now()}
        assert {
            self.results[file] for file in set(self.results) - set(now)
        } <= self.may_be_forgotten
        assert not set(now.values()) & self.forgotten
        self.results = now

    @invariant()
    def everything_is_paid_for_once(self) -> None:
        for (digest, _), count in self.service.workspace.paid.items():
            assert count <= 1 + self.retried[digest]

    @invariant()
    def no_source_goes_without_its_result(self) -> None:
        delivered = {path.name for path in self.house.output.glob("results/gone/**/*.json")}
        aside = list(self.house.source("", "gone").rglob(".flexorchd-*.tmp"))
        assert not aside or delivered or self.may_be_forgotten

    @invariant()
    def datasets_are_whole_and_hold_each_job_once(self) -> None:
        held: Counter[str] = Counter()
        for folder in self.house.datasets("nightly"):
            manifest = self.house.manifest(folder)
            held.update(manifest["job_ids"])
            for file in manifest["files"]:
                data = (folder / file["name"]).read_bytes()
                assert hashlib.sha256(data).hexdigest() == file["sha256"]
        assert set(held.values()) <= {1}


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
