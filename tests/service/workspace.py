"""What the service knows: documents, jobs, datasets, and the money that was spent."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.service.content import emails, fate_of, read

FIRST_JOB, TO_EXECUTION, TO_DOCUMENT, TO_DATASET, TO_BUILD = (
    5000,
    100_000,
    200_000,
    300_000,
    400_000,
)
"""Ids of different things are far apart, so that a mix-up is never found by chance."""


@dataclass
class Document:
    """A file as it was taken."""

    id: int
    name: str
    content: bytes
    created_at: float
    jobs: list[Job] = field(default_factory=list)
    file_held: bool = True

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass
class Job:
    """One run over a document."""

    id: int
    document: Document
    mask: bool
    locale: str
    created_at: float
    done_at: float
    looks: int = 0

    @property
    def execution_id(self) -> int:
        return self.id + TO_EXECUTION

    @property
    def fate(self) -> tuple[str, str]:
        return fate_of(self.document.content)

    @property
    def is_gone(self) -> bool:
        return self.fate[0] == "gone"

    @property
    def degraded(self) -> bool:
        return self.fate[0] == "degraded"

    @property
    def grade(self) -> str:
        return self.fate[1] if self.fate[0] == "grade" else "A"

    @property
    def findings(self) -> int:
        return emails(self.document.content)

    @property
    def text(self) -> str:
        return read(self.document.content, mask=self.mask)

    @property
    def records(self) -> list[dict[str, Any]]:
        record = {
            "document_no": self.document.sha256[:8],
            "total_amount": 1487.5,
            "text": self.text,
        }
        return [] if self.degraded else [record]


@dataclass
class Dataset:
    """Rows of some jobs under a name that nothing else has."""

    id: int
    name: str
    jobs: list[Job]
    created_at: float
    build_id: int


@dataclass(frozen=True)
class Taken:
    """What became of one file of an upload: a job, perhaps an earlier one, or the words of a refusal."""

    name: str
    job: Job | None = None
    repeated: bool = False
    refused: str | None = None


class NameTakenError(Exception):
    """A dataset's name is not free."""


@dataclass
class Workspace:
    """One customer's documents, jobs and datasets.

    Attributes:
        clock: seconds since the epoch, by the service.
        job_seconds: how long a job takes.
        credits: documents that may still be taken; None is unlimited.
        knows_repeats: whether content that was processed before is answered with its job.
        paid: how often each content was paid for, by its SHA-256 and whether masking was asked for.
    """

    clock: Callable[[], float]
    job_seconds: float = 0.0
    credits: int | None = None
    knows_repeats: bool = True
    documents: list[Document] = field(default_factory=list)
    jobs: dict[int, Job] = field(default_factory=dict)
    datasets: list[Dataset] = field(default_factory=list)
    paid: Counter[tuple[str, bool]] = field(default_factory=Counter)
    lock: threading.RLock = field(default_factory=threading.RLock)

    # Documents and jobs.

    def take(self, files: Sequence[tuple[str, bytes]], form: dict[str, str]) -> list[Taken]:
        """Take the files of one request."""
        mask = json.loads(form.get("pipeline_config", "{}")).get("mask_pii", True)
        with self.lock:
            return [self._take(name, content, form, mask=mask) for name, content in files]

    def _take(self, name: str, content: bytes, form: dict[str, str], *, mask: bool) -> Taken:
        word, rest = fate_of(content)
        if word == "rejected":
            return Taken(name, refused=rest)
        if (known := self._processed(content)) is not None:
            return Taken(name, known, repeated=True)
        document = Document(len(self.documents) + TO_DOCUMENT, name, content, self.clock())
        self.documents.append(document)
        return Taken(name, self.run(document, mask=mask, locale=form.get("locale", "und")))

    def _processed(self, content: bytes) -> Job | None:
        for document in self.documents if self.knows_repeats else ():
            if (
                document.content == content
                and document.file_held
                and self.has_ended(document.jobs[0])
            ):
                return document.jobs[0]
        return None

    def run(self, document: Document, *, mask: bool, locale: str) -> Job:
        """Start a job, which is paid for."""
        now = self.clock()
        job = Job(FIRST_JOB + len(self.jobs), document, mask, locale, now, now + self.job_seconds)
        self.jobs[job.id] = job
        document.jobs.append(job)
        self.paid[document.sha256, mask] += 1
        if self.credits is not None:
            self.credits -= 1
        return job

    def has_ended(self, job: Job) -> bool:
        """Whether the job has come to its end."""
        return job.fate[0] != "never" and self.clock() >= job.done_at

    def status(self, job: Job) -> str:
        """The job's state on the wire."""
        if not self.has_ended(job):
            return "running" if job.looks > 1 else "queued"
        return "failed" if job.fate[0] == "failed" else "completed"

    def document(self, number: int) -> Document | None:
        return next((d for d in self.documents if d.id == number), None)

    # Datasets.

    def build(self, name: str | None, jobs: list[Job]) -> Dataset:
        """Build a dataset; a name is there once."""
        name = name or f"dataset_execution_{jobs[0].execution_id}"
        with self.lock:
            if any(dataset.name == name for dataset in self.datasets):
                raise NameTakenError(name)
            number = len(self.datasets)
            dataset = Dataset(TO_DATASET + number, name, jobs, self.clock(), TO_BUILD + number)
            self.datasets.append(dataset)
            return dataset

    def dataset(self, number: int) -> Dataset | None:
        return next((d for d in self.datasets if d.id == number), None)

    def rows(self, dataset: Dataset) -> list[dict[str, Any]]:
        return [{"job_id": job.id, **record} for job in dataset.jobs for record in job.records]

    # What tests ask.

    def payments(self, content: bytes) -> int:
        """How often this content was paid for, under whatever settings."""
        digest = hashlib.sha256(content).hexdigest()
        return sum(count for (sha256, _), count in self.paid.items() if sha256 == digest)
