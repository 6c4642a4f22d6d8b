"""The account is one resource: every request of every stage draws on its budget, and one pause stops all.

A rate limit slows. A spent quota, a bad key or an ended trial pauses the account, visibly, until a probe
finds it well. A service that cannot be reached is tried again with pauses that grow; that costs no document
an attempt.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from flexorchd.client import Exchange, FlexOrchError, RateLimitError, ServiceError, TransportError
from flexorchd.clock import Clock
from flexorchd.ledger.ledger import Ledger
from flexorchd.rules import retry
from flexorchd.rules.budget import Limit, Window, next_in_line

log = structlog.get_logger()

PROOF = "documents.upload"
"""What an account must have done since its last pause for the pauses to begin short again: a probe finds a
plan well that is too small for uploads."""
TROUBLE_AFTER = 3
"""So many answers of 5xx in a row, and the service counts as away."""


class StoppingError(Exception):
    """The daemon is stopping; the request was not sent."""


@dataclass(slots=True)
class _Away:
    since: float
    until: float
    failures: int
    message: str


class Account:
    """What all stages share about the account that documents are sent with.

    Args:
        ledger: where pauses are remembered.
        account_id: which account.
        clock: the time.
        near: whether the service is on this machine and sets no limit.
        on_change: called when requests make sense again.
        jitter: a number in [0, 1) that spreads retries.
    """

    def __init__(
        self,
        ledger: Ledger,
        account_id: int,
        clock: Clock,
        *,
        near: bool,
        on_change: Callable[[], None] = lambda: None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.id = account_id
        self.near = near
        self._ledger = ledger
        self._clock = clock
        self._on_change = on_change
        self._jitter = jitter
        self._turn = threading.Condition()
        self._window = Window()
        self._waiting: list[str] = []
        self._served: dict[str, float] = {}
        self._away: _Away | None = None
        self._trouble = 0
        self._refusals = 0
        self._stopping = False
        self.answered = False
        self._learned = False
        row = ledger.accounts.get(account_id)
        self._paused = row.pause_code
        self._pause_is_old = row.pause_code is not None
        if self._pause_is_old:
            # A start is a good moment to look again: somebody may have mended it.
            ledger.accounts.probe_at(account_id, clock.now())
        self._unproven = row.probes > 0
        ledger.memory.set("away", None)
        self.requests: dict[tuple[str, str], int] = {}
        self._told: tuple[float, float] | None = None

    # -- may a request be sent ------------------------------------------------------------------------

    @property
    def paused(self) -> str | None:
        """The code of the pause, or None."""
        return self._paused

    @property
    def stays_paused(self) -> str | None:
        """The code of a pause that was met or confirmed in this run, or None."""
        return None if self._pause_is_old else self._paused

    @property
    def away(self) -> str | None:
        """Why the service cannot be reached at present, or None."""
        away = self._away
        return away.message if away else None

    def wait(self) -> float:
        """Seconds until a stage may try a request; 0 = now. Pacing by the budget comes on top."""
        if self._paused:
            return retry.LONGEST_PAUSE
        away = self._away
        return max(0.0, away.until - self._clock.monotonic()) if away else 0.0

    def gate(self, kind: str) -> Gate:
        """The gate through which one kind of work sends its requests."""
        return Gate(self, kind)

    def service_time(self, now: float) -> float:
        """`now` by the service's clock, as its last answer told it; ours may have been set since then."""
        if self._told is None:
            return now
        date, at = self._told
        return date + (self._clock.monotonic() - at)

    def learn(self, limit: int | None, window: float, used: int) -> None:
        """What ``/usage/rate-limits`` says."""
        with self._turn:
            self._learned = True
            self._window.learn(Limit(limit, window), used, self._clock.monotonic())
            self._turn.notify_all()

    def looked(self) -> None:
        """Plan, credits and limits are known, as far as the service tells them."""
        self._on_change()

    @property
    def unlimited(self) -> bool:
        """Whether requests cost nothing: the service is on this machine, or says that it has no limit."""
        return self.near or (self._learned and self._window.limit.requests is None)

    @property
    def limit(self) -> int | None:
        """Requests a minute that the service allows; None = no limit, or none known yet."""
        limit = self._window.limit
        return None if limit.requests is None else round(limit.requests * 60 / limit.window)

    @property
    def left(self) -> int | None:
        """Requests that may still be sent in the present window; None = no limit."""
        with self._turn:
            return self._window.left(self._clock.monotonic())

    def stop(self) -> None:
        """Let nobody wait any longer."""
        with self._turn:
            self._stopping = True
            self._turn.notify_all()

    def enter(self, kind: str) -> None:
        """Wait for a slot in the budget.

        Raises:
            StoppingError: the daemon stops before the slot comes.
        """
        with self._turn:
            if not self._waiting:
                self._served = {}
            self._waiting.append(kind)
            try:
                while not self._my_turn(kind):
                    if self._stopping:
                        raise StoppingError
                    left = self._window.wait(self._clock.monotonic())
                    self._clock.wait(self._turn, max(0.01, left))
                self._window.spend(self._clock.monotonic())
                self._served[kind] = self._served.get(kind, 0.0) + 1
            finally:
                self._waiting.remove(kind)
                self._turn.notify_all()

    def _my_turn(self, kind: str) -> bool:
        free = self._window.wait(self._clock.monotonic()) <= 0
        return free and next_in_line(self._waiting, self._served) == kind

    # -- what an answer says --------------------------------------------------------------------------

    def leave(self, exchange: Exchange) -> None:
        """Take note of how a request went."""
        error = exchange.error
        outcome = "ok" if error is None else getattr(error, "code", type(error).__name__)
        with self._turn:
            key = (exchange.operation, outcome)
            self.requests[key] = self.requests.get(key, 0) + 1
        self.answered = self.answered or exchange.status is not None
        if exchange.server_date is not None:
            self._told = (exchange.server_date.timestamp(), self._clock.monotonic())
        if isinstance(error, RateLimitError):
            self._slow_down(error.retry_after)
        elif isinstance(error, TransportError):
            self._went_away(error)
        elif isinstance(error, ServiceError):
            self._in_trouble(error)
        elif isinstance(error, FlexOrchError) and error.scope == "account":
            self.pause(error.code, error.message)
        elif exchange.status is not None:
            self._came_back()
            if error is None and self._unproven and exchange.operation == PROOF:
                self._unproven = False
                self._ledger.accounts.proven(self.id)

    def _slow_down(self, asked: float | None) -> None:
        with self._turn:
            seconds = retry.rate_limit_pause(asked, self._refusals)
            self._refusals += 1
            self._window.block(self._clock.monotonic() + seconds)
        log.warning("account.rate_limited", seconds=round(seconds, 1))

    def _in_trouble(self, error: FlexOrchError) -> None:
        with self._turn:
            self._trouble += 1
            in_trouble = self._trouble >= TROUBLE_AFTER
        if in_trouble:
            self._went_away(error)

    def _went_away(self, error: FlexOrchError) -> None:
        message = error.message
        now = self._clock.monotonic()
        with self._turn:
            away = self._away or _Away(now, now, 0, message)
            if away.until > now:
                return
            pause = retry.pause(away.failures, self._jitter())
            self._away = _Away(away.since, now + pause, away.failures + 1, message)
        if away.failures == 0 or message != away.message:
            self._ledger.memory.set("away", message)
            self._ledger.memory.set("away_code", error.code)
        if away.failures in (0, 3, 9) or away.failures % 60 == 59:
            log.warning(
                "service.unreachable",
                code=error.code,
                reason=message,
                remedy=retry.remedy(error.code),
                failures=away.failures + 1,
                next_try_in=round(pause, 1),
            )

    def _came_back(self) -> None:
        with self._turn:
            away, self._away, self._trouble, self._refusals = self._away, None, 0, 0
        if away:
            self._ledger.memory.set("away", None)
            log.info(
                "service.recovered",
                failures=away.failures,
                away_seconds=round(self._clock.monotonic() - away.since, 1),
            )
            self._on_change()

    # -- pause and resume -----------------------------------------------------------------------------

    def pause(self, code: str, message: str) -> None:
        """Send nothing more until a probe finds the account well."""
        self._pause_is_old = False
        if self._paused == code:
            return
        self._paused = code
        now = self._clock.now()
        probes = self._ledger.accounts.get(self.id).probes
        probe_at = now + retry.pause(probes, self._jitter())
        self._ledger.accounts.pause(self.id, code, message, now, probe_at)
        log.error("account.paused", code=code, reason=message, remedy=retry.remedy(code))

    def until_probe(self) -> float:
        """Seconds until the paused account is to be asked again; 0 = now."""
        row = self._ledger.accounts.get(self.id)
        return max(0.0, (row.probe_at or 0.0) - self._clock.now())

    def probe_failed(self) -> None:
        """The probe found the account as it was."""
        self._pause_is_old = False
        probes = self._ledger.accounts.get(self.id).probes + 1
        self._ledger.accounts.probed(
            self.id, self._clock.now() + retry.pause(probes, self._jitter())
        )

    def resume(self) -> None:
        """The account is well again."""
        if self._paused is None:
            return
        self._paused = None
        self._unproven = True
        self._ledger.accounts.resume(self.id)
        log.info("account.resumed")
        self._on_change()


class Gate:
    """One kind of work's way to the account; the client passes every request through it."""

    def __init__(self, account: Account, kind: str) -> None:
        self._account = account
        self._kind = kind

    def enter(self, operation: str) -> None:
        """Wait for a slot; see `Account.enter`."""
        del operation
        self._account.enter(self._kind)

    def leave(self, exchange: Exchange) -> None:
        """See `Account.leave`."""
        self._account.leave(exchange)
