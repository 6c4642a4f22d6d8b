"""What a run found reaches the closing table and the page, whole."""

from __future__ import annotations

import json
import math
import xml.etree.ElementTree as ET
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import __main__ as everything
from benchmarks import page, record
from benchmarks.goals import Figures, at_least, at_most, parse, report, skipped, table
from benchmarks.plot import HEIGHT, WIDTH, Labels, plot, slope

RUN = record.Run(
    began="2026-03-01 10:00 UTC",
    revision="abc",
    machine="2 cores",
    quick=False,
    seconds=300,
    others=0.02,
    goals=[
        at_most("Scan: times bare", 1.5, 1.6),
        at_least("End to end: times the SDK", 1.2, 1.5),
        skipped("Scan: beside rclone", "≤ 1.00", "rclone is not installed"),
    ],
    figures=[Figures("Rates", ["kind", "a second"], [["pdf | scanned", "7"]])],
)


def test_the_table_says_of_each_goal_whether_it_is_met() -> None:
    _, met, missed, not_measured = table(RUN.goals).splitlines()
    assert met.split()[-3:] == ["1.50", "0.94", "met"]
    assert missed.split()[-1] == "MISSED"
    assert not_measured.endswith("SKIPPED")
    assert "rclone is not installed" in not_measured


def test_what_a_benchmark_prints_is_read_back(capsys: pytest.CaptureFixture[str]) -> None:
    report([*RUN.goals, *RUN.figures])
    found = [parse(line) for line in capsys.readouterr().out.splitlines()]
    assert found == [*RUN.goals, *RUN.figures]
    for other in ("a warning", json.dumps({"Ghost": {}}), "[]"):
        with pytest.raises(ValueError, match=r"printed|Expecting"):
            parse(other)


def test_a_benchmark_that_fails_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    run = replace(RUN, goals=[], figures=[], failed={})
    everything.put([everything.run("no_such_benchmark", quick=True)], run)
    assert "no_such_benchmark" in run.failed["no_such_benchmark"]
    assert not run.goals


def test_a_run_outlives_its_file_and_fills_the_page() -> None:
    kept = msgspec.json.decode(msgspec.json.encode(RUN), type=record.Run)
    assert kept == RUN
    before, after = f"# Page\n{page.BEGIN}\nold\n", f"{page.END}\nthe end\n"
    filled = page.filled(before + after, kept)
    assert filled.startswith(f"# Page\n{page.BEGIN}\n")
    assert filled.endswith(after)
    assert "old" not in filled
    assert "| End to end: times the SDK | ≥ 1.50 | 1.20 | 0.80 | **MISSED** |" in filled
    assert "| pdf \\| scanned | 7 |" in filled
    assert page.filled(filled, kept) == filled


def test_a_run_among_others_says_so_on_the_page() -> None:
    assert "not times" not in page.written(RUN)
    assert "40% of the CPU" in page.written(replace(RUN, others=0.4))
    assert "not times" in page.written(replace(RUN, others=0.4))


def test_a_page_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="run"):
        page.filled("# Page\n", RUN)


sizes = st.lists(st.integers(1, 10**9), min_size=2, unique=True).map(sorted)


@given(sizes, st.data())
def test_a_picture_holds_all_its_points(steps: list[int], data: st.DataObject) -> None:
    cost = st.floats(1e-6, 1e6)
    points = [(float(step), data.draw(cost)) for step in steps]
    root = ET.fromstring(plot(Labels("Cost", "files", "seconds"), points, "today"))
    dots = root.findall("{*}circle")
    assert len(dots) == len(points)
    assert all(0 <= float(dot.attrib["cx"]) <= WIDTH for dot in dots)
    assert all(0 <= float(dot.attrib["cy"]) <= HEIGHT for dot in dots)


@given(power=st.floats(0, 3), factor=st.floats(0.001, 1000))
def test_the_slope_is_the_power_by_which_cost_grows(power: float, factor: float) -> None:
    points = [(size, factor * size**power) for size in (1.0, 3.0, 10.0, 100.0)]
    assert math.isclose(slope(points), power, abs_tol=1e-9)
