"""The account: credits, limits, and what was done each day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

import msgspec

from flexorchd.engine.api.envelope import Answer
from flexorchd.engine.api.operation import Operation
from flexorchd.engine.plans import WINDOW_SECONDS, trial_end
from flexorchd.engine.service import Engine
from flexorchd.engine.store.moments import now, text_of


class Period(msgspec.Struct, frozen=True):
    """How far back."""

    period: Literal["7d", "30d", "90d"] = "30d"

    @property
    def length(self) -> timedelta:
        """As a span of time."""
        return timedelta(days=int(self.period.removesuffix("d")))


def routes(engine: Engine) -> list[Operation]:
    """The operations of this resource."""
    usage = _Usage(engine)
    return [
        Operation("GET", "/usage", usage.current),
        Operation("GET", "/usage/rate-limits", usage.rate_limits),
        Operation("GET", "/usage/history", usage.history),
        Operation("GET", "/usage/quality-trend", usage.quality_trend),
    ]


class _Usage:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def current(self) -> Answer:
        """Show the plan and the credits of this period; a null limit is unlimited."""
        engine, moment = self._engine, now()
        return Answer(
            {
                "plan": engine.plan.name,
                "trial": self._trial(),
                "usage": {
                    "credits": {
                        "used": engine.intake.credits_used(moment),
                        "limit": engine.plan.credits,
                        "remaining": engine.intake.credits_left(moment),
                    }
                },
            }
        )

    def rate_limits(self) -> Answer:
        """Show the request limit and what is left of it; this takes no request slot itself."""
        rate = self._engine.window.rate()
        limited = rate.limit is not None
        flat = {
            "plan": self._engine.plan.name,
            "unlimited": not limited,
            "limit": rate.limit,
            "used": rate.used,
            "remaining": rate.remaining,
            "window_seconds": WINDOW_SECONDS,
            "reset_in_seconds": rate.reset_in_seconds,
        }
        nested = {
            "rpm": rate.limit,
            "used": rate.used,
            "remaining": rate.remaining,
            "reset_in_seconds": rate.reset_in_seconds,
        }
        return Answer(flat | {"rate_limit": nested})

    def history(self, query: Period) -> Answer:
        """Show credits and completed jobs of each day."""
        return Answer(self._engine.store.usage.history(now() - query.length))

    def quality_trend(self, query: Period) -> Answer:
        """Show the quality of each day's results."""
        return Answer(self._engine.store.usage.quality_trend(now() - query.length))

    def _trial(self) -> dict[str, Any] | None:
        days = self._engine.intake.trial_days_left()
        if days is None:
            return None
        ends = text_of(trial_end(self._engine.intake.created_at))
        return {"is_trial": True, "trial_ends_at": ends, "trial_days_remaining": days}
