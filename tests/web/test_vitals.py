from dataclasses import dataclass, field

from flexorchd.health import Budget
from flexorchd.vitals import Vitals
from tests.web.conftest import Clock


@dataclass
class Stage:
    name: str


@dataclass
class Runner:
    stage: Stage
    alive: bool = True
    last_step: float = 1000.0
    failures: int = 0
    steps: int = 0
    failed: int = 0
    busy: float = 0.0


@dataclass
class Account:
    paused: str | None = None
    away: str | None = None
    limit: int | None = 60
    requests_left: int | None = 12
    requests: dict[tuple[str, str], int] = field(default_factory=lambda: {("usage", "ok"): 1})


@dataclass
class Daemon:
    runners: list[Runner] = field(default_factory=list)
    scanned: bool = True
    account: Account = field(default_factory=Account)
    engine: bool | None = None
    stopping: bool = False
    clock: Clock = field(default_factory=Clock)

    def vitals(self) -> Vitals:
        return Vitals(
            lambda: self.runners,
            lambda: self.scanned,
            self.account,
            None if self.engine is None else lambda: bool(self.engine),
            lambda: self.stopping,
            self.clock,
        )


def test_a_stage_is_well_while_it_steps() -> None:
    daemon = Daemon([Runner(Stage("upload"), steps=9, failed=2, busy=1.5, failures=1)])
    [stage] = daemon.vitals().stages()
    assert (stage.name, stage.steps, stage.failed, stage.failing, stage.busy) == (
        "upload", 9, 2, 1, 1.5,
    )  # fmt: skip
    assert stage.well
    daemon.clock.at += 301
    assert not daemon.vitals().stages()[0].well
    daemon.runners[0].last_step += 300
    assert daemon.vitals().stages()[0].well
    daemon.runners[0].alive = False
    assert not daemon.vitals().stages()[0].well


def test_a_daemon_is_ready_when_folders_are_scanned_and_somebody_answers() -> None:
    assert Daemon().vitals().missing() == []
    assert Daemon(engine=True).vitals().missing() == []


def test_what_is_missing_is_said() -> None:
    def said(daemon: Daemon) -> str:
        [sentence] = daemon.vitals().missing()
        return sentence

    assert "scan" in said(Daemon(scanned=False))
    assert "engine" in said(Daemon(engine=False))
    assert "stopping" in said(Daemon(stopping=True))
    assert "not answered" in said(Daemon(account=Account(away="Connection refused.")))
    assert "not answered" in said(Daemon(account=Account(requests={})))


def test_a_service_that_refuses_answers() -> None:
    paused = Account(paused="QUOTA_EXCEEDED", requests={})
    assert Daemon(account=paused).vitals().missing() == []


def test_budget_requests_and_engine_are_passed_on() -> None:
    vitals = Daemon(engine=False).vitals()
    assert vitals.budget() == Budget(60, 12)
    assert vitals.requests() == {("usage", "ok"): 1}
    assert vitals.engine_alive() is False
    assert Daemon().vitals().engine_alive() is None
