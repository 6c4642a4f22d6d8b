"""For all tests: no property is judged by the clock, and what could not be tested is said at the end."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import HealthCheck, settings

from tests.faults.need import NEED_ALL, NOT_TESTED

# A machine that others use too is slow now and then, which says nothing of a property.
settings.register_profile(
    "any machine", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Count what was left out for want of rights or tools."""
    skipped = [str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", [])]
    reasons = Counter(r.partition(NOT_TESTED)[2] for r in skipped if NOT_TESTED in r)
    if reasons:
        terminalreporter.section(f"{reasons.total()} tests of this machine's faults were left out")
        for reason, count in reasons.most_common():
            terminalreporter.line(f"{count:4} {reason}")
        terminalreporter.line(f"With {NEED_ALL}=1 they fail instead.")
