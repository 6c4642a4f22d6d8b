"""Lines on logarithmic axes, as SVG that can be read on a light page and on a dark one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 480, 320
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 48, 52

Points = Sequence[tuple[float, float]]

# The picture draws its own ground, so that it is whole whatever the page is.
STYLE = """<style>
  svg { --ground: #fff; --text: #1f2328; --grid: #d8dee4; --line: #0969da; --linear: #8c959f }
  @media (prefers-color-scheme: dark) {
    svg { --ground: #0d1117; --text: #e6edf3; --grid: #30363d; --line: #58a6ff; --linear: #7d8590 }
  }
  text { font: 12px system-ui, sans-serif; fill: var(--text) }
  .title { font-size: 14px; font-weight: 600 } .ground { fill: var(--ground) }
  .grid { stroke: var(--grid) } .line { stroke: var(--line); stroke-width: 2; fill: none }
  .dot { fill: var(--line) } .linear { stroke: var(--linear); stroke-dasharray: 4 4 }
  .key { font-size: 11px }
</style>"""


@dataclass(frozen=True, slots=True)
class Labels:
    """What a picture says."""

    title: str
    x: str
    y: str


class Scale:
    """Whole decades onto pixels."""

    def __init__(self, values: Sequence[float], first: float, last: float) -> None:
        self.low = math.floor(math.log10(min(values)) + 1e-9)
        self.high = max(math.ceil(math.log10(max(values)) - 1e-9), self.low + 1)
        self._first, self._last = first, last

    def __call__(self, value: float) -> float:
        part = (math.log10(value) - self.low) / (self.high - self.low)
        return self._first + part * (self._last - self._first)

    def decades(self) -> list[float]:
        return [10.0**power for power in range(self.low, self.high + 1)]


def plot(labels: Labels, points: Points, whence: str) -> str:
    """The picture; the dashed line is what linear growth to the last point would be.

    Args:
        labels: what it says.
        points: size and cost, by size.
        whence: when it was measured, and how quiet it was then.
    """
    x = Scale([point[0] for point in points], LEFT, WIDTH - RIGHT)
    y = Scale([point[1] for point in points], HEIGHT - BOTTOM, TOP)
    path = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in points)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{labels.title}: {labels.y} over {labels.x}</title>",
        STYLE,
        f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}" rx="6"/>',
        f'<text class="title" x="{LEFT}" y="20">{labels.title}</text>',
        f'<text class="key" x="{WIDTH - RIGHT}" y="{TOP - 6}" text-anchor="end">{whence}</text>',
        *_grid(x, y),
        *_linear(x, y, points),
        f'<polyline class="line" points="{path}"/>',
        *(f'<circle class="dot" cx="{x(a):.1f}" cy="{y(b):.1f}" r="3.5"/>' for a, b in points),
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle">{labels.x}</text>',
        f'<text transform="translate(16 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" '
        f'text-anchor="middle">{labels.y}</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _grid(x: Scale, y: Scale) -> Iterator[str]:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    for value in x.decades():
        at = f"{x(value):.1f}"
        anchor = "end" if value == x.decades()[-1] else "middle"
        yield f'<line class="grid" x1="{at}" x2="{at}" y1="{TOP}" y2="{bottom}"/>'
        yield f'<text x="{at}" y="{bottom + 18}" text-anchor="{anchor}">{_short(value)}</text>'
    for value in y.decades():
        at = f"{y(value):.1f}"
        yield f'<line class="grid" x1="{LEFT}" x2="{right}" y1="{at}" y2="{at}"/>'
        yield f'<text x="{LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{_short(value)}</text>'


def _linear(x: Scale, y: Scale, points: Points) -> Iterator[str]:
    """From the last point back, as far as the picture goes; and its name, in the corner below it."""
    last_x, last_y = points[-1]
    first = max(points[0][0], last_x * 10.0**y.low / last_y)
    yield (
        f'<line class="linear" x1="{x(first):.1f}" y1="{y(last_y * first / last_x):.1f}" '
        f'x2="{x(last_x):.1f}" y2="{y(last_y):.1f}"/>'
    )
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM - 10
    yield f'<line class="linear" x1="{right - 82}" x2="{right - 52}" y1="{bottom - 4}" y2="{bottom - 4}"/>'
    yield f'<text class="key" x="{right - 8}" y="{bottom}" text-anchor="end">linear</text>'


def slope(points: Points) -> float:
    """By which power of the size the cost grows over the last decade; 1 is linear."""
    last_x, last_y = points[-1]
    x, y = max(point for point in points if point[0] <= last_x / 10)
    return math.log(last_y / y) / math.log(last_x / x)


def _short(value: float) -> str:
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{unit}"
    return f"{value:g}"
