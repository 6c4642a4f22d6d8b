"""Poll: many jobs with one page of the list, the rest singly; what ended is made ready for delivery."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import structlog

from flexorchd.account import Account, StoppingError
from flexorchd.client import FlexOrch, FlexOrchError, Job, NotFoundError, UnexpectedAnswerError
from flexorchd.clock import Clock
from flexorchd.ledger.documents import Following, JobEnd
from flexorchd.ledger.ledger import Ledger
from flexorchd.pipeline.job_text import freeze
from flexorchd.pipeline.stage import Bells
from flexorchd.pipeline.upload import pipeline_config
from flexorchd.rules.polling import GIVE_UP_AFTER, PAGE, next_poll, pages_worth

log = structlog.get_logger()

AT_ONCE = 1000
SINGLY_AT_ONCE = 20
GONE_TWICE = 2


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

    def step(self) -> float | None:
        """Ask for what is due."""
        if wait := self._account.wait():
            return wait
        now = self._clock.now()
        due = self._ledger.documents.processing(self._account.id, now, AT_ONCE)
        if due:
            try:
                self._ask(due)
            except StoppingError:
                return None
            except FlexOrchError as error:
                log.info("poll.failed", code=error.code)
                return self._account.wait() or 1.0
            return 0
        next_due = self._ledger.documents.next_due(self._account.id, "processing", after=now)
        return None if next_due is None else max(next_due - now, 0.0)

    # -- asking ---------------------------------------------------------------------------------------

    def _ask(self, due: Sequence[Following]) -> None:
        wanted: dict[str, list[Following]] = {}
        for following in due:
            wanted.setdefault(following.job_id, []).append(following)
        for job in self._listed(wanted, len(due)):
            self._take(job, wanted.pop(job.id))
        for job_id in list(wanted)[:SINGLY_AT_ONCE]:
            self._take_singly(job_id, wanted.pop(job_id))

    def _listed(self, wanted: dict[str, list[Following]], due: int) -> Iterable[Job]:
        """Those of the wanted jobs that the first pages of the list show with all that is needed."""
        found: dict[str, Job] = {}
        unfinished = self._ledger.documents.unfinished(self._account.id)
        for page in range(pages_worth(due, unfinished)):
            jobs = self._client.jobs.list(limit=PAGE, offset=page * PAGE)
            found |= {j.id: j for j in jobs if j.id in wanted and j.is_complete_record}
            if len(jobs) < PAGE or len(found) == len(wanted):
                break
        return found.values()

    def _take_singly(self, job_id: str, followers: Sequence[Following]) -> None:
        try:
            job = self._client.jobs.get(job_id)
        except NotFoundError:
            self._gone(followers)
        except UnexpectedAnswerError as error:
            log.warning("poll.unreadable", job_id=job_id, reason=error.message)
            self._ask_later(followers)
        else:
            self._take(job, followers)

    # -- what the answer says -------------------------------------------------------------------------

    def _take(self, job: Job, followers: Sequence[Following]) -> None:
        now = self._clock.now()
        if job.status == "completed":
            for following in followers:
                self._completed(job, following, now)
        elif job.status == "failed":
            for following in followers:
                self._failed(job, following, now)
        else:
            self._ask_later(followers)

    def _completed(self, job: Job, following: Following, now: float) -> None:
        settings = self._ledger.accounts.settings(following.settings_id)
        unmasked = settings.mask_pii and not job.privacy_applied and job.pii_findings_count != 0
        if following.is_duplicate and unmasked:
            self._process_with_our_settings(job, following, pipeline_config(settings), now)
            return
        end = JobEnd(
            document_id=following.document_id,
            job=freeze(job),
            grade=job.quality_grade,
            degraded=job.degraded,
            document_type=None,
            pii_count=job.pii_findings_count,
        )
        self._ledger.documents.completed([end], now)
        log.info("job.completed", job_id=job.id, grade=job.quality_grade)
        self._bells.ring("deliver")

    def _process_with_our_settings(
        self, job: Job, following: Following, config: Mapping[str, object], now: float
    ) -> None:
        """The service answered with a job that may not be masked: ask for one that is."""
        try:
            job_id = self._client.documents.reprocess(job.document_id or "", pipeline_config=config)
        except (NotFoundError, ValueError) as error:
            self._ledger.documents.failed(
                following.document_id,
                "DUPLICATE_WITH_OTHER_SETTINGS",
                "The service has this content from before, without masking, and could not process "
                f"it again ({error}).",
                now,
            )
            self._bells.ring("deliver")
            return
        self._ledger.documents.accepted(
            following.document_id,
            job_id,
            is_duplicate=False,
            now=now,
            poll_at=now + next_poll(0, near=self._account.near),
        )

    def _failed(self, job: Job, following: Following, now: float) -> None:
        code = job.failure_code or "PROCESSING_FAILED"
        reason = (job.processing_summary or "").removeprefix(
            f"{code}: "
        ) or "The job failed, and the service did not say why."
        self._ledger.documents.failed(following.document_id, code, reason, now)
        log.warning("job.failed", job_id=job.id, code=code, reason=reason)
        self._bells.ring("deliver")

    def _gone(self, followers: Sequence[Following]) -> None:
        """A job that the service no longer knows: sent once more, then it is the end."""
        now = self._clock.now()
        for following in followers:
            if self._ledger.documents.job_gone(following.document_id) < GONE_TWICE:
                log.warning("job.gone", job_id=following.job_id)
                self._ledger.documents.send_again(
                    following.document_id,
                    now,
                    "JOB_GONE",
                    "The service no longer knew the job.",
                    sent=False,
                    blame=False,
                )
                self._bells.ring("upload")
            else:
                self._ledger.documents.failed(
                    following.document_id,
                    "JOB_GONE",
                    "The service lost the job of this document twice.",
                    now,
                )
                self._bells.ring("deliver")

    def _ask_later(self, followers: Sequence[Following]) -> None:
        now = self._clock.now()
        again = []
        for following in followers:
            age = now - following.sent_at
            if age > GIVE_UP_AFTER:
                self._ledger.documents.failed(
                    following.document_id,
                    "JOB_UNFINISHED",
                    "The job has not come to an end within 24 hours.",
                    now,
                )
                self._bells.ring("deliver")
            else:
                again.append((following.document_id, now + next_poll(age, near=self._account.near)))
        self._ledger.documents.poll_again(again)
