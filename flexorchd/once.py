"""`run --once`: bring what the first scan found to an end, or say what had to be left, and why."""

from __future__ import annotations

from dataclasses import dataclass

from flexorchd.account import Account
from flexorchd.clock import Clock
from flexorchd.ledger.figures import Figures
from flexorchd.ledger.ledger import Ledger
from flexorchd.ledger.progress import Progress
from flexorchd.rules.causes import meaning
from flexorchd.rules.naming import display
from flexorchd.rules.retry import remedy_for_file

AWAY_SECONDS = 300.0
SETTLE_SECONDS, SETTLE_TIMES = 60.0, 20


@dataclass(frozen=True, slots=True)
class Leaving:
    """What a single run leaves for the next one: nothing of it is lost."""

    files: int
    reason: str


@dataclass(slots=True)
class Once:
    """Decides when a single run is over.

    Attributes:
        ledger: what is still open.
        account: whether work can go on at all.
        clock: the time.
        settle: the longest settle time of the watches, in seconds.
        details: whether a delivery asks the service.
        started: when the first scan had ended, by the monotonic clock.
    """

    ledger: Ledger
    account: Account
    clock: Clock
    settle: float
    details: bool
    started: float
    _away_since: float | None = None

    def verdict(self) -> list[Leaving] | None:
        """None while work goes on; else what is left, an empty list when all came to an end."""
        progress = self.ledger.progress.now()
        held = [Leaving(progress.held, "held: see `flexorchd status`")] if progress.held else []
        if not progress.moving:
            return held
        if self.ledger.memory.get("output_hold") and progress.ready == progress.moving:
            held_output = self.ledger.memory.get("output_hold")
            return [*held, Leaving(progress.ready, f"the output: {held_output['message']}")]
        deliverable = progress.at_hand if self.details else progress.ready
        if self.account.stays_paused and not progress.settling and not deliverable:
            return [
                *held,
                Leaving(progress.moving, f"the account is paused: {self.account.stays_paused}"),
            ]
        if self._away_too_long():
            return [*held, Leaving(progress.moving, f"the service is away: {self.account.away}")]
        if self._only_unsettled(progress):
            return [*held, Leaving(progress.settling, self._unsettled())]
        return None

    def _unsettled(self) -> str:
        unreadable = Figures(self.ledger.database).unreadable()
        told = [
            f"{one.watch}/{display(one.path)}{f' and {one.others} more' if one.others else ''}: "
            f"{meaning(one.code)}. {remedy_for_file(one.code)}"
            for one in unreadable
        ]
        return " ".join(told) or "still being written: see `flexorchd files --state settling`"

    def _away_too_long(self) -> bool:
        now = self.clock.monotonic()
        if self.account.away is None:
            self._away_since = None
            return False
        if self._away_since is None:
            self._away_since = now
        return now - self._away_since >= AWAY_SECONDS

    def _only_unsettled(self, progress: Progress) -> bool:
        patience = max(SETTLE_SECONDS, SETTLE_TIMES * self.settle)
        return (
            progress.settling == progress.moving
            and self.clock.monotonic() - self.started > patience
        )
