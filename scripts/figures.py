"""Write the figures of docs/promise.md: how many faults and bad inputs the tests try.

With --check, say if the page claims more than there is. What is counted are the cases that pytest collects
from the files below; loops within a test, over statuses and damaged copies, by what they loop over.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
PAGE = REPOSITORY / "docs/promise.md"
BEGIN, END = "<!-- Made by scripts/figures.py -->", "<!-- until here -->"
STEP = 5
"""Figures are rounded down to this, so that a page does not change with every test."""

FAULTS = {
    "network and service": [
        "tests/e2e/test_network.py",
        "tests/client/test_network.py",
        "tests/road/test_upload.py",
        "tests/road/test_poll.py",
    ],
    "account": ["tests/road/test_account.py", "tests/road/test_guards.py"],
    "disks": ["tests/e2e/test_disk.py", "tests/e2e/test_faulty_disk.py"],
    "folders, mounts and events": [
        "tests/watch/test_watcher.py",
        "tests/watch/test_observer.py",
        "tests/watch/test_scanner.py",
        "tests/road/test_files.py",
    ],
    "clocks": ["tests/rules/test_schedule.py", "tests/e2e/test_clock.py"],
    "a lost or damaged ledger": ["tests/road/test_rebuild.py"],
}
HOSTILE = ["tests/engine/server/test_hostile.py"]


def collected(files: list[str]) -> int:
    """How many cases pytest finds in these files, the long ones included."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-m", "", *files]
    told = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return sum(int(n) for n in re.findall(r"^tests/\S+: (\d+)$", told.stdout, re.MULTILINE))


def figures() -> Mapping[str, int]:
    """What is tried, and how often."""
    sys.path.insert(0, str(REPOSITORY))
    from tests.engine.fuzz.test_mutations import damaged_copies
    from tests.road.test_every_status import ALL, STATUSES

    found = {f"Cases of trouble: {kind}": collected(files) for kind, files in FAULTS.items()}
    found["HTTP statuses, each on each kind of request"] = len(STATUSES) * len(ALL)
    found["Bad inputs: damaged copies of documents"] = damaged_copies()
    found["Bad inputs: hostile documents"] = collected(HOSTILE)
    return found


def block(counts: Mapping[str, int]) -> str:
    """The figures as a table."""
    rows = [f"| {what} | {count - count % STEP} |" for what, count in counts.items()]
    return "\n".join([BEGIN, "| tried by the tests | at least |", "|---|---|", *rows, END])


def claimed(text: str) -> dict[str, int]:
    """What the page says."""
    table = text[text.index(BEGIN) : text.index(END)]
    return {what: int(count) for what, count in re.findall(r"^\| (.+) \| (\d+) \|$", table, re.M)}


def main() -> int:
    """Write, or check."""
    text, counts = PAGE.read_text(), figures()
    if "--check" in sys.argv:
        told = claimed(text)
        wrong = [what for what, count in told.items() if count > counts.get(what, 0)]
        wrong += [what for what in counts if what not in told]
        sys.stdout.write(("\n".join(wrong) or "docs/promise.md claims no more than is true") + "\n")
        return int(bool(wrong))
    before, after = text[: text.index(BEGIN)], text[text.index(END) + len(END) :]
    PAGE.write_text(before + block(counts) + after)
    return 0


if __name__ == "__main__":
    sys.exit(main())
