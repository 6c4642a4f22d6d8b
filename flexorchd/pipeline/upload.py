"""Upload: intent, then act, then adopt.

The intent is committed before the request. What became of it is committed after: accepted, refused, not
taken, or without an answer. An upload without an answer is looked for before it is sent again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from flexorchd.account import Account, StoppingError
from flexorchd.client import (
    FlexOrch,
    FlexOrchError,
    ServiceError,
    Submission,
    TransportError,
    UnexpectedAnswerError,
    Upload,
)
from flexorchd.clock import Clock, utc
from flexorchd.ledger.accounts import SettingsRow
from flexorchd.ledger.documents import Candidate, Intent
from flexorchd.ledger.ledger import Ledger
from flexorchd.pipeline.guards import Guards
from flexorchd.pipeline.stage import Bells
from flexorchd.rules import retry
from flexorchd.rules.batching import BatchSize, Item, company, halves, pack
from flexorchd.rules.naming import display, sent_name
from flexorchd.rules.polling import next_poll
from flexorchd.rules.verdict import Failure, Final, PauseAccount, Retry, decide

log = structlog.get_logger()

BLOCK = 256 * 1024
LOOK_AGAIN_AFTER = 60.0
CLOCK_SLACK = timedelta(seconds=3)


class ContentChangedError(Exception):
    """The bytes that streamed out are not those that were hashed."""

    def __init__(self, candidate: Candidate) -> None:
        super().__init__(candidate)
        self.candidate = candidate


class SourceUnreadableError(Exception):
    """The file could not be opened or read while it was being sent."""

    def __init__(self, candidate: Candidate, cause: OSError) -> None:
        super().__init__(candidate)
        self.candidate = candidate
        self.cause = cause


@dataclass(frozen=True, slots=True)
class _Parcel:
    candidate: Candidate
    item: Item


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
        self._batch = BatchSize()
        self._ledger.documents.orphan_uploads(account.id, clock.now())

    def step(self) -> float | None:
        """Look for lost answers that are due, then send one batch."""
        if wait := self._account.wait():
            return wait
        now = self._clock.now()
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
        lost = self._ledger.documents.intents(self._account.id, now)
        if not lost:
            return
        if self._account.near:
            # The engine knows a document by its hash from the moment it took it: ask by sending.
            for intent in lost:
                self._queue(intent.document_id, now, None, sent=True, blame=False)
            return
        since = utc(min(intent.service_time for intent in lost)) - CLOCK_SLACK
        try:
            found = self._client.documents.find_jobs([i.sent_name for i in lost], since)
        except FlexOrchError as error:
            log.info("upload.look_up_failed", code=error.code, documents=len(lost))
            return
        for intent in lost:
            self._adopt(intent, found.get(intent.sent_name), now)

    def _adopt(self, intent: Intent, job_id: str | None, now: float) -> None:
        if job_id is not None:
            log.info("upload.found_again", document_id=intent.document_id, job_id=job_id)
            self._accept(intent.document_id, job_id, is_duplicate=False, now=now)
        elif intent.looks == 0:
            self._ledger.documents.looked_for(intent.document_id, now + LOOK_AGAIN_AFTER)
        else:
            self._queue(intent.document_id, now, None, sent=True, blame=False)

    # -- sending --------------------------------------------------------------------------------------

    def _send_next(self, now: float) -> bool:
        left = self._guards.credits_left(now)
        candidates = self._guards.admit(
            self._ledger.documents.waiting(self._account.id, now, self._batch.files * 3), now
        )
        parcels = {c.document_id: _Parcel(c, self._item(c)) for c in candidates}
        chosen = pack([p.item for p in parcels.values()], self._batch, left)
        if chosen:
            self._send([parcels[item.document_id] for item in chosen])
        return bool(chosen)

    @staticmethod
    def _item(candidate: Candidate) -> Item:
        key = hashlib.sha256(candidate.sha256 + candidate.settings_id.to_bytes(8, "big")).digest()
        return Item(
            candidate.document_id,
            candidate.settings_id,
            candidate.size,
            candidate.attempt,
            sent_name(candidate.name, key),
        )

    def _send(self, parcels: Sequence[_Parcel]) -> None:
        """One request: the intent is durable before the first byte leaves."""
        now = self._clock.now()
        self._ledger.documents.intend(
            [(p.candidate.document_id, p.candidate.version_id, p.item.sent_name) for p in parcels],
            now,
            self._account.service_time(now),
        )
        settings = self._ledger.accounts.settings(parcels[0].candidate.settings_id)
        try:
            submission = self._client.documents.submit(
                [self._upload(p) for p in parcels],
                locale=settings.locale,
                pipeline_config=pipeline_config(settings),
            )
        except ContentChangedError as changed:
            self._source_changed(changed.candidate, parcels)
        except SourceUnreadableError as unreadable:
            self._source_unreadable(unreadable, parcels)
        except StoppingError:
            self._not_taken(parcels, None)
            raise
        except FlexOrchError as error:
            self._request_failed(error, parcels)
        else:
            self._answered(submission, parcels)

    @staticmethod
    def _upload(parcel: _Parcel) -> Upload:
        candidate = parcel.candidate
        return Upload(parcel.item.sent_name, candidate.size, lambda: stream(candidate))

    # -- answers --------------------------------------------------------------------------------------

    def _answered(self, submission: Submission, parcels: Sequence[_Parcel]) -> None:
        now = self._clock.now()
        with self._ledger.database.write():
            for index, accepted in submission.accepted.items():
                document_id = parcels[index].candidate.document_id
                known = self._ledger.documents.job_is_known_elsewhere(accepted.job_id, document_id)
                self._accept(
                    document_id,
                    accepted.job_id,
                    is_duplicate=accepted.is_duplicate or known,
                    now=now,
                )
            for index, error in submission.refused.items():
                self._refused(parcels[index], error, now)
            lost = [parcels[index].candidate.document_id for index in submission.unassigned]
            self._ledger.documents.answer_lost(
                lost, "UNCLEAR_ANSWER", "The service's answer did not name this file.", now
            )
            for document_id in lost:
                self._ledger.documents.isolate(document_id)
        if not submission.unassigned:
            self._batch = self._batch.grown()
        log.info(
            "upload.sent",
            files=len(parcels),
            accepted=len(submission.accepted),
            refused=len(submission.refused),
            bytes=sum(p.candidate.size for p in parcels),
        )
        self._bells.ring("poll", "deliver")

    def _accept(self, document_id: int, job_id: str, *, is_duplicate: bool, now: float) -> None:
        self._ledger.documents.accepted(
            document_id,
            job_id,
            is_duplicate=is_duplicate,
            now=now,
            poll_at=now
            + (0.0 if is_duplicate else next_poll(0, unlimited=self._account.unlimited)),
        )

    def _refused(self, parcel: _Parcel, error: FlexOrchError, now: float) -> None:
        """One file of a request that was answered: the others are not concerned."""
        match self._verdict(error, [parcel]):
            case Final(code):
                self._end(parcel, code, error.message, now)
            case PauseAccount(code):
                self._account.pause(code, error.message)
                self._queue(parcel.candidate.document_id, now, error, sent=False, blame=False)
            case Retry(at):
                self._queue(parcel.candidate.document_id, at, error, sent=False, blame=True)

    def _end(self, parcel: _Parcel, code: str, message: str, now: float) -> None:
        self._ledger.documents.refused(parcel.candidate.document_id, code, message, now)
        log.warning(
            "file.refused",
            watch=parcel.candidate.watch,
            path=display(parcel.candidate.path),
            code=code,
            reason=message,
        )
        self._bells.ring("deliver")

    # -- requests that failed as a whole --------------------------------------------------------------

    def _request_failed(self, error: FlexOrchError, parcels: Sequence[_Parcel]) -> None:
        if isinstance(error, TransportError):
            if error.body_complete:
                self._answer_lost(parcels, error, blame=False)
            else:
                self._not_taken(parcels, error)
            return
        may_be_taken = isinstance(error, ServiceError | UnexpectedAnswerError)
        match self._verdict(error, parcels):
            case Final(code):
                self._end(parcels[0], code, error.message, self._clock.now())
            case Retry() if may_be_taken:
                self._answer_lost(parcels, error, blame=True)
            case Retry(halved=True):
                self._batch = self._batch.refused()
                self._not_taken(parcels, error)
                for half in halves([p.item for p in parcels]):
                    self._send([p for p in parcels if p.item in half])
            case _:
                self._not_taken(parcels, error)

    def _verdict(
        self, error: FlexOrchError, parcels: Sequence[_Parcel]
    ) -> Retry | Final | PauseAccount:
        candidate, now = parcels[0].candidate, self._clock.now()
        failure = Failure(
            code=error.code,
            scope=error.scope,
            status=error.status,
            retry_after=error.retry_after,
            lone=len(parcels) == 1,
            while_others_pass=self._ledger.documents.others_pass(candidate.document_id, now),
        )
        return decide(failure, candidate.attempt, now, self._jitter())

    def _answer_lost(
        self, parcels: Sequence[_Parcel], error: FlexOrchError, *, blame: bool
    ) -> None:
        now = self._clock.now()
        ids = [p.candidate.document_id for p in parcels]
        self._ledger.documents.answer_lost(ids, error.code, error.message, now)
        if self._account.near or blame:
            for parcel in parcels:
                attempt = parcel.candidate.attempt
                alone = company(self._batch.files, attempt) == 1
                pause = retry.pause(attempt, self._jitter()) if alone else 0.0
                self._queue(
                    parcel.candidate.document_id, now + pause, error, sent=True, blame=blame
                )
        log.warning("upload.answer_lost", files=len(parcels), code=error.code)

    def _not_taken(self, parcels: Sequence[_Parcel], error: FlexOrchError | None) -> None:
        now = self._clock.now()
        with self._ledger.database.write():
            for parcel in parcels:
                self._queue(parcel.candidate.document_id, now, error, sent=False, blame=False)

    def _queue(
        self,
        document_id: int,
        due_at: float,
        error: FlexOrchError | None,
        *,
        sent: bool,
        blame: bool,
    ) -> None:
        self._ledger.documents.send_again(
            document_id,
            due_at,
            error.code if error else None,
            error.message if error else None,
            sent=sent,
            blame=blame,
        )

    # -- sources that are no longer what was hashed ---------------------------------------------------

    def _source_changed(self, changed: Candidate, parcels: Sequence[_Parcel]) -> None:
        log.info("file.changed_while_sent", watch=changed.watch, path=display(changed.path))
        with self._ledger.database.write():
            self._not_taken(parcels, None)
            self._ledger.documents.carrier_changed(
                changed.version_id, changed.file_id, self._clock.now()
            )
        self._bells.ring("settle")

    def _source_unreadable(
        self, unreadable: SourceUnreadableError, parcels: Sequence[_Parcel]
    ) -> None:
        candidate, cause = unreadable.candidate, unreadable.cause
        if isinstance(cause, FileNotFoundError | NotADirectoryError):
            self._source_changed(candidate, parcels)
            return
        now = self._clock.now()
        with self._ledger.database.write():
            self._not_taken(parcels, None)
            self._ledger.documents.send_again(
                candidate.document_id,
                now + retry.pause(candidate.attempt, self._jitter()),
                "UNREADABLE",
                f"{cause.strerror}: {display(candidate.path)}",
                sent=False,
                blame=True,
            )
        log.warning(
            "file.unreadable",
            watch=candidate.watch,
            path=display(candidate.path),
            reason=cause.strerror,
        )


def pipeline_config(settings: SettingsRow) -> Mapping[str, object]:
    """The settings as the wire's ``pipeline_config``."""
    config: dict[str, object] = {"mask_pii": settings.mask_pii}
    if settings.mask_pii:
        config["mask_strategy"] = settings.mask_strategy
    if settings.document_type != "auto":
        config["document_type_hint"] = settings.document_type
    return config


def stream(candidate: Candidate) -> Iterator[bytes]:
    """The file's bytes, which are hashed again as they stream out.

    Raises:
        ContentChangedError: they are not what was hashed; raised before the last block is handed out.
        SourceUnreadableError: the file cannot be read.
    """
    digest = hashlib.sha256()
    held = b""
    try:
        descriptor = os.open(candidate.location, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb", buffering=0) as file:
            while block := file.read(BLOCK):
                digest.update(block)
                if held:
                    yield held
                held = block
    except OSError as error:
        raise SourceUnreadableError(candidate, error) from error
    if digest.digest() != candidate.sha256:
        raise ContentChangedError(candidate)
    yield held
