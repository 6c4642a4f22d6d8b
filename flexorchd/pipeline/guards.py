"""What holds documents back before money is spent: the wrong folder, the day's credits, the busy file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import structlog

from flexorchd.clock import Clock
from flexorchd.ledger.documents import Candidate
from flexorchd.ledger.ledger import Ledger
from flexorchd.rules.credits import room
from flexorchd.rules.naming import display
from flexorchd.rules.plan import refusal

log = structlog.get_logger()

DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Limits:
    """The configured guards; 0 is off."""

    max_backlog: int = 0
    credits_per_day: int = 0
    reserve: int = 0
    versions_per_day: int = 0


class Guards:
    """Admits documents to the upload, or holds or refuses them.

    Args:
        ledger: where holds are shown.
        account_id: whose credits count.
        limits: the configured guards.
        scanned: the watches whose first scan of this run is done; before that a backlog is not known.
        clock: the time.
        on_refused: called when a file was refused without being sent.
        on_short: called when the account has too few credits, and when it has enough again.
    """

    def __init__(
        self,
        ledger: Ledger,
        account_id: int,
        limits: Limits,
        scanned: Callable[[], Collection[int]],
        clock: Clock,
        on_refused: Callable[[], None],
        on_short: Callable[[], None],
    ) -> None:
        self.limits = limits
        self._ledger = ledger
        self._account_id = account_id
        self._scanned = scanned
        self._clock = clock
        self._on_refused = on_refused
        self._on_short = on_short
        self._credit_hold: str | None = None

    @property
    def short(self) -> bool:
        """Whether only new credits let documents be sent."""
        return self._credit_hold in ("RESERVE", "QUOTA_EXCEEDED")

    def credits_left(self, now: float) -> int | None:
        """How many more documents the credits allow; None is unlimited. Shows the hold at 0.

        None before the service has told the plan and the credits for the first time.
        """
        account = self._ledger.accounts.get(self._account_id)
        if account.mode == "hosted" and account.usage_at is None:
            return 0
        limits = self.limits
        spent = self._ledger.accounts.spent_today(self._account_id, now)
        found = room(account.credits_now, limits.reserve, limits.credits_per_day, spent)
        self._show_credit_hold(found.code if found and not found.documents else None)
        return found.documents if found else None

    def _show_credit_hold(self, code: str | None) -> None:
        if code != self._credit_hold:
            log.warning("credits.held", code=code) if code else log.info("credits.released")
            self._credit_hold = code
            self._on_short()
        self._ledger.documents.hold_all(self._account_id, code)

    def admit(self, candidates: Sequence[Candidate], now: float) -> list[Candidate]:
        """Those that may be sent; the others are held or refused, visibly."""
        held = self._hold_backlogs({c.watch_id: c.watch for c in candidates}, now)
        plan = self._ledger.accounts.get(self._account_id).takes
        admitted = []
        for candidate in candidates:
            if candidate.watch_id in held:
                continue
            if refused := refusal(candidate.name, candidate.size, plan):
                self._ledger.uploads.refused(
                    candidate.document_id, refused.code, refused.message, now
                )
                self._on_refused()
            elif not self._saved_too_often(candidate, now):
                admitted.append(candidate)
        self._announce({c.watch_id: c.watch for c in admitted})
        return admitted

    def _announce(self, watches: dict[int, str]) -> None:
        """Before the first upload of a watch, the log says what it is about to cost."""
        account = self._ledger.accounts.get(self._account_id)
        known = set(self._ledger.memory.get("announced") or [])
        new = {watch_id: name for watch_id, name in watches.items() if name not in known}
        if account.mode == "embedded" or not new:
            return
        for watch_id, name in new.items():
            files = self._ledger.watches.unapproved(watch_id)
            log.info(
                "watch.first_upload",
                watch=name,
                files=files,
                credits_estimated=files,
                credits_left=account.credits_now,
            )
        self._ledger.memory.set("announced", sorted(known | set(new.values())))

    def _hold_backlogs(self, watches: dict[int, str], now: float) -> set[int]:
        unscanned = set(watches) - set(self._scanned())
        if not self.limits.max_backlog:
            return unscanned
        held = set(unscanned)
        for watch_id in set(watches) - unscanned:
            waiting = self._ledger.watches.unapproved(watch_id)
            if waiting > self.limits.max_backlog:
                self._hold_backlog(watch_id, watches[watch_id], waiting, now)
                held.add(watch_id)
        return held

    def _hold_backlog(self, watch_id: int, name: str, waiting: int, now: float) -> None:
        message = (
            f"{waiting} new files wait here, more than the {self.limits.max_backlog} that are sent "
            "without asking."
        )
        self._ledger.watches.hold(watch_id, "MAX_BACKLOG", message, now)
        log.warning("watch.held", watch=name, code="MAX_BACKLOG", files=waiting)

    def _saved_too_often(self, candidate: Candidate, now: float) -> bool:
        limit = self.limits.versions_per_day
        if not limit:
            return False
        sent = self._ledger.documents.sent_times(candidate.file_id, now - DAY)
        if len(sent) < limit:
            return False
        due_at = sent[-limit] + DAY
        self._ledger.documents.hold(candidate.document_id, "VERSIONS_PER_DAY", due_at)
        log.info(
            "file.held",
            watch=candidate.watch,
            path=display(candidate.path),
            code="VERSIONS_PER_DAY",
        )
        return True
