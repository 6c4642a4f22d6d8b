"""A line on logarithmic axes, as SVG."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

WIDTH, HEIGHT = 480, 320
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 40, 52

Points = Sequence[tuple[float, float]]

STYLE = """<style>
  svg { font: 12px system-ui, sans-serif; background: #fff } text { fill: #333 }
  .title { font-size: 14px; font-weight: 600 } .grid { stroke: #ddd } .axis { stroke: #888 }
  .line { stroke: #1a6fb0; stroke-width: 2; fill: none } .dot { fill: #1a6fb0 }
  .linear { stroke: #bbb; stroke-dasharray: 4 4 }
</style>"""


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


def plot(title: str, x_label: str, y_label: str, points: Points) -> str:
    """The picture; the dashed line is what linear growth from the last point would be."""
    x = Scale([point[0] for point in points], LEFT, WIDTH - RIGHT)
    y = Scale([point[1] for point in points], HEIGHT - BOTTOM, TOP)
    path = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in points)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{title}: {y_label} over {x_label}</title>",
        STYLE,
        f'<text class="title" x="{LEFT}" y="22">{title}</text>',
        *_grid(x, y),
        _linear(x, y, points),
        f'<polyline class="line" points="{path}"/>',
        *(f'<circle class="dot" cx="{x(a):.1f}" cy="{y(b):.1f}" r="3.5"/>' for a, b in points),
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle">{x_label}</text>',
        f'<text transform="translate(14 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" '
        f'text-anchor="middle">{y_label}</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _grid(x: Scale, y: Scale) -> Iterator[str]:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    for value in x.decades():
        at = f"{x(value):.1f}"
        yield f'<line class="grid" x1="{at}" x2="{at}" y1="{TOP}" y2="{bottom}"/>'
        yield f'<text x="{at}" y="{bottom + 18}" text-anchor="middle">{_short(value)}</text>'
    for value in y.decades():
        at = f"{y(value):.1f}"
        yield f'<line class="grid" x1="{LEFT}" x2="{right}" y1="{at}" y2="{at}"/>'
        yield f'<text x="{LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{_short(value)}</text>'


def _linear(x: Scale, y: Scale, points: Points) -> str:
    """From the last point back, as far as the picture goes."""
    last_x, last_y = points[-1]
    first = max(points[0][0], last_x * 10.0**y.low / last_y)
    return (
        f'<line class="linear" x1="{x(first):.1f}" y1="{y(last_y * first / last_x):.1f}" '
        f'x2="{x(last_x):.1f}" y2="{y(last_y):.1f}"/>'
    )


def _short(value: float) -> str:
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{unit}"
    return f"{value:g}"
