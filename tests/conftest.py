"""What could not be tested here is said at the end, where nobody misses it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.faults.need import NEED_ALL, NOT_TESTED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Count what was left out for want of rights or tools."""
    skipped = [str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", [])]
    reasons = Counter(r.partition(NOT_TESTED)[2] for r in skipped if NOT_TESTED in r)
    if reasons:
        terminalreporter.section(f"{reasons.total()} tests of this machine's faults were left out")
        for reason, count in reasons.most_common():
            terminalreporter.line(f"{count:4} {reason}")
        terminalreporter.line(f"With {NEED_ALL}=1 they fail instead.")
