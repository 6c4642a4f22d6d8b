"""What a benchmark found, and whether that is good enough; and the table that says so."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal: what is measured, what is wanted, what came out.

    `met` is None for what is shown beside a goal and is none itself.
    """

    what: str
    wanted: str
    measured: str
    met: bool | None


def at_most(what: str, measured: float, limit: float, form: str = "{:.2f}") -> Goal:
    """A goal that is met at or below a limit; `form` writes both numbers."""
    return Goal(what, f"≤ {form.format(limit)}", form.format(measured), measured <= limit)


def at_least(what: str, measured: float, limit: float, form: str = "{:.2f}") -> Goal:
    """A goal that is met at or above a limit; `form` writes both numbers."""
    return Goal(what, f"≥ {form.format(limit)}", form.format(measured), measured >= limit)


def shown(what: str, measured: str) -> Goal:
    """A figure without a goal."""
    return Goal(what, "", measured, None)


MARKS = {True: "met", False: "MISSED", None: ""}


def table(goals: Iterable[Goal]) -> str:
    """One line a goal."""
    rows = [("goal", "wanted", "measured", "")]
    rows += [(goal.what, goal.wanted, goal.measured, MARKS[goal.met]) for goal in goals]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(
        f"{row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:>{widths[2]}}  {row[3]}".rstrip()
        for row in rows
    )


def report(goals: Iterable[Goal]) -> None:
    """Print the goals, for people on a terminal and as JSON lines for `python -m benchmarks`."""
    goals = list(goals)
    if sys.stdout.isatty():
        print(table(goals))
    else:
        for goal in goals:
            print(json.dumps(asdict(goal)))
