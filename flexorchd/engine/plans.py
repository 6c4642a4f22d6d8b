"""The plans that an engine can rehearse: what each allows, and whether it is used up.

Numbers as the service publishes them; `unlimited` is the engine's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

_MEGABYTE = 1024 * 1024
_TIERS = ("trial", "starter", "pro", "unlimited")
PERIOD = timedelta(days=30)
WINDOW_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Plan:
    """What a plan allows.

    Attributes:
        rpm: requests a minute, or None for no limit.
        credits: credits in 30 days, or None for no limit.
        max_file_bytes: the largest file.
    """

    name: str
    rpm: int | None
    credits: int | None
    max_file_bytes: int

    def includes(self, tier: str) -> bool:
        """Whether what begins with plan `tier` is part of this one."""
        return _TIERS.index(self.name) >= _TIERS.index(tier)


PLANS = {
    plan.name: plan
    for plan in (
        Plan("trial", 60, 1_200, 10 * _MEGABYTE),
        Plan("starter", 60, 1_200, 25 * _MEGABYTE),
        Plan("pro", 100, 6_000, 50 * _MEGABYTE),
        Plan("unlimited", None, None, 200 * _MEGABYTE),
    )
}
_OVERRIDE = re.compile(r"(rpm|credits)=([1-9]\d*)")


def parse_plan(text: str) -> Plan:
    """``starter``, or with smaller numbers to reach a limit soon: ``starter rpm=5 credits=3``.

    Raises:
        ValueError: no such plan, or an unknown number; says what there is.
    """
    name, *overrides = text.split() or [""]
    plan = PLANS.get(name)
    matches = [_OVERRIDE.fullmatch(override) for override in overrides]
    if plan is None or not all(matches):
        raise ValueError(
            f"plan: {text!r} is not known. Use one of {', '.join(PLANS)}, for a rehearsal with"
            " other numbers followed by rpm=N or credits=N."
        )
    numbers = {match[1]: int(match[2]) for match in matches if match}
    return replace(
        plan, rpm=numbers.get("rpm", plan.rpm), credits=numbers.get("credits", plan.credits)
    )


def period_start(created_at: datetime, now: datetime) -> datetime:
    """When the billing period that `now` falls in began, counted from the account's beginning."""
    return created_at + ((now - created_at) // PERIOD) * PERIOD


def trial_end(created_at: datetime) -> datetime:
    """When a trial that began then is over."""
    return created_at + PERIOD
