"""Upload: intent, then act, then adopt.

The intent is committed before the request. What became of it is committed after: accepted, refused, not
taken, or without an answer. An upload without an answer is looked for before it is sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import structlog

from flexorchd.account import Account, StoppingError
from flexorchd.client import (
    FlexOrch,
    FlexOrchError,
    RateLimitError,
    ServiceError,
    Submission,
    TransportError,
)
from flexorchd.clock import Clock, utc
from flexorchd.filesystem.beneath import ABSENT
from flexorchd.ledger.documents import Candidate
from flexorchd.ledger.ledger import Ledger
from flexorchd.ledger.uploads import Intent
from flexorchd.pipeline.guards import Guards
from flexorchd.pipeline.parcel import (
    ContentChangedError,
    Parcel,
    SourceUnreadableError,
    pipeline_config,
)
from flexorchd.pipeline.sent import Sent, may_be_taken
from flexorchd.pipeline.stage import Bells
from flexorchd.rules import retry
from flexorchd.rules.batching import BatchSize, Item, halves, pack
from flexorchd.rules.naming import display
from flexorchd.rules.verdict import Failure, Final, PauseAccount, Retry, decide

log = structlog.get_logger()

LOOK_AGAIN_AFTER = 60.0
LOOKS_REFUSED = 10
"""So often a service may refuse to say what it has, before what it may have is sent again."""
UNTIL_ANSWERED = 1.0
PASSING = (TransportError, ServiceError, RateLimitError)
CLOCK_SLACK = timedelta(seconds=3)


class UploadStage:
    """Sends what is queued, many documents a request.

    Args:
        ledger: the queue.
        client: a client that retries nothing and passes its requests through the account's gate.
        account: whose budget and pauses count.
        guards: what holds documents back.
        clock: the time.
        bells: wakes the poll and delivery stages.
        jitter: a number in [0, 1) that spreads retries.
    """

    name = "upload"

    def __init__(
        self,
        ledger: Ledger,
        client: FlexOrch,
        account: Account,
        guards: Guards,
        clock: Clock,
        bells: Bells,
        jitter: Callable[[], float],
    ) -> None:
        self._ledger = ledger
        self._client = client
        self._account = account
        self._guards = guards
        self._clock = clock
        self._bells = bells
        self._jitter = jitter
        self._sent = Sent(ledger, account, clock, jitter)
        self._batch = BatchSize()
        self._interrupted = True

    def step(self) -> float | None:
        """Look for lost answers that are due, then send one batch."""
        if self._interrupted:
            # No request is under way: what the ledger has as being sent has lost its answer.
            self._ledger.uploads.orphan_uploads(self._account.id, self._clock.now())
        self._interrupted = True
        wait = self._account.wait() or self._step(self._clock.now())
        self._interrupted = False
        return wait

    def _step(self, now: float) -> float | None:
        if not self._account.answered and not self._account.near:
            # Without the service's clock, a lost answer could not be looked for.
            return UNTIL_ANSWERED
        try:
            self._look_for_lost_answers(now)
            if self._send_next(now):
                return 0
        except StoppingError:
            return None
        due = self._ledger.documents.next_due(self._account.id, "queued", "uploading", after=now)
        return None if due is None else max(due - now, 0.0)

    # -- lost answers ---------------------------------------------------------------------------------

    def _look_for_lost_answers(self, now: float) -> None:
        lost = self._ledger.uploads.intents(self._account.id, now)
        if not lost:
            return
        uploads = self._ledger.uploads
        if self._account.near:
            for intent in lost:
                uploads.send_again(intent.document_id, now, None, None, sent=True, blame=False)
            return
        since = utc(min(intent.service_time for intent in lost)) - CLOCK_SLACK
        try:
            found = self._client.documents.find_jobs([i.sent_name for i in lost], since)
        except FlexOrchError as error:
            self._look_up_failed(lost, error, now)
            return
        with self._ledger.database.write():
            for intent in lost:
                self._adopt(intent, found.get(intent.sent_name), now)
        self._bells.ring("poll")

    def _look_up_failed(self, lost: Sequence[Intent], error: FlexOrchError, now: float) -> None:
        """Trouble passes; a service that refuses to be asked, again and again, cannot say what it has."""
        log.info("upload.look_up_failed", code=error.code, documents=len(lost))
        passing = error.scope == "account" or isinstance(error, PASSING)
        given_up = [i for i in lost if not passing and i.looks >= LOOKS_REFUSED]
        again = [i.document_id for i in lost if i not in given_up]
        self._ledger.uploads.look_again(again, now + LOOK_AGAIN_AFTER, looked=not passing)
        for intent in given_up:
            log.warning("upload.not_found", document_id=intent.document_id, reason=error.message)
            self._ledger.uploads.send_again(
                intent.document_id, now, error.code, error.message, sent=True, blame=False
            )

    def _adopt(self, intent: Intent, job_id: str | None, now: float) -> None:
        uploads, document_id = self._ledger.uploads, intent.document_id
        if job_id is not None:
            log.info("upload.found_again", document_id=document_id, job_id=job_id)
            self._sent.accepted(document_id, job_id, is_duplicate=False)
        elif intent.looks == 0:
            uploads.look_again([document_id], now + LOOK_AGAIN_AFTER, looked=True)
        else:
            uploads.send_again(document_id, now, None, None, sent=True, blame=False)

    # -- sending --------------------------------------------------------------------------------------

    def _send_next(self, now: float) -> bool:
        left = self._guards.credits_left(now)
        candidates = self._guards.admit(
            self._ledger.documents.waiting(self._account.id, now, self._batch.files * 3), now
        )
        parcels: dict[int, Parcel] = {}

        def items() -> Iterator[Item]:
            for candidate in candidates:
                parcel = parcels[candidate.document_id] = Parcel.of(candidate)
                yield parcel.item

        # Packed as they are asked for: most of the candidates only stand by for the next request.
        chosen = pack(items(), self._batch, left)
        if chosen:
            self._send([parcels[item.document_id] for item in chosen])
        return bool(chosen)

    def _send(self, parcels: Sequence[Parcel]) -> bool:
        """One request, and whether it was taken: the intent is durable before the first byte leaves."""
        now = self._clock.now()
        self._ledger.uploads.intend(
            [(p.document_id, p.candidate.version_id, p.item.sent_name) for p in parcels],
            now,
            self._account.service_time(now),
        )
        settings = self._ledger.accounts.settings(parcels[0].candidate.settings_id)
        try:
            submission = self._client.documents.submit(
                [parcel.upload for parcel in parcels],
                locale=settings.locale,
                pipeline_config=pipeline_config(settings),
            )
        except ContentChangedError as changed:
            self._source_changed(changed.candidate, parcels)
        except SourceUnreadableError as unreadable:
            self._source_unreadable(unreadable, parcels)
        except StoppingError:
            self._sent.not_taken(parcels)
            raise
        except FlexOrchError as error:
            self._request_failed(error, parcels)
        else:
            self._answered(submission, parcels)
            return True
        return False

    # -- answers --------------------------------------------------------------------------------------

    def _answered(self, submission: Submission, parcels: Sequence[Parcel]) -> None:
        with self._ledger.database.write():
            for index, accepted in submission.accepted.items():
                id_, job_id = parcels[index].document_id, accepted.job_id
                known = self._ledger.jobs.is_known_elsewhere(job_id, id_, self._account.id)
                self._sent.accepted(id_, job_id, is_duplicate=accepted.is_duplicate or known)
            for index, error in submission.refused.items():
                self._refused(parcels[index], error)
            self._sent.unclear([parcels[index] for index in submission.unassigned])
        if not submission.unassigned:
            self._batch = self._batch.grown(len(parcels))
        log.info(
            "upload.sent",
            files=len(parcels),
            accepted=len(submission.accepted),
            refused=len(submission.refused),
            bytes=sum(p.candidate.size for p in parcels),
        )
        self._bells.ring("poll", "deliver")

    def _refused(self, parcel: Parcel, error: FlexOrchError) -> None:
        """One file of a request that was answered: the others are not concerned."""
        match self._verdict(error, [parcel]):
            case Final(code):
                self._sent.refused(parcel, code, error.message)
            case PauseAccount(code):
                self._account.pause(code, error.message)
                self._sent.not_taken([parcel], error)
            case Retry(at):
                self._sent.not_taken([parcel], error, at, blame=True)

    def _request_failed(self, error: FlexOrchError, parcels: Sequence[Parcel]) -> None:
        match self._verdict(error, parcels):
            case Final(code):
                self._sent.refused(parcels[0], code, error.message)
                self._bells.ring("deliver")
            case Retry() if may_be_taken(error):
                self._sent.answer_lost(parcels, error)
            case Retry(halved=True):
                self._halve(parcels, error)
            case PauseAccount():
                self._sent.not_taken(parcels, error)
            case Retry() if isinstance(error, TransportError):
                self._sent.not_taken(parcels, error)
            case Retry(at):
                blame = not isinstance(error, RateLimitError)
                self._sent.not_taken(parcels, error, at, blame=blame)

    def _halve(self, parcels: Sequence[Parcel], error: FlexOrchError) -> None:
        """Refused as a whole: in two requests, so that the culprit ends up alone."""
        self._sent.not_taken(parcels, error)
        first, second = halves([parcel.item for parcel in parcels])
        taken = []
        for half in (first, second):
            # What is more than was just learned to be too many is due again, and goes in smaller requests.
            if len(half) <= self._batch.ceiling:
                taken.append(self._send([parcel for parcel in parcels if parcel.item in half]))
        if taken == [True, True]:
            self._batch = self._batch.capped(len(first))

    def _verdict(
        self, error: FlexOrchError, parcels: Sequence[Parcel]
    ) -> Retry | Final | PauseAccount:
        candidate, now = parcels[0].candidate, self._clock.now()
        failure = Failure(
            code=error.code,
            scope=error.scope,
            status=error.status,
            retry_after=error.retry_after,
            lone=len(parcels) == 1,
            while_others_pass=self._ledger.uploads.others_pass(candidate.document_id),
        )
        return decide(failure, candidate.attempt, now, self._jitter())

    # -- sources that are no longer what was hashed ---------------------------------------------------

    def _source_changed(self, changed: Candidate, parcels: Sequence[Parcel]) -> None:
        log.info("file.changed_while_sent", watch=changed.watch, path=display(changed.path))
        with self._ledger.database.write():
            self._ledger.documents.carrier_changed(
                changed.version_id, changed.file_id, self._clock.now()
            )
            self._sent.not_taken(parcels)
        self._bells.ring("settle")

    def _source_unreadable(
        self, unreadable: SourceUnreadableError, parcels: Sequence[Parcel]
    ) -> None:
        candidate, cause = unreadable.candidate, unreadable.cause
        if cause.errno in ABSENT:
            self._source_changed(candidate, parcels)
            return
        path, reason = display(candidate.path), cause.strerror or str(cause)
        due_at = self._clock.now() + retry.pause(candidate.attempt, self._jitter())
        with self._ledger.database.write():
            self._sent.not_taken(parcels)
            self._ledger.uploads.send_again(
                candidate.document_id,
                due_at,
                "UNREADABLE",
                f"{reason}: {path}",
                sent=False,
                blame=True,
            )
        log.warning("file.unreadable", watch=candidate.watch, path=path, reason=reason)
