"""Again: jobs that are to be run once more where the service has the document, before anything is sent.

A job that failed, because somebody asked for another try; or one that was processed under other settings,
such as without masking, for a watch that masks.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog

from flexorchd.account import Account, StoppingError
from flexorchd.client import (
    Document,
    FlexOrch,
    FlexOrchError,
    NotFoundError,
    RateLimitError,
    ServiceError,
    TransportError,
)
from flexorchd.clock import Clock
from flexorchd.ledger.jobs import Again
from flexorchd.ledger.ledger import Ledger
from flexorchd.pipeline.parcel import pipeline_config
from flexorchd.pipeline.sent import Sent
from flexorchd.pipeline.stage import Bells
from flexorchd.rules import retry

log = structlog.get_logger()

AT_ONCE = 20
PASSING = (TransportError, ServiceError, RateLimitError)


class AgainStage:
    """Has jobs run again.

    Args:
        ledger: the queue.
        client: a client that retries nothing and passes its requests through the account's gate.
        account: whose jobs these are.
        clock: the time.
        bells: wakes the stages that upload, poll and deliver.
        jitter: a number in [0, 1) that spreads retries.
    """

    name = "again"

    def __init__(
        self,
        ledger: Ledger,
        client: FlexOrch,
        account: Account,
        clock: Clock,
        bells: Bells,
        jitter: Callable[[], float],
    ) -> None:
        self._ledger = ledger
        self._client = client
        self._account = account
        self._clock = clock
        self._bells = bells
        self._jitter = jitter
        self._sent = Sent(ledger, account, clock, jitter)

    def step(self) -> float | None:
        """Ask for what is due."""
        if wait := self._account.wait():
            return wait
        now = self._clock.now()
        due = self._ledger.jobs.to_run_again(self._account.id, now, AT_ONCE)
        try:
            for one in due:
                self._run(one)
        except StoppingError:
            return None
        if due:
            self._bells.ring("upload", "poll", "deliver")
            return 0
        next_due = self._ledger.jobs.next_again(self._account.id)
        return None if next_due is None else max(next_due - now, 0.0)

    def _run(self, one: Again) -> None:
        try:
            job_id = self._job_of(one)
        except FlexOrchError as error:
            if error.scope == "account" or isinstance(error, PASSING):
                due_at = self._clock.now() + retry.pause(one.attempt, self._jitter())
                self._ledger.jobs.run_again_later(
                    one.document_id, due_at, error.code, error.message
                )
            else:
                self._cannot(one, error)
        else:
            log.info("job.runs_again", document_id=one.document_id, job_id=job_id)
            self._sent.accepted(one.document_id, job_id, is_duplicate=False)

    def _job_of(self, one: Again) -> str:
        """The new job, or the one of a request whose answer was lost."""
        document_id = self._client.jobs.get(one.job_id).document_id
        if document_id is None:
            raise NotFoundError(f"job {one.job_id} does not name its document")
        if one.asked:
            others = other_jobs(self._client.documents.get(document_id), one.job_id)
            if len(others) == 1:
                return others.pop()
        self._ledger.jobs.asked_again(one.document_id)
        config = pipeline_config(self._ledger.accounts.settings(one.settings_id))
        return self._client.documents.reprocess(document_id, pipeline_config=config)

    def _cannot(self, one: Again, error: FlexOrchError) -> None:
        now = self._clock.now()
        if not one.to_mask:
            self._ledger.jobs.cannot_run_again(one.document_id, now)
            return
        self._ledger.jobs.failed(
            one.document_id,
            "DUPLICATE_WITH_OTHER_SETTINGS",
            "The service has this content from before, under other settings, and could not "
            f"process it again ({error}).",
            now,
        )


def other_jobs(document: Document, job_id: str) -> set[str]:
    """The jobs of a document beside one that is known."""
    history = document.raw.get("processing_history") or ()
    return {str(entry["job_id"]) for entry in history if "job_id" in entry} - {job_id}
