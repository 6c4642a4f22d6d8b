"""What became of documents that were sent, put on record: taken, refused, not taken, or not known."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog

from flexorchd.account import Account
from flexorchd.client import FlexOrchError, ServiceError, TransportError, UnexpectedAnswerError
from flexorchd.clock import Clock
from flexorchd.ledger.ledger import Ledger
from flexorchd.pipeline.parcel import Parcel
from flexorchd.rules import retry
from flexorchd.rules.naming import display
from flexorchd.rules.polling import next_poll

log = structlog.get_logger()

GATEWAY_TROUBLE = (502, 504)
"""What stands between us and the service lost the answer; the request may still be under way there."""

UNCLEAR_ANSWER = "The service's answer did not say what became of this file."


class Sent:
    """Records outcomes of uploads.

    Args:
        ledger: where they are recorded.
        account: whose uploads these are.
        clock: the time.
        jitter: a number in [0, 1) that spreads retries.
    """

    def __init__(
        self, ledger: Ledger, account: Account, clock: Clock, jitter: Callable[[], float]
    ) -> None:
        self._ledger = ledger
        self._account = account
        self._clock = clock
        self._jitter = jitter

    def accepted(self, document_id: int, job_id: str, *, is_duplicate: bool) -> None:
        """The service has it, under this job."""
        now = self._clock.now()
        first = 0.0 if is_duplicate else next_poll(0, unlimited=self._account.unlimited)
        self._ledger.uploads.accepted(
            document_id, job_id, is_duplicate=is_duplicate, now=now, poll_at=now + first
        )

    def refused(self, parcel: Parcel, code: str, message: str) -> None:
        """It will not be taken as it is."""
        self._ledger.uploads.refused(parcel.document_id, code, message, self._clock.now())
        log.warning(
            "file.refused",
            watch=parcel.candidate.watch,
            path=display(parcel.candidate.path),
            code=code,
            reason=message,
        )

    def not_taken(
        self,
        parcels: Sequence[Parcel],
        error: FlexOrchError | None = None,
        due_at: float | None = None,
        *,
        blame: bool = False,
        maybe: bool = False,
    ) -> None:
        """They are to be sent again.

        Args:
            parcels: which.
            error: why.
            due_at: when; None is at once.
            blame: whether this may be their own fault, which counts an attempt.
            maybe: whether the service may have them after all.
        """
        with self._ledger.database.write():
            for parcel in parcels:
                self._ledger.uploads.send_again(
                    parcel.document_id,
                    self._clock.now() if due_at is None else due_at,
                    error.code if error else None,
                    error.message if error else None,
                    sent=maybe,
                    blame=blame,
                )

    def unclear(self, parcels: Sequence[Parcel]) -> None:
        """An answer came that does not name them: looked for at once, then sent again one by one."""
        now = self._clock.now()
        with self._ledger.database.write():
            for parcel in parcels:
                self._ledger.uploads.answer_lost(
                    parcel.document_id, "UNCLEAR_ANSWER", UNCLEAR_ANSWER, now, looks=1, blame=False
                )
            self._ledger.uploads.isolate([parcel.document_id for parcel in parcels])

    def answer_lost(self, parcels: Sequence[Parcel], error: FlexOrchError) -> None:
        """The service may have them: looked for, and sent again once they are not found."""
        log.warning("upload.answer_lost", files=len(parcels), code=error.code)
        # Trouble that every request meets is the service's own, and no document's fault.
        blame = isinstance(error, ServiceError) and self._account.away is None
        due_at = self._clock.now() + (self._pause(parcels) if blame else 0.0)
        with self._ledger.database.write():
            if blame and len(parcels) == 1:
                self._ledger.uploads.isolate([parcels[0].document_id])
            if self._account.near:
                # The engine knows a document by its hash from the moment it took it: ask by sending.
                self.not_taken(parcels, error, due_at, blame=blame, maybe=True)
            else:
                self._look_for(parcels, error, due_at, blame=blame)

    def _look_for(
        self, parcels: Sequence[Parcel], error: FlexOrchError, look_at: float, *, blame: bool
    ) -> None:
        refused = isinstance(error, ServiceError) and error.status not in GATEWAY_TROUBLE
        for parcel in parcels:
            self._ledger.uploads.answer_lost(
                parcel.document_id,
                error.code,
                error.message,
                look_at,
                looks=1 if refused else 0,
                blame=blame,
            )

    def _pause(self, parcels: Sequence[Parcel]) -> float:
        """Smaller company is tried at once, a lone document again only after a pause that grows."""
        if len(parcels) > 1:
            return 0.0
        candidate = parcels[0].candidate
        return retry.pause(candidate.attempt if candidate.alone else 0, self._jitter())


def may_be_taken(error: FlexOrchError) -> bool:
    """Whether the service may have taken a request, although no good answer came."""
    if isinstance(error, TransportError):
        return error.body_complete
    if isinstance(error, UnexpectedAnswerError):
        return error.status is None or 200 <= error.status < 300
    return isinstance(error, ServiceError)
