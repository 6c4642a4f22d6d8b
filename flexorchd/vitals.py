"""The health of this daemon, read off its own parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from flexorchd.clock import Clock
from flexorchd.health import Budget, StageHealth


class _Named(Protocol):
    name: str


class _Runner(Protocol):
    """What is read of `flexorchd.pipeline.stage.Runner`."""

    last_step: float
    failures: int
    steps: int
    failed: int
    busy: float

    @property
    def stage(self) -> _Named: ...

    @property
    def alive(self) -> bool: ...


class _Account(Protocol):
    """What is read of `flexorchd.account.Account`."""

    requests: dict[tuple[str, str], int]

    @property
    def paused(self) -> str | None: ...

    @property
    def away(self) -> str | None: ...

    @property
    def limit(self) -> int | None: ...

    @property
    def requests_left(self) -> int | None: ...


class Vitals:
    """`flexorchd.health.Health` of the parts of a daemon.

    Args:
        runners: the threads of all stages now.
        scanned: whether the first scan of every folder is done.
        account: where requests go.
        engine: whether the embedded engine's process runs; None where there is none.
        stopping: whether the daemon has been told to stop.
        clock: the one that the runners go by.
    """

    def __init__(
        self,
        runners: Callable[[], Iterable[_Runner]],
        scanned: Callable[[], bool],
        account: _Account,
        engine: Callable[[], bool] | None,
        stopping: Callable[[], bool],
        clock: Clock,
    ) -> None:
        self._runners = runners
        self._scanned = scanned
        self._account = account
        self._engine = engine
        self._stopping = stopping
        self._clock = clock

    def stages(self) -> Sequence[StageHealth]:
        """See `flexorchd.health.Health.stages`."""
        now = self._clock.monotonic()
        return [
            StageHealth(
                name=runner.stage.name,
                alive=runner.alive,
                idle=max(0.0, now - runner.last_step),
                failing=runner.failures,
                steps=runner.steps,
                failed=runner.failed,
                busy=runner.busy,
            )
            for runner in self._runners()
        ]

    def missing(self) -> Sequence[str]:
        """See `flexorchd.health.Health.missing`."""
        return [
            sentence
            for is_so, sentence in (
                (self._stopping(), "The daemon is stopping."),
                (not self._scanned(), "The first scan of the folders is not done."),
                (self._engine is not None and not self._engine(), "The engine is not running."),
                (not self._answers(), "The service has not answered."),
            )
            if is_so
        ]

    def _answers(self) -> bool:
        """A service that refuses, answers; what it refuses is told as a pause."""
        account = self._account
        return account.away is None and (account.paused is not None or bool(account.requests))

    def engine_alive(self) -> bool | None:
        """See `flexorchd.health.Health.engine_alive`."""
        return None if self._engine is None else self._engine()

    def budget(self) -> Budget:
        """See `flexorchd.health.Health.budget`."""
        return Budget(self._account.limit, self._account.requests_left)

    def requests(self) -> Mapping[tuple[str, str], int]:
        """See `flexorchd.health.Health.requests`."""
        return dict(self._account.requests)
