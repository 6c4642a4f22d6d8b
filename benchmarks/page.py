"""A run's tables into `docs/performance.md`, between its two markers.

`python -m benchmarks --json RUN.json && python -m benchmarks.page RUN.json [PAGE]`
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from benchmarks.goals import Goal
from benchmarks.record import Run

BEGIN, END = "<!-- run -->", "<!-- /run -->"
PAGE = Path(__file__).parent.parent / "docs" / "performance.md"


def written(run: Run) -> str:
    """The run in Markdown."""
    return "\n".join(_lines(run))


def _lines(run: Run) -> Iterator[str]:
    yield f"{_whence(run)}\n"
    yield from _table(("goal", "wanted", "measured", "of it", ""), map(_marked, run.goals))
    for name, why in run.failed.items():
        yield f"\n**`{name}` failed:** {_cell(why)}"
    for figures in run.figures:
        yield f"\n### {figures.title}\n"
        yield from _table(figures.columns, figures.rows)


def _whence(run: Run) -> str:
    size = "Quick run" if run.quick else "Run"
    what = f"{size} of {run.began}, revision `{run.revision}`, {run.seconds / 60:.0f} minutes on"
    others = f"Other programs had {run.others:.0%} of the CPU meanwhile"
    trust = "." if run.is_quiet else ": trust counts, bytes and CPU seconds, not times."
    return f"{what} {run.machine}. {others}{trust}"


def _marked(goal: Goal) -> Sequence[str]:
    *cells, verdict = goal.cells()
    return [*cells, verdict if goal.met else f"**{verdict}**" if verdict else ""]


def _table(
    columns: Sequence[str], rows: Iterator[Sequence[str]] | Sequence[Sequence[str]]
) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"|{'|'.join(['---', *['--:'] * (len(columns) - 1)])}|"
    for row in rows:
        yield f"| {' | '.join(map(_cell, row))} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def filled(page: str, run: Run) -> str:
    """The page with this run between its markers.

    Raises:
        ValueError: a marker is missing.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the page has no {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{written(run)}\n{END}{after}"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("run", type=Path, metavar="RUN.json")
    arguments.add_argument("page", type=Path, nargs="?", default=PAGE)
    chosen = arguments.parse_args()
    run = msgspec.json.decode(chosen.run.read_bytes(), type=Run)
    page = chosen.page.read_text(encoding="utf-8")
    chosen.page.write_text(filled(page, run), encoding="utf-8")


if __name__ == "__main__":
    main()
