"""Poll: many jobs with one page of the list, the rest singly; what ended is made ready for delivery."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import count

import structlog

from flexorchd.account import Account, StoppingError
from flexorchd.client import (
    FlexOrch,
    FlexOrchError,
    Job,
    NotFoundError,
    RateLimitError,
    TransportError,
)
from flexorchd.clock import Clock
from flexorchd.ledger.jobs import Following, JobEnd
from flexorchd.ledger.ledger import Ledger
from flexorchd.pipeline.job_text import freeze
from flexorchd.pipeline.stage import Bells
from flexorchd.rules.polling import GIVE_UP_AFTER, PAGE, next_poll, page_size, pages_worth, rest

log = structlog.get_logger()

AT_ONCE = 1000
SINGLY_AT_ONCE = 20
GONE_TWICE = 2
SOON = 60.0
REST, IN_VAIN = 0.03, 5.0

UNEXPLAINED = "The job failed, and the service did not say why."
STILL_UNMASKED = (
    "The service processed this content without masking, though it was asked to mask it."
)

Answer = Job | FlexOrchError
"""What the service says of a job: how it is, that there is none, or that it cannot tell."""


class PollStage:
    """Follows the jobs of documents that the service has.

    Args:
        ledger: the queue.
        client: a client that retries nothing and passes its requests through the account's gate.
        account: whose budget and pauses count.
        clock: the time.
        bells: wakes the upload and delivery stages.
    """

    name = "poll"

    def __init__(
        self, ledger: Ledger, client: FlexOrch, account: Account, clock: Clock, bells: Bells
    ) -> None:
        self._ledger = ledger
        self._client = client
        self._account = account
        self._clock = clock
        self._bells = bells
        self._vain = 0
        self._rest_until = 0.0
        self._page = PAGE

    def step(self) -> float | None:
        """Ask for what is due."""
        resting = self._rest_until - self._clock.monotonic()
        if (wait := max(resting, self._account.wait())) > 0:
            return wait
        now = self._clock.now()
        due = self._ledger.jobs.processing(self._account.id, now, AT_ONCE)
        if due:
            began = self._clock.monotonic()
            self._vain = 0
            try:
                ended = self._ask(due)
            except StoppingError:
                return None
            except FlexOrchError as error:
                log.info("poll.failed", code=error.code)
                return self._account.wait() or 1.0
            self._rest_until = self._clock.monotonic() + rest(self._vain, self._account.limit)
            # Asking in vain takes at most one part in so many of the time, on a machine that also works.
            return 0 if ended else max(REST, IN_VAIN * (self._clock.monotonic() - began))
        next_due = self._ledger.documents.next_due(self._account.id, "processing", after=now)
        return None if next_due is None else max(next_due - now, 0.0)

    # -- asking ---------------------------------------------------------------------------------------

    def _ask(self, due: Sequence[Following]) -> bool:
        """Ask for these jobs; whether any of them is at an end."""
        answers: list[tuple[Answer, list[Following]]] = []
        try:
            for answer in self._answers(due):
                answers.append(answer)
        finally:
            # One transaction for all that was answered: the disk waits once.
            with self._ledger.database.write():
                for job, followers in answers:
                    self._take(job, followers)
            # Only after the commit: before it, a stage that wakes finds nothing and sleeps again.
            self._bells.ring("upload", "again", "deliver")
        return any(isinstance(answer, NotFoundError) or is_at_end(answer) for answer, _ in answers)

    def _answers(self, due: Sequence[Following]) -> Iterator[tuple[Answer, list[Following]]]:
        wanted = by_job(due)
        followers = wanted | by_job(self._soon() if len(due) > 1 else ())
        for job in self._listed(wanted.keys(), followers.keys(), len(due)):
            if job.is_finished or job.id in wanted:
                wanted.pop(job.id, None)
                yield job, followers[job.id]
        for job_id in list(wanted)[:SINGLY_AT_ONCE]:
            answer = self._single(job_id)
            self._vain += isinstance(answer, Job) and not answer.is_finished
            yield answer, wanted[job_id]

    def _soon(self) -> Sequence[Following]:
        """Jobs that are not due yet, of which a page that is read for others may tell all the same."""
        return self._ledger.jobs.processing(self._account.id, self._clock.now() + SOON, AT_ONCE)

    def _listed(self, wanted: Set[str], known: Set[str], due: int) -> Iterable[Job]:
        """Known jobs that the list shows with all that is needed, on as many pages as the wanted take.

        Others' jobs and ended ones lie between ours: it reads on while a page still tells of one.
        """
        found: dict[str, Job] = {}
        unfinished = self._ledger.jobs.unfinished(self._account.id)
        expected = pages_worth(due, unfinished, self._page)
        for number in count() if expected else ():
            page = self._client.jobs.page(self._page, number * self._page)
            if number == 0:
                self._page = page_size(self._page, page.size, page.total)
                expected = pages_worth(due, unfinished, self._page)
            told = {j.id: j for j in page.jobs if j.id in known and j.is_complete_record}
            self._vain += not any(job.is_finished for job in told.values())
            found |= told
            at_end = page.size < self._page or (number + 1 >= expected and not told)
            if at_end or wanted <= found.keys():
                break
        return found.values()

    def _single(self, job_id: str) -> Answer:
        try:
            return self._client.jobs.get(job_id)
        except FlexOrchError as error:
            if error.scope == "account" or isinstance(error, TransportError | RateLimitError):
                raise
            # One job that the service cannot tell of must not keep the others waiting.
            log.info("poll.no_answer", job_id=job_id, code=error.code, reason=error.message)
            return error

    # -- what the answer says -------------------------------------------------------------------------

    def _take(self, answer: Answer, followers: Sequence[Following]) -> None:
        if isinstance(answer, NotFoundError):
            self._gone(followers)
        elif isinstance(answer, FlexOrchError) or not answer.is_finished:
            self._ask_later(answer, followers)
        elif answer.status == "failed":
            for following in followers:
                self._failed(answer, following)
        else:
            otherwise = [f for f in followers if self._is_made_otherwise(answer, f)]
            self._completed(answer, [f for f in followers if f not in otherwise])
            for following in otherwise:
                self._have_made_again(following)

    def _is_made_otherwise(self, job: Job, following: Following) -> bool:
        """Whether a service that knows documents by content alone answered with a job of other settings."""
        return self._may_be_unmasked(job, following) or (
            following.is_duplicate and self._ledger.jobs.is_made_otherwise(following)
        )

    def _may_be_unmasked(self, job: Job, following: Following) -> bool:
        """Whether a masking watch is answered with a job that is not known to be masked.

        Such a job was there before; not every service says that it was.
        """
        if job.privacy_applied or job.pii_findings_count == 0:
            return False
        wanted = self._ledger.accounts.settings(following.settings_id).mask_pii
        return wanted and (job.pii_findings_count is not None or following.is_duplicate)

    def _have_made_again(self, following: Following) -> None:
        now = self._clock.now()
        if following.was_masked:
            self._ledger.jobs.failed(
                following.document_id, "DUPLICATE_WITH_OTHER_SETTINGS", STILL_UNMASKED, now
            )
        else:
            self._ledger.jobs.mask(following.document_id, now)

    def _completed(self, job: Job, followers: Sequence[Following]) -> None:
        frozen = freeze(job)
        self._ledger.jobs.completed(
            [
                JobEnd(
                    document_id=following.document_id,
                    job=frozen,
                    grade=job.quality_grade,
                    degraded=job.degraded,
                    pii_count=job.pii_findings_count,
                    execution_id=job.execution_id,
                )
                for following in followers
            ],
            self._clock.now(),
        )
        log.info("job.completed", job_id=job.id, grade=job.quality_grade)

    def _failed(self, job: Job, following: Following) -> None:
        code = job.failure_code or "PROCESSING_FAILED"
        reason = (job.processing_summary or "").removeprefix(f"{code}: ") or UNEXPLAINED
        self._ledger.jobs.failed(following.document_id, code, reason, self._clock.now())
        log.info("job.failed", job_id=job.id, code=code)

    def _gone(self, followers: Sequence[Following]) -> None:
        """A job that the service no longer knows: sent once more, then it is the end."""
        now = self._clock.now()
        for following in followers:
            if self._ledger.jobs.gone(following.document_id) < GONE_TWICE:
                log.warning("job.gone", job_id=following.job_id)
                self._ledger.uploads.send_again(
                    following.document_id,
                    now,
                    "JOB_GONE",
                    "The service no longer knew the job.",
                    sent=False,
                    blame=False,
                )
            else:
                self._ledger.jobs.failed(
                    following.document_id,
                    "JOB_GONE",
                    "The service lost the job of this document twice.",
                    now,
                )

    def _ask_later(self, answer: Answer, followers: Sequence[Following]) -> None:
        now = self._clock.now()
        again = []
        for following in followers:
            age = self._age(answer, following, now)
            if age > GIVE_UP_AFTER:
                self._ledger.jobs.failed(
                    following.document_id,
                    "JOB_UNFINISHED",
                    "The job has not come to an end within 24 hours.",
                    now,
                )
            else:
                pause = next_poll(age, unlimited=self._account.unlimited)
                again.append((following.document_id, now + pause))
        self._ledger.jobs.poll_again(again)

    def _age(self, answer: Answer, following: Following, now: float) -> float:
        """Seconds since the job began: by our clock or the service's, since either may have been set."""
        age = now - following.sent_at
        if isinstance(answer, Job) and "created_at" in answer.raw:
            age = min(age, self._account.service_time(now) - answer.created_at.timestamp())
        return age


def is_at_end(answer: Answer) -> bool:
    """Whether it is a job that has ended."""
    return isinstance(answer, Job) and answer.is_finished


def by_job(followings: Iterable[Following]) -> dict[str, list[Following]]:
    """The documents that follow each job."""
    found: dict[str, list[Following]] = {}
    for following in followings:
        found.setdefault(following.job_id, []).append(following)
    return found
