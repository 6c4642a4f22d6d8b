"""The plan, its credits and its request budget."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from flexorchd.client.dialects import DAY, RATE_LIMITS, USAGE
from flexorchd.client.models import QualityDay, RateLimits, Usage, UsageDay
from flexorchd.client.operations.listing import listing
from flexorchd.client.reading import Body
from flexorchd.client.wire import Call, Steps

DEFAULT_WINDOW = 60.0
"""Seconds of the request budget, where the service does not say."""


def current() -> Steps[Usage]:
    """The plan and what is left of it."""
    answer = yield Call("usage.current", "GET", "/usage")
    body = Body(answer.call, answer.data, USAGE)
    more = body.beyond
    used = body.require("used", body.number("used"))
    limit, remaining = body.number("limit"), body.number("remaining")
    if remaining is None and limit is not None:
        remaining = max(limit - used, Decimal(0))
    return Usage(
        plan=body.text("plan") or "",
        credits_used=_whole(used, ROUND_CEILING),
        credits_limit=None if limit is None else _whole(limit, ROUND_FLOOR),
        credits_remaining=None if remaining is None else _whole(remaining, ROUND_FLOOR),
        is_trial=bool(more.flag("is_trial")),
        trial_ends_at=more.moment("trial_ends"),
        trial_days_remaining=more.count("trial_days"),
        raw=body.raw,
    )


def rate_limits() -> Steps[RateLimits]:
    """The request budget as it stands; asking does not use it up."""
    answer = yield Call("usage.rate_limits", "GET", "/usage/rate-limits")
    body = Body(answer.call, answer.data, RATE_LIMITS)
    unlimited = body.flag("unlimited") or False
    limit = None if unlimited else body.count("limit")
    if limit is None and not unlimited and "limit" not in body.raw:
        body.require("limit", limit)
    window, reset = body.number("window"), body.number("reset")
    return RateLimits(
        plan=body.beyond.text("plan"),
        unlimited=limit is None,
        limit=limit,
        used=body.count("used"),
        remaining=body.count("remaining"),
        window_seconds=float(window) if window and window > 0 else DEFAULT_WINDOW,
        reset_in_seconds=None if reset is None else max(float(reset), 0.0),
    )


def history(period: str) -> Steps[list[UsageDay]]:
    """What each day of the period cost."""
    answer = yield Call("usage.history", "GET", "/usage/history", params={"period": period})
    return [_usage_day(answer.call, item) for item in listing(answer).items]


def quality_trend(period: str) -> Steps[list[QualityDay]]:
    """How good each day of the period was."""
    answer = yield Call(
        "usage.quality_trend", "GET", "/usage/quality-trend", params={"period": period}
    )
    return [_quality_day(answer.call, item) for item in listing(answer).items]


def _whole(amount: Decimal, rounding: str) -> int:
    return int(amount.to_integral_value(rounding))


def _usage_day(call: str, data: Any) -> UsageDay:
    body = Body(call, data, DAY)
    used = body.number("credits") or Decimal(0)
    return UsageDay(
        date=body.require("date", body.text("date")),
        credits_used=_whole(used, ROUND_CEILING),
        jobs_count=body.count("jobs") or 0,
    )


def _quality_day(call: str, data: Any) -> QualityDay:
    body = Body(call, data, DAY)
    return QualityDay(
        date=body.require("date", body.text("date")),
        avg_quality_score=body.score("average"),
        grade_counts=body.counts("grades") or {},
        avg_field_fill_rate=body.score("fill_rate"),
        job_count=body.count("jobs") or 0,
    )
