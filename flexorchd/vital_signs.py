"""How a running daemon answers for its health: from its threads, its account and its engine, without I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, runtime_checkable

from flexorchd.monitoring.health import Budget, StageHealth
from flexorchd.parts import Parts
from flexorchd.pipeline.stage import Runner, Stage


class VitalSigns:
    """The `flexorchd.monitoring.health.Health` of a daemon.

    Args:
        parts: the account and the engine.
        runners: the threads at this moment.
        all_scanned: whether the first scan of every folder is done.
        stopping: whether the daemon is stopping.
    """

    def __init__(
        self,
        parts: Parts,
        runners: Callable[[], Sequence[Runner]],
        all_scanned: Callable[[], bool],
        stopping: Callable[[], bool],
    ) -> None:
        self._parts = parts
        self._runners = runners
        self._all_scanned = all_scanned
        self._stopping = stopping

    def stages(self) -> Sequence[StageHealth]:
        """See `Health.stages`."""
        now = self._parts.clock.monotonic()
        return [
            StageHealth(
                name=runner.stage.name,
                alive=runner.alive,
                idle=now - max(runner.last_step, last_tick(runner.stage)),
                failing=runner.failures,
                steps=runner.steps,
                failed=runner.failed,
                busy=runner.busy,
            )
            for runner in self._runners()
        ]

    def missing(self) -> Sequence[str]:
        """See `Health.missing`."""
        missing = []
        if self._stopping():
            missing.append("The daemon is stopping.")
        if not self._all_scanned():
            missing.append("The first look through the folders is not done.")
        if self.engine_alive() is False:
            missing.append("The embedded engine does not run.")
        if self._parts.account.away:
            missing.append(f"The service cannot be reached: {self._parts.account.away}")
        return missing

    def engine_alive(self) -> bool | None:
        """See `Health.engine_alive`."""
        return None if self._parts.engine is None else self._parts.engine.alive

    def budget(self) -> Budget:
        """See `Health.budget`."""
        return Budget(self._parts.account.limit, self._parts.account.left)

    def requests(self) -> Mapping[tuple[str, str], int]:
        """See `Health.requests`."""
        return dict(self._parts.account.requests)


@runtime_checkable
class Ticking(Protocol):
    """A stage whose step may take long, and which gives signs of life in between."""

    @property
    def last_tick(self) -> float:
        """When it last did, by the monotonic clock."""
        ...


def last_tick(stage: Stage) -> float:
    """When a stage last gave a sign of life in the middle of a step; 0 where it gives none."""
    return stage.last_tick if isinstance(stage, Ticking) else 0.0
