"""Keeps an eye on the account: its plan and credits, its request limit, and whether a pause is over."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from flexorchd.account import Account, StoppingError
from flexorchd.client import (
    FlexOrch,
    FlexOrchError,
    RateLimitError,
    ServiceError,
    TransportError,
    Usage,
)
from flexorchd.clock import Clock
from flexorchd.ledger.figures import Figures
from flexorchd.ledger.ledger import Ledger
from flexorchd.rules import retry

log = structlog.get_logger()

LOOK_EVERY = 300.0
AWAY_LOOK_EVERY, AWAY_LOOK_AT_LEAST_EVERY = 5.0, 60.0
PASSING = (TransportError, ServiceError, RateLimitError)


class AccountStage:
    """Asks for usage and limits from time to time; probes a paused account.

    Args:
        ledger: where plan and credits are remembered.
        client: a client that retries nothing and passes its requests through the account's gate.
        account: whose usage it is.
        clock: the time.
        short: whether documents wait for new credits; then it looks as often as it probes a pause.
    """

    name = "account"

    def __init__(
        self,
        ledger: Ledger,
        client: FlexOrch,
        account: Account,
        clock: Clock,
        short: Callable[[], bool] = lambda: False,
    ) -> None:
        self._ledger = ledger
        self._client = client
        self._account = account
        self._clock = clock
        self._short = short
        self._looks_while_short = 0
        self._looked_at: float | None = None

    def step(self) -> float | None:
        """Look when it is time to."""
        if self._account.paused:
            if wait := self._account.until_probe():
                return wait
            self._probe()
            return 0.0
        now = self._clock.monotonic()
        if (wait := self._until_look(now)) > 0:
            return wait
        try:
            self._look()
        except StoppingError:
            return None
        except FlexOrchError as error:
            log.debug("account.look_failed", code=error.code)
            if error.scope == "account" or isinstance(error, PASSING):
                return min(max(self._account.wait(), AWAY_LOOK_EVERY), AWAY_LOOK_AT_LEAST_EVERY)
            # A service that does not tell must not keep documents waiting for what it would say.
            self._ledger.accounts.usage(self._account.id, None, None, None, None, self._clock.now())
        if self._looked_at is None or self._looks_while_short:
            self._account.looked()
        self._looked_at = now
        return self._until_look(now)

    def _until_look(self, now: float) -> float:
        if self._looked_at is None:
            return 0.0
        every = LOOK_EVERY
        if self._short():
            every = min(LOOK_EVERY, retry.pause(self._looks_while_short, 0.0))
        return max(0.0, self._looked_at + every - now)

    def _look(self) -> None:
        self._looks_while_short = self._looks_while_short + 1 if self._short() else 0
        self._remember(self._client.usage.current())
        limits = self._client.usage.rate_limits()
        self._account.learn(
            None if limits.unlimited else limits.limit, limits.window_seconds, limits.used or 0
        )

    def _remember(self, usage: Usage) -> None:
        before = self._ledger.accounts.get(self._account.id)
        self._ledger.accounts.usage(
            self._account.id,
            usage.plan,
            usage.credits_used,
            usage.credits_limit,
            usage.credits_remaining,
            self._clock.now(),
        )
        if before.usage_at is not None and usage.plan != before.plan:
            self._plan_changed(usage.plan)

    def _plan_changed(self, plan: str | None) -> None:
        """What was too large for the one plan may not be for the other."""
        again = Figures(self._ledger.database).failed_files("FILE_TOO_LARGE")
        for file_id in again:
            self._ledger.files.settle_again(file_id, self._clock.now())
        log.info("account.plan_changed", plan=plan, tried_again=len(again))
        self._account.looked()

    def _probe(self) -> None:
        """A light request: the account goes on as soon as it answers with credits."""
        try:
            usage = self._client.usage.current()
        except StoppingError:
            return
        except FlexOrchError as error:
            log.info("account.still_paused", code=error.code)
            self._account.probe_failed()
            return
        self._remember(usage)
        if usage.credits_remaining is None or usage.credits_remaining > 0:
            self._account.resume()
            self._looked_at = None
        else:
            self._account.probe_failed()
