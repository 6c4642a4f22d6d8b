"""The dead man's ping: somebody elsewhere hears of this daemon as long as documents get through.

A service that watches for pings raises the alarm when they cease. They cease with the daemon, and also when
it lives and gets nothing done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import structlog

from flexorchd.clock import Clock
from flexorchd.ledger.ledger import Ledger
from flexorchd.monitoring.health import Health, stuck

log = structlog.get_logger()

EVERY_SECONDS = 60.0
PATIENCE_SECONDS = 1800.0
"""Work that is open for so long, with nothing ended meanwhile, is work that makes no progress."""
TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Look:
    """What is seen of the work at one moment.

    Attributes:
        at: by the monotonic clock.
        well: whether every stage runs and has stepped of late.
        open: work that goes on by itself, so not what waits for a person.
        ended: what came to an end within the last `PATIENCE_SECONDS`.
    """

    at: float
    well: bool
    open: int
    ended: int


@dataclass(frozen=True, slots=True)
class Pulse:
    """Since when there has been open work without a break, by the monotonic clock; None while idle."""

    busy_since: float | None = None


def felt(pulse: Pulse, look: Look) -> tuple[Pulse, bool]:
    """Whether progress is made: nothing is open, or something ended of late, or it has only begun.

    Args:
        pulse: as the look before left it.
        look: now.

    Returns:
        The pulse for the next look, and whether all goes on.
    """
    if not look.open:
        return Pulse(), look.well
    since = look.at if pulse.busy_since is None else pulse.busy_since
    goes_on = look.ended > 0 or look.at - since < PATIENCE_SECONDS
    return Pulse(since), look.well and goes_on


class HeartbeatStage:
    """Asks for a URL once a minute, while progress is made.

    Args:
        url: of the service that listens; it is a secret, and so never logged.
        ledger: whose work it is.
        health: of the stages.
        clock: the time.
        get: sends the request.
    """

    name = "heartbeat"

    def __init__(
        self,
        url: str,
        ledger: Ledger,
        health: Health,
        clock: Clock,
        get: Callable[[str], None] | None = None,
    ) -> None:
        self._url = url
        self._host = urlsplit(url).hostname or ""
        self._ledger = ledger
        self._health = health
        self._clock = clock
        self._get = get or _get
        self._pulse = Pulse()
        self._next = 0.0
        self._silent = False
        self._unanswered = False

    def step(self) -> float | None:
        """Ping when it is time, and when there is reason to."""
        now = self._clock.monotonic()
        if now < self._next:
            return self._next - now
        self._next = now + EVERY_SECONDS
        self._pulse, goes_on = felt(self._pulse, self._look(now))
        if goes_on:
            self._ping()
        if self._silent == goes_on:
            self._silent = not goes_on
            log.log(*_SILENCE[self._silent])
        return EVERY_SECONDS

    def _look(self, now: float) -> Look:
        ended = self._ledger.progress.ended_since(self._clock.now() - PATIENCE_SECONDS)
        return Look(
            at=now,
            well=not stuck(self._health.stages()),
            open=self._ledger.progress.now().moving,
            ended=sum(ended.values()),
        )

    def _ping(self) -> None:
        try:
            self._get(self._url)
        except httpx.HTTPError as error:
            if not self._unanswered:
                log.warning("heartbeat.unanswered", host=self._host, reason=_reason(error))
            self._unanswered = True
        else:
            if self._unanswered:
                log.info("heartbeat.answered", host=self._host)
            self._unanswered = False


_SILENCE = {True: (30, "heartbeat.withheld"), False: (20, "heartbeat.resumed")}


def _get(url: str) -> None:
    httpx.get(url, timeout=TIMEOUT_SECONDS).raise_for_status()


def _reason(error: httpx.HTTPError) -> str:
    """Why, without the URL, which is as good as a password."""
    if isinstance(error, httpx.HTTPStatusError):
        return f"HTTP {error.response.status_code}"
    return type(error).__name__
