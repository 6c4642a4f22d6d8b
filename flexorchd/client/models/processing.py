"""Documents and the jobs that process them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from flexorchd.client.errors import FlexOrchError, UnexpectedAnswerError

JobStatus = Literal["queued", "running", "completed", "failed"]
Raw = Mapping[str, Any]


class JobWaiter(Protocol):
    """Waits for jobs; the client's `jobs` resource does."""

    def wait(self, job: Job, timeout: float, poll_interval: float) -> Job:
        """The job at its end."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job: the reference's ten fields, then what the service tells beyond them.

    Attributes:
        id: opaque.
        status: ``queued``, ``running``, ``completed`` or ``failed``.
        quality_grade: ``A`` to ``D``; `None` until completed.
        quality_score: 0.0 to 1.0; `None` until completed.
        pii_findings_count: how many PII entities were found; `None` until completed.
        privacy_applied: whether anything was masked.
        is_duplicate: whether the file matches a document that was processed before.
        original_job_id: the job of that document, when it does.
        processing_summary: one sentence: the result, or the reason of a failure.
        created_at: when the job was created; where the service does not say, when it answered.
        job_type: ``data_process`` or ``dataset_build``, where told.
        document_id, execution_id, dataset_id: what the job belongs to or brought about, where told.
        pipeline_stage: ``extract``, ``privacy``, ``quality`` or ``dataset``, while it runs.
        degraded: completed, but without any record: valid in quality and PII, unfit for a dataset.
        failure_code: the code of a failed job, where told.
        pii_types: how many findings of each PII type.
        fields: the document's fields, as far as the job itself carries them.
        row_count: records of the document, where told.
        raw: the job as it was sent.
    """

    id: str
    status: JobStatus
    quality_grade: str | None
    quality_score: float | None
    pii_findings_count: int | None
    privacy_applied: bool
    is_duplicate: bool
    original_job_id: str | None
    processing_summary: str | None
    created_at: datetime
    job_type: str | None = None
    document_id: str | None = None
    execution_id: str | None = None
    dataset_id: str | None = None
    pipeline_stage: str | None = None
    degraded: bool = False
    failure_code: str | None = None
    pii_types: Mapping[str, int] = field(default_factory=dict, repr=False)
    fields: Raw = field(default_factory=dict, repr=False)
    row_count: int | None = None
    raw: Raw = field(default_factory=dict, repr=False)
    _waiter: JobWaiter | None = field(default=None, repr=False, compare=False)

    @property
    def is_finished(self) -> bool:
        """Whether it has come to its end, good or bad."""
        return self.status in ("completed", "failed")

    @property
    def is_complete_record(self) -> bool:
        """False for a completed job that came without its results, as items of lists may."""
        return (
            self.status != "completed"
            or self.job_type == "dataset_build"
            or self.dataset_id is not None
            or self.quality_grade is not None
        )

    def wait_until_done(self, timeout: float = 300, poll_interval: float = 2) -> Job:
        """Ask until the job has come to its end; one that failed is returned, not raised.

        Args:
            timeout: seconds to wait at most.
            poll_interval: seconds between two looks.

        Raises:
            JobTimeoutError: it did not end in time.
            FlexOrchError: the service could not be asked.
        """
        if self._waiter is None:
            raise ValueError("this Job was not handed out by a client, so nobody can wait for it")
        return self._waiter.wait(self, timeout, poll_interval)


@dataclass(frozen=True, slots=True)
class JobPage:
    """One page of jobs, exactly as listed.

    Attributes:
        jobs: newest first; completed ones may be thin, see `Job.is_complete_record`.
        unreadable: what could not be read, so that one odd job does not hide the others.
        size: how many items the page had.
        total: how many jobs there are in all, where told.
    """

    jobs: tuple[Job, ...]
    unreadable: tuple[UnexpectedAnswerError, ...]
    size: int
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person said about a job: rating and issue in the service's words."""

    job_id: str
    rating: str
    issue: str | None
    notes: str | None
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the service answered for one file that it took.

    Attributes:
        job_id: the job; for a duplicate it may be that of the earlier document.
        is_duplicate: the service says that it has processed this content before.
        existing_job_id: the job of that earlier document.
        status: of the job, where told.
        created_at: when it was accepted, by the service's clock.
        document_id: where told.
    """

    job_id: str
    is_duplicate: bool
    existing_job_id: str | None
    status: JobStatus | None
    created_at: datetime
    document_id: str | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """What became of the files of one upload request, by their index.

    Attributes:
        accepted: the files that were taken.
        refused: the files that were not, each with its reason.
        unassigned: the files for which no part of the answer could be told with certainty.
        server_date: when it was answered, by the service's clock.
    """

    accepted: Mapping[int, Accepted]
    refused: Mapping[int, FlexOrchError]
    unassigned: tuple[int, ...]
    server_date: datetime


@dataclass(frozen=True, slots=True)
class Document:
    """A document at the service. `job_id` is that of its newest processing, where told."""

    id: str
    filename: str
    status: str | None
    created_at: datetime | None
    job_id: str | None
    raw: Raw = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """One page of documents, newest first."""

    documents: tuple[Document, ...]
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Details:
    """What was found in a document.

    Attributes:
        type: such as ``invoice``.
        language: such as ``de``.
        fields: by the service's names; older names are joined by today's (`dialects.ALIASES`).
        records: as sent.
        pii_types: how many findings of each PII type.
        text: the masked text, where the service gives it.
    """

    type: str | None
    language: str | None
    fields: Raw
    records: tuple[Raw, ...]
    pii_types: Mapping[str, int]
    text: str | None


@dataclass(frozen=True, slots=True)
class Execution:
    """One run of the pipeline over a document, with what it found."""

    id: str
    status: str | None
    document_id: str | None
    document_type: str | None
    detected_language: str | None
    grade: str | None
    score: float | None
    degraded: bool
    privacy_applied: bool
    fields: Raw
    records: tuple[Raw, ...]
    pii_types: Mapping[str, int]
    row_count: int | None
    text: str | None
    dataset_id: str | None
    raw: Raw = field(default_factory=dict, repr=False)
