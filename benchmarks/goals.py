"""What a benchmark found: goals, met or not, and the figures behind them; and how both are shown."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal: what is measured, what is wanted, what came out.

    Attributes:
        what, wanted, measured: in words and numbers; where nothing was measured, the reason why.
        met: None for what was skipped, and for what is shown and is no goal.
        ratio: what was measured, in parts of what is wanted.
    """

    what: str
    wanted: str
    measured: str
    met: bool | None
    ratio: float | None = None

    @property
    def verdict(self) -> str:
        """One word for the table."""
        if self.met is None:
            return "SKIPPED" if self.wanted else ""
        return "met" if self.met else "MISSED"

    def cells(self) -> tuple[str, ...]:
        """Its row in a table."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        return (self.what, self.wanted, self.measured, ratio, self.verdict)


@dataclass(frozen=True, slots=True)
class Figures:
    """A table of what was measured, without a judgement."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


Finding = Goal | Figures

COLUMNS = ("goal", "wanted", "measured", "of it", "")


def at_most(what: str, measured: float, limit: float, form: str = "{:.2f}") -> Goal:
    """A goal that is met at or below a limit; `form` writes both numbers."""
    wanted, shown_as = f"≤ {form.format(limit)}", form.format(measured)
    return Goal(what, wanted, shown_as, measured <= limit, measured / limit)


def at_least(what: str, measured: float, limit: float, form: str = "{:.2f}") -> Goal:
    """A goal that is met at or above a limit; `form` writes both numbers."""
    wanted, shown_as = f"≥ {form.format(limit)}", form.format(measured)
    return Goal(what, wanted, shown_as, measured >= limit, measured / limit)


def skipped(what: str, wanted: str, why: str) -> Goal:
    """A goal that could not be measured here; `why` says what would have to be installed."""
    return Goal(what, wanted, f"not measured: {why}", None)


def shown(what: str, measured: str) -> Goal:
    """A figure without a goal."""
    return Goal(what, "", measured, None)


def table(goals: Iterable[Goal]) -> str:
    """One line a goal."""
    return aligned([COLUMNS, *(goal.cells() for goal in goals)])


def figures_table(figures: Figures) -> str:
    """The figures below their title."""
    return f"{figures.title}\n{aligned([figures.columns, *figures.rows])}"


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as they have to be, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            f"{cell:<{width}}" if number == 0 else f"{cell:>{width}}"
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def report(found: Iterable[Finding]) -> None:
    """Print what was found, for people on a terminal and as JSON lines for `python -m benchmarks`."""
    if not sys.stdout.isatty():
        for finding in found:
            print(json.dumps({type(finding).__name__: asdict(finding)}), flush=True)
        return
    findings = list(found)
    for figures in (one for one in findings if isinstance(one, Figures)):
        print(figures_table(figures), end="\n\n")
    print(table(one for one in findings if isinstance(one, Goal)))


def parse(line: str) -> Finding:
    """What `report` printed as one line of JSON.

    Raises:
        ValueError: the line is something else.
    """
    match json.loads(line):
        case {"Goal": dict() as values}:
            return Goal(**values)
        case {"Figures": dict() as values}:
            return Figures(**values)
    raise ValueError(f"a benchmark printed {line[:80]!r}")
