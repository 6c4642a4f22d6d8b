"""All benchmarks in one run, with one table at the end.

`python -m benchmarks [--quick] [--only NAME …]`

Each runs in a process of its own and verifies what it measured before it reports; what fails is in the table
too, and the exit status is 1 then. A missed goal is a figure like others, not an error.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

from benchmarks.goals import Goal, at_most, shown, table

OWN = ("end_to_end", "plan", "latency", "ledger", "memory")
"""Those that report goals as JSON lines."""

Reader = Callable[[str], Iterator[Goal]]
"""Goals out of what a benchmark printed."""

EXITS_WHERE_MISSED = ("rescan", "watching")


class Unreadable(Exception):  # noqa: N818  not an error of ours
    """A benchmark failed: it printed no figures, or ended early."""


def own(output: str) -> Iterator[Goal]:
    for line in output.splitlines():
        yield Goal(**json.loads(line))


def rescan(output: str) -> Iterator[Goal]:
    found = dict(re.findall(r"^  (\S.*?) +[\d.]+ CPU s +([\d.]+) times bare", output, re.MULTILINE))
    grown = re.search(r"takes ([\d.]+) MB", output)
    if not (grown and found):
        raise Unreadable("the rescan printed no figures")
    yield at_most("Rescan: times scandir + stat", float(found["flexorchd"]), 1.6)
    if "rclone copy" in found:
        yield at_most(
            "  times rclone copy's", float(found["flexorchd"]) / float(found["rclone copy"]), 1.0
        )
    yield at_most("  more memory: MB", float(grown[1]), 25.0, "{:.1f}")


def watching(output: str) -> Iterator[Goal]:
    bursts = re.findall(
        r"(moved in|written) +(\d+) dropped .* (\d+) µs of CPU a file, (\d+) over", output
    )
    folders = re.search(r"(\d+) folders: .* after ([\d.]+) s, then ([\d.]+) % CPU", output)
    if not (len(bursts) == 2 and folders):
        raise Unreadable("the watching benchmark printed no figures")
    for how, files, cost, overflows in bursts:
        measured = f"none, {cost} µs of CPU a file, {overflows} overflows"
        yield Goal(f"Watch: lost of {files} files {how}", "none", measured, True)
    yield at_most(f"  {folders[1]} folders: seconds to start", float(folders[2]), 2.0)
    yield at_most("  idle CPU: %", float(folders[3]), 0.1)


def client_cost(output: str) -> Iterator[Goal]:
    ratio = re.search(r"ratio: ([\d.]+)", output)
    if ratio is None:
        raise Unreadable("the client's benchmark printed no ratio")
    yield at_most("Client: CPU a file, times bare httpx", float(ratio[1]), 1.3)


def extract_speed(output: str) -> Iterator[Goal]:
    lines = re.findall(r"^(\w.*?) +\d+ +(ours|markitdown) +([\d.]+) +(\d+) ", output, re.MULTILINE)
    if not lines:
        raise Unreadable("the engine's benchmark printed no figures")
    for kind, reader, rate, megabytes in lines:
        yield shown(f"Engine reads {kind}, {reader}", f"{rate} a second, peak {megabytes} MB")


THEIRS: dict[str, tuple[Reader, tuple[str, ...], tuple[str, ...]]] = {
    "rescan": (rescan, (), ("--folders", "100", "--repeat", "3")),
    "watching": (watching, (), ("--files", "5000", "--folders", "2000", "--idle", "2")),
    "client_cost": (client_cost, (), ()),
    "extract_speed": (
        extract_speed,
        ("--seconds", "1", "--repeat", "1"),
        ("--seconds", "0.3", "--repeat", "1"),
    ),
}
"""Those that print tables: how they are read, and their arguments in a whole and in a quick run."""


def run(name: str, *, quick: bool) -> Iterator[Goal]:
    """One benchmark; that it failed is a row too."""
    if name in THEIRS:
        reader, whole, short = THEIRS[name]
        arguments = short if quick else whole
    else:
        reader, arguments = own, ("--quick",) if quick else ()
    command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    try:
        yield from reader(done.stdout)
    except Unreadable as error:
        yield Goal(f"{name} failed", "", str(error), False)
    else:
        if done.returncode and name not in EXITS_WHERE_MISSED:
            yield Goal(f"{name} failed", "", "it ended early", False)


def main() -> None:
    """Run them and print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="smaller, in two minutes")
    arguments.add_argument("--only", nargs="+", metavar="NAME", choices=[*OWN, *THEIRS])
    chosen = arguments.parse_args()
    goals: list[Goal] = []
    failed = False
    for name in chosen.only or [*OWN, *THEIRS]:
        began = time.perf_counter()
        print(f"{name} …", end=" ", flush=True)
        found = list(run(name, quick=chosen.quick))
        print(f"{time.perf_counter() - began:.0f} s", flush=True)
        failed |= any(goal.what.endswith("failed") for goal in found)
        goals += found
    print()
    print(table(goals))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
