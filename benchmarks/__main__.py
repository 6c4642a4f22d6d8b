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
from pathlib import Path

import msgspec

from benchmarks import record
from benchmarks.goals import Figures, Goal, figures_table, parse, table

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


def run(name: str, into: record.Run) -> None:
    """Add what one benchmark found; or that it failed, and why."""
    command = [sys.executable, "-m", f"benchmarks.{name}", *(["--quick"] if into.quick else [])]
    done = subprocess.run(command, capture_output=True, text=True)
    for line in done.stdout.splitlines():
        match parse(line):
            case Goal() as goal:
                into.goals.append(goal)
            case Figures() as figures:
                into.figures.append(figures)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["it ended early"]
        into.failed[name] = lines[-1]
        print(done.stderr, file=sys.stderr)


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
    for name in chosen.names or NAMES:
        print(f"{name} …", end=" ", flush=True)
        so_far = time.perf_counter()
        run(name, whole)
        print(f"{time.perf_counter() - so_far:.0f} s", flush=True)
    whole.seconds, whole.others = time.perf_counter() - began, others.share()
    if chosen.json:
        chosen.json.write_bytes(msgspec.json.format(msgspec.json.encode(whole)))
    show(whole)
    sys.exit(1 if whole.failed else 0)


if __name__ == "__main__":
    main()
