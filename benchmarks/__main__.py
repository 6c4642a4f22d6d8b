"""All benchmarks in one run, with one table of all goals at the end.

`python -m benchmarks [NAME ...] [--quick] [--json FILE]`

Each runs in a process of its own and verifies what it measured before it reports; one that fails is named,
and the exit status is 1 then. A missed goal is a figure like others, not an error; a goal that could not be
measured says what it would take. `python -m benchmarks.page FILE` writes a run into `docs/performance.md`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec

from benchmarks import record
from benchmarks.goals import Figures, Finding, Goal, figures_table, parse, table

NAMES = (
    "plan",
    "adapting",
    "end_to_end",
    "latency",
    "rescan",
    "watching",
    "ledger",
    "memory",
    "kinds",
    "cluster",
    "client_cost",
    "growth",
)
"""In the order of the goals."""
TOGETHER = ("plan", "adapting", "memory")
"""They wait for a plan, or count requests and bytes: running at the same time changes nothing of that."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a benchmark found, and why it failed, or None."""

    name: str
    findings: Sequence[Finding]
    failed: str | None


def run(name: str, *, quick: bool) -> Outcome:
    """One benchmark, in a process of its own."""
    began = time.perf_counter()
    command = [sys.executable, "-m", f"benchmarks.{name}", *(["--quick"] if quick else [])]
    done = subprocess.run(command, capture_output=True, text=True)
    print(f"{name}: {time.perf_counter() - began:.0f} s", flush=True)
    findings = [parse(line) for line in done.stdout.splitlines()]
    if done.returncode == 0:
        return Outcome(name, findings, None)
    print(done.stderr, file=sys.stderr)
    return Outcome(name, findings, (done.stderr.strip().splitlines() or ["it ended early"])[-1])


def run_all(names: Sequence[str], *, quick: bool) -> Iterator[Outcome]:
    """Each of them; first those that may run at the same time."""
    chosen = [name for name in NAMES if name in names]
    with ThreadPoolExecutor() as threads:
        together = [name for name in chosen if name in TOGETHER]
        yield from threads.map(partial(run, quick=quick), together)
    yield from (run(name, quick=quick) for name in chosen if name not in TOGETHER)


def put(outcomes: Sequence[Outcome], into: record.Run) -> None:
    """Make them what the run has found so far, in the order of the goals."""
    findings = [one for name in NAMES for o in outcomes if o.name == name for one in o.findings]
    into.goals = [one for one in findings if isinstance(one, Goal)]
    into.figures = [one for one in findings if isinstance(one, Figures)]
    into.failed = {one.name: one.failed for one in outcomes if one.failed is not None}


def show(whole: record.Run) -> None:
    """Print the figures, and the goals below them."""
    for figures in whole.figures:
        print(f"\n{figures_table(figures)}")
    print(f"\n{table(whole.goals)}\n")
    for name, why in whole.failed.items():
        print(f"FAILED {name}: {why}")
    print(f"{whole.seconds:.0f} s; other programs had {whole.others:.0%} of the CPU meanwhile")


def main() -> None:
    """Run them and print the tables."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    arguments.add_argument("--quick", action="store_true", help="smaller, in three minutes")
    arguments.add_argument("--json", type=Path, metavar="FILE", help="the whole run")
    chosen = arguments.parse_args()
    if unknown := set(chosen.names) - set(NAMES):
        arguments.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    whole, others, began = record.begin(quick=chosen.quick), record.Others(), time.perf_counter()
    outcomes: list[Outcome] = []
    for outcome in run_all(chosen.names or NAMES, quick=chosen.quick):
        outcomes.append(outcome)
        put(outcomes, whole)
        whole.seconds, whole.others = time.perf_counter() - began, others.share()
        if chosen.json:
            chosen.json.write_bytes(msgspec.json.format(msgspec.json.encode(whole)))
    show(whole)
    sys.exit(1 if whole.failed else 0)


if __name__ == "__main__":
    main()
