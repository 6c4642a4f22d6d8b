"""What can be known of a running daemon's health at this moment, beyond what its ledger says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

STUCK_SECONDS = 300.0
"""A stage whose last step lies longer back than this hangs."""


@dataclass(frozen=True, slots=True)
class StageHealth:
    """One stage.

    Attributes:
        name: its name.
        alive: whether its thread runs.
        idle: seconds since its last step ended.
        failing: how many steps in a row have failed until now.
        steps: how many it has made in this run.
        failed: how many of them failed.
        busy: seconds that they took together.
    """

    name: str
    alive: bool
    idle: float
    failing: int = 0
    steps: int = 0
    failed: int = 0
    busy: float = 0.0

    @property
    def well(self) -> bool:
        """Whether it runs and has stepped of late."""
        return self.alive and self.idle < STUCK_SECONDS


@dataclass(frozen=True, slots=True)
class Budget:
    """Requests that the service allows in a minute, and how many of them are left now; None is no limit."""

    per_minute: int | None = None
    left: int | None = None


class Health(Protocol):
    """How the daemon tells; every answer comes at once, without any input or output."""

    def stages(self) -> Sequence[StageHealth]:
        """Every stage."""
        ...

    def missing(self) -> Sequence[str]:
        """What is missing until documents can be taken in and sent, in sentences; empty when ready."""
        ...

    def engine_alive(self) -> bool | None:
        """Whether the embedded engine's process runs; None where there is none."""
        ...

    def budget(self) -> Budget:
        """The budget of requests."""
        ...

    def requests(self) -> Mapping[tuple[str, str], int]:
        """How many requests of each operation had each outcome in this run."""
        ...


def stuck(stages: Sequence[StageHealth]) -> list[StageHealth]:
    """The stages that hang or have ended."""
    return [stage for stage in stages if not stage.well]
