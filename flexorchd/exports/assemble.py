"""A dataset assembled here: rows out of delivered results, for a service that builds from one job at most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
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
        fetched: jobs whose rows came from a dataset of that one job, and the file that keeps them.
        pii_types: the PII types met while reading.
    """

    output: Output
    jobs: Sequence[Exportable]
    fetched: dict[str, Path] = field(default_factory=dict)
    pii_types: set[str] = field(default_factory=set)

    def __iter__(self) -> Iterator[Row]:
        for job in self.jobs:
            if job.job_id in self.fetched:
                yield from _kept(self.fetched[job.job_id])
            elif (found := result_of(self.output, job)) is not None:
                self.pii_types |= set(found["document"]["pii_types"])
                yield from rows_of(found)


def result_of(output: Output, job: Exportable) -> dict[str, Any] | None:
    """The delivered result of a job, if it is there and has rows."""
    data = output.read(job.output_path)
    found = results.parse(data) if data is not None else None
    if found is None or not (found["document"] or {}).get("records"):
        return None
    return found


def rows_of(result: dict[str, Any]) -> Iterator[Row]:
    """The records of a result as rows: the columns of `flexorchd.formats.METADATA`, then the fields."""
    job, document = result["job"], result["document"]
    metadata = {
        "job_id": job["id"],
        "document_type": document["type"],
        "language": document["language"],
        "quality_grade": job["quality_grade"],
        "quality_score": job["quality_score"],
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
    client: FlexOrch, output: Output, jobs: Sequence[Exportable], cache: Path
) -> tuple[dict[str, Path], list[Skipped]]:
    """For each job whose result has no rows, the rows of a dataset of that one job, kept in `cache`.

    Returns:
        The files by job, and the jobs that could not be had.

    Raises:
        FlexOrchError: the account or the network is in trouble; try again later.
    """
    fetched: dict[str, Path] = {}
    skipped: list[Skipped] = []
    for job in jobs:
        if result_of(output, job) is not None:
            continue
        if not job.own_account:
            skipped.append(
                Skipped(job.job_id, "its result holds no rows, and it is another account's")
            )
            continue
        path = cache / f"{job.job_id}.jsonl".replace("/", "_")
        try:
            if not path.exists():
                _fetch(client, job.job_id, path)
        except FlexOrchError as error:
            if error.scope == "account" or isinstance(error, PASSING):
                raise
            skipped.append(Skipped(job.job_id, error.message))
        else:
            fetched[job.job_id] = path
    return fetched, skipped


def _fetch(client: FlexOrch, job_id: str, path: Path) -> None:
    execution_id = client.jobs.get(job_id).execution_id
    if execution_id is None:
        raise NotFoundError(f"job {job_id} does not name its execution")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_suffix(".part")
    rows = client.datasets.rows_of_execution(execution_id)
    temporary.write_bytes(b"".join(exact.dumps(row) + b"\n" for row in rows))
    temporary.rename(path)
