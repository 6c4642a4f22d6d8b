"""What a plan does not include is refused with the plan that does."""

from __future__ import annotations

from flexorchd.engine.api.envelope import ApiError
from flexorchd.engine.plans import Plan


def require(plan: Plan, tier: str) -> None:
    """Let only plans from `tier` on pass.

    Raises:
        ApiError: 403 with ``min_plan``.
    """
    if not plan.includes(tier):
        raise ApiError(
            403,
            "PLAN_UPGRADE_REQUIRED",
            f"This is part of the plan {tier}; this engine rehearses the plan {plan.name}.",
            extra={"min_plan": tier},
        )
