"""Stacked bars over time: from counted series to what the template draws, and reads out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flexorchd.ledger.figures import Series

BAR, GAP, HEIGHT = 8.0, 2.0, 100.0
OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a bar: of which series (its number), and where, in the chart's own units."""

    series: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One step of time.

    Attributes:
        x: its left edge.
        label: which step.
        values: one a series.
        parts: what is drawn, from the bottom.
    """

    x: float
    label: str
    values: Sequence[int]
    parts: Sequence[Part]

    @property
    def total(self) -> int:
        """The whole bar."""
        return sum(self.values)


@dataclass(frozen=True, slots=True)
class Chart:
    """All bars, drawn in a box of `width` by `HEIGHT`; `top` is the value of a bar as high as the box."""

    names: Sequence[str]
    totals: Sequence[int]
    bars: Sequence[Bar]
    top: int
    width: float

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self.totals)

    @property
    def summary(self) -> str:
        """The sums in words, for those who cannot see it."""
        return ", ".join(
            f"{sum_} {name}" for name, sum_ in zip(self.names, self.totals, strict=True)
        )

    @property
    def ticks(self) -> Sequence[str]:
        """The labels of the first bar, the one in the middle and the last."""
        labels = [bar.label for bar in self.bars]
        return [labels[0], labels[len(labels) // 2], labels[-1]]


def stacked(series: Series, steps: int, label: Callable[[int], str], names: Sequence[str]) -> Chart:
    """A chart of counted series.

    Args:
        series: (step, name, number); what lies outside of the steps or names is left out.
        steps: how many bars.
        label: says which step a bar is.
        names: of the series, from the bottom up.
    """
    values = [[0] * len(names) for _ in range(steps)]
    at = {name: number for number, name in enumerate(names)}
    for step, name, number in series:
        if 0 <= step < steps and name in at:
            values[step][at[name]] += number
    top = round_up(max((sum(row) for row in values), default=0))
    bars = [
        Bar(number * (BAR + GAP), label(number), row, _parts(row, top))
        for number, row in enumerate(values)
    ]
    totals = [sum(row[number] for row in values) for number in range(len(names))]
    return Chart(names, totals, bars, top, steps * (BAR + GAP) - GAP)


def _parts(values: Sequence[int], top: int) -> list[Part]:
    parts = []
    y = HEIGHT
    for number, value in enumerate(values):
        height = HEIGHT * value / top
        y -= height
        if value:
            parts.append(Part(number, round(y, 2), round(height, 2)))
    return parts


def round_up(value: int) -> int:
    """The next number of one digit and noughts; so that half of it is simple too."""
    if value <= 2:
        return 2
    power = 1
    while power * 10 < value:
        power *= 10
    return next(step * power for step in (1, 2, 3, 4, 5, 6, 8, 10) if step * power >= value)


def most_frequent(series: Series, limit: int) -> tuple[Series, list[str]]:
    """The series with all but the largest folded into one, and their names, the largest first.

    Args:
        series: (step, name, number).
        limit: how many names at most, the one for the others included.
    """
    sums: dict[str, int] = {}
    for _, name, number in series:
        sums[name] = sums.get(name, 0) + number
    names = sorted(sums, key=lambda name: (-sums[name], name))
    if len(names) <= limit:
        return series, names
    kept = names[: limit - 1]
    folded = [(step, name if name in kept else OTHERS, n) for step, name, n in series]
    return folded, [*kept, OTHERS]
