"""`client.usage`: the plan, its credits and its request budget."""

from __future__ import annotations

from flexorchd.client.driver import Driver
from flexorchd.client.models import QualityDay, RateLimits, Usage, UsageDay
from flexorchd.client.operations import usage

PERIODS = ("7d", "30d", "90d")


class UsageAccount:
    """Knows what the workspace may use, and what it used."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def current(self) -> Usage:
        """The plan and what is left of its credits."""
        return self._driver.run(usage.current())

    def rate_limits(self) -> RateLimits:
        """The request budget as it stands; asking does not use it up."""
        return self._driver.run(usage.rate_limits())

    def history(self, period: str = "30d") -> list[UsageDay]:
        """What each day cost.

        Args:
            period: ``7d``, ``30d`` or ``90d``.

        Raises:
            ValueError: another period.
        """
        return self._driver.run(usage.history(_checked(period)))

    def quality_trend(self, period: str = "30d") -> list[QualityDay]:
        """How good each day's jobs were; `period` as in `history`."""
        return self._driver.run(usage.quality_trend(_checked(period)))


def _checked(period: str) -> str:
    if period not in PERIODS:
        raise ValueError(f"period must be one of {', '.join(PERIODS)}; it is {period!r}")
    return period
