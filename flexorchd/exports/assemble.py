"""A dataset assembled here: rows out of delivered results, for a service that builds from one job at most."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from flexorchd import results
from flexorchd.client import (
    FlexOrch,
    FlexOrchError,
    NotFoundError,
    RateLimitError,
    ServiceError,
    TransportError,
)
from flexorchd.formats import Row, exact
from flexorchd.ledger.exports import Exportable
from flexorchd.output import Output

PASSING = (TransportError, ServiceError, RateLimitError)
"""What passes by itself: the whole run waits for it, and no job is skipped."""

OUT_OF_REACH = "its result holds no rows any more, and it is another account's"


class NothingToExportError(Exception):
    """There are jobs, and not one of them could be had."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A job whose rows could not be had, and why: the manifest says so."""

    job_id: str
    reason: str


@dataclass(slots=True)
class LocalRows:
    """The rows of many jobs, read one result at a time, as often as a format needs them.

    Attributes:
        output: where the results lie.
        jobs: what the dataset holds.
        fetched: by document, the file that keeps the rows of a dataset of that one job.
        pii_types: the PII types met while reading.
    """

    output: Output
    jobs: Sequence[Exportable]
    fetched: dict[int, Path] = field(default_factory=dict)
    pii_types: set[str] = field(default_factory=set)

    def __iter__(self) -> Iterator[Row]:
        for job in self.jobs:
            if job.document_id in self.fetched:
                yield from _kept(self.fetched[job.document_id])
            elif (found := result_of(self.output, job)) is not None:
                self.pii_types |= set(found["document"]["pii_types"])
                yield from rows_of(found)


def result_of(output: Output, job: Exportable) -> dict[str, Any] | None:
    """The delivered result of a job, if it is there, has rows, and no other has taken its place."""
    data = output.read(job.output_path) if job.output_path is not None else None
    found = results.parse(data) if data is not None else None
    if found is None or found["job"]["id"] != job.job_id:
        return None
    return found if (found["document"] or {}).get("records") else None


def rows_of(result: dict[str, Any]) -> Iterator[Row]:
    """The records of a result as rows: the columns of `flexorchd.formats.METADATA`, then the fields.

    In the service's own form, so that its rows and ours go into one column: a number for the job where its
    id is one, scores from 0 to 100.
    """
    job, document = result["job"], result["document"]
    score = job["quality_score"]
    metadata = {
        "job_id": int(job["id"]) if job["id"].isdecimal() else job["id"],
        "document_type": document["type"],
        "language": document["language"],
        "quality_grade": job["quality_grade"],
        "quality_score": None if score is None else round(float(score) * 100, 2),
        "pii_masked": job["privacy_applied"],
    }
    for record in document["records"]:
        yield metadata | record


def _kept(path: Path) -> Iterator[Row]:
    with path.open("rb") as lines:
        for line in lines:
            if line.strip():
                yield exact.loads(line)


def fetch_missing(
    client: FlexOrch, output: Output, jobs: Sequence[Exportable], account_id: int, cache: Path
) -> tuple[dict[int, Path], list[Skipped]]:
    """For each job whose result has no rows, the rows of a dataset of that one job, kept in `cache`.

    Args:
        client: for the jobs of its account.
        output: where the results lie.
        jobs: all that the dataset is to hold.
        account_id: whose jobs the client can ask for.
        cache: a folder.

    Returns:
        The files by document, and the jobs that could not be had.

    Raises:
        FlexOrchError: the account or the network is in trouble; try again later.
    """
    fetched: dict[int, Path] = {}
    skipped: list[Skipped] = []
    for job in jobs:
        if result_of(output, job) is not None:
            continue
        if job.account_id != account_id:
            skipped.append(Skipped(job.job_id, OUT_OF_REACH))
            continue
        kept = kept_rows(cache, job.account_id, job.job_id)
        try:
            fetched[job.document_id] = _kept_or_fetched(client, job, kept)
        except FlexOrchError as error:
            if error.scope == "account" or isinstance(error, PASSING):
                raise
            skipped.append(Skipped(job.job_id, error.message))
    left_out = {job.job_id for job in skipped}
    if jobs and len(left_out) == len(jobs):
        raise NothingToExportError(skipped[0].reason)
    return fetched, skipped


def kept_rows(cache: Path, account_id: int, job_id: str) -> Path:
    """Where the rows of a job are kept once they were fetched; an id is not trusted as a name."""
    return cache / f"{account_id}-{sha256(job_id.encode()).hexdigest()[:32]}.jsonl"


def _kept_or_fetched(client: FlexOrch, job: Exportable, path: Path) -> Path:
    if path.exists():
        return path
    execution_id = job.execution_id or client.jobs.get(job.job_id).execution_id
    if execution_id is None:
        raise NotFoundError(f"job {job.job_id} does not name its execution")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_suffix(".part")
    rows = client.datasets.rows_of_execution(execution_id)
    with temporary.open("wb") as file:
        file.writelines(exact.dumps(row) + b"\n" for row in rows)
        file.flush()
        # A file that lost its end with the power would make every later dataset silently short.
        os.fsync(file.fileno())
    temporary.rename(path)
    return path
