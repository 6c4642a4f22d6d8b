from dataclasses import dataclass, field

from flexorchd.monitoring.health import Budget
from flexorchd.vital_signs import VitalSigns
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
    left: int | None = 12
    requests: dict[tuple[str, str], int] = field(default_factory=lambda: {("usage", "ok"): 1})


@dataclass
class Engine:
    alive: bool


@dataclass
class Daemon:
    """The parts that health is read off."""

    runners: list[Runner] = field(default_factory=list)
    scanned: bool = True
    account: Account = field(default_factory=Account)
    engine: Engine | None = None
    stopping: bool = False
    clock: Clock = field(default_factory=Clock)

    def signs(self) -> VitalSigns:
        return VitalSigns(
            self,  # type: ignore[arg-type]
            lambda: self.runners,  # type: ignore[arg-type, return-value]
            lambda: self.scanned,
            lambda: self.stopping,
        )


def test_a_stage_is_well_while_it_steps() -> None:
    daemon = Daemon([Runner(Stage("upload"), steps=9, failed=2, busy=1.5, failures=1)])
    [stage] = daemon.signs().stages()
    assert (stage.name, stage.steps, stage.failed, stage.failing, stage.busy) == (
        "upload", 9, 2, 1, 1.5,
    )  # fmt: skip
    assert stage.well
    daemon.clock.at += 301
    assert not daemon.signs().stages()[0].well
    daemon.runners[0].last_step += 300
    assert daemon.signs().stages()[0].well
    daemon.runners[0].alive = False
    assert not daemon.signs().stages()[0].well


def test_a_long_step_that_gives_signs_of_life_does_not_hang() -> None:
    @dataclass
    class Scan(Stage):
        last_tick: float = 1290.0

    daemon = Daemon([Runner(Scan("watch scans"))])
    daemon.clock.at += 400
    assert daemon.signs().stages()[0].idle == 110
    assert daemon.signs().stages()[0].well


def test_a_daemon_is_ready_when_folders_are_scanned_and_somebody_answers() -> None:
    assert Daemon().signs().missing() == []
    assert Daemon(engine=Engine(True)).signs().missing() == []


def test_what_is_missing_is_said() -> None:
    def said(daemon: Daemon) -> str:
        [sentence] = daemon.signs().missing()
        return sentence

    assert "folders" in said(Daemon(scanned=False))
    assert "engine" in said(Daemon(engine=Engine(False)))
    assert "stopping" in said(Daemon(stopping=True))
    assert "refused" in said(Daemon(account=Account(away="Connection refused.")))


def test_a_service_that_refuses_answers_all_the_same() -> None:
    """A spent quota is no reason to take the daemon out of service: it goes on by itself."""
    assert Daemon(account=Account(paused="QUOTA_EXCEEDED")).signs().missing() == []


def test_budget_requests_and_engine_are_passed_on() -> None:
    signs = Daemon(engine=Engine(False)).signs()
    assert signs.budget() == Budget(60, 12)
    assert signs.requests() == {("usage", "ok"): 1}
    assert signs.engine_alive() is False
    assert Daemon().signs().engine_alive() is None
