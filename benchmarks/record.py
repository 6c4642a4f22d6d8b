"""What a whole run found, on which machine, and how busy others kept it meanwhile."""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.goals import Figures, Goal

QUIET = 0.05
"""Others' share of the machine up to which its clock can be trusted."""


@dataclass(slots=True)
class Run:
    """A run of benchmarks.

    Attributes:
        began: day and time, UTC.
        revision: of the source.
        machine: processor, system and Python in words.
        quick: whether it ran the smaller sizes.
        seconds: how long it took.
        others: the part of the machine's CPU time that other programs had meanwhile.
        goals, figures: what was found.
        failed: what went wrong, by the benchmark's name.
    """

    began: str
    revision: str
    machine: str
    quick: bool
    seconds: float = 0.0
    others: float = 0.0
    goals: list[Goal] = field(default_factory=list)
    figures: list[Figures] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def is_quiet(self) -> bool:
        """Whether nobody else was at work."""
        return self.others <= QUIET


def begin(*, quick: bool) -> Run:
    """A run that starts now, here."""
    return Run(
        began=time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        revision=_revision(),
        machine=_machine(),
        quick=quick,
    )


def _revision() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=10"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip() or "unknown"


def _machine() -> str:
    told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    names = [
        line.partition(":")[2].strip()
        for line in told.splitlines()
        if line.startswith("model name")
    ]
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return (
        f"{cores} cores of {names[0] if names else platform.machine()}, {memory:.0f} GB, "
        f"Linux {platform.release().partition('-')[0]}, Python {platform.python_version()}"
    )


class Others:
    """How much of the machine programs use that are not ours, from now on."""

    def __init__(self) -> None:
        self._total, self._busy = _machine_seconds()
        self._ours = _our_seconds()

    def share(self) -> float:
        """Their part of the CPU time of all cores, 0.0 to 1.0."""
        total, busy = _machine_seconds()
        theirs = (busy - self._busy) - (_our_seconds() - self._ours)
        return max(0.0, theirs / max(total - self._total, 0.01))


def _machine_seconds() -> tuple[float, float]:
    """CPU seconds of all cores since the machine started: all, and those in which one was busy."""
    first = Path("/proc/stat").read_text(encoding="ascii").partition("\n")[0]
    ticks = [int(value) for value in first.split()[1:9]]
    idle = ticks[3] + ticks[4]
    return sum(ticks) / os.sysconf("SC_CLK_TCK"), (sum(ticks) - idle) / os.sysconf("SC_CLK_TCK")


def _our_seconds() -> float:
    """CPU seconds of this process and of those that it started and that have ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)
