"""What a result needs: the job and its details from the service, or an equal file's result."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flexorchd import results
from flexorchd.client import Details, FlexOrch, Job, NotFoundError
from flexorchd.ledger.ledger import Ledger
from flexorchd.ledger.versions import Ready
from flexorchd.output import Output
from flexorchd.pipeline.job_text import thaw

GIVE_UP_DETAILS_AFTER = 5

NO_DETAILS = "The service no longer has the details of this job; only its grade is known."


class JobLostError(Exception):
    """The service no longer knows the job, and nothing of it is kept here."""


class DetailsMissingError(Exception):
    """The service does not have the details at this moment; not yet often enough to do without."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a result is made of: `job` and `document` as the result carries them."""

    job: Mapping[str, Any]
    document: Mapping[str, Any] | None
    warnings: Sequence[str]


class Gather:
    """Gathers the material of one result.

    Args:
        ledger: which equal files have their result.
        client: a client that retries nothing and passes its requests through the account's gate.
        output: where earlier results lie.
        details: whether each result holds the extracted fields.
    """

    def __init__(
        self, ledger: Ledger, client: FlexOrch, output: Output, *, details: Callable[[], bool]
    ) -> None:
        self._ledger = ledger
        self._client = client
        self._output = output
        self._details = details

    def __call__(self, one: Ready) -> Material:
        """The material of a completed version.

        Raises:
            FlexOrchError: the service cannot be asked for now.
            DetailsMissingError, JobLostError: see there.
        """
        earlier = self._result_of_an_equal_file(one)
        if earlier is not None:
            job = dict(earlier["job"]) | _duplicate_marks(one)
            return Material(job, earlier["document"], earlier["warnings"])
        job_ = self._job(one)
        document, warnings = self._document(one, job_) if self._details() else (None, ())
        return Material(job_facts(job_) | _duplicate_marks(one), document, warnings)

    def _result_of_an_equal_file(self, one: Ready) -> Mapping[str, Any] | None:
        """A copy costs no request, and the service may have forgotten it; but it must be that very result."""
        if one.document_id is None:
            return None
        for path, sha256 in self._ledger.versions.results_of(one.document_id):
            data = self._output.read(path)
            if data is not None and hashlib.sha256(data).digest() == sha256:
                return results.parse(data)
        return None

    def _job(self, one: Ready) -> Job:
        if one.job:
            return thaw(one.job)
        try:
            return self._client.jobs.get(str(one.job_id))
        except NotFoundError as error:
            raise JobLostError(one.job_id) from error

    def _document(self, one: Ready, job: Job) -> tuple[dict[str, Any] | None, Sequence[str]]:
        try:
            return document_facts(self._client.documents.details(job)), ()
        except NotFoundError as error:
            if one.details_missing + 1 < GIVE_UP_DETAILS_AFTER:
                raise DetailsMissingError(error.message) from error
            return None, (NO_DETAILS,)


def job_facts(job: Job) -> dict[str, Any]:
    """The reference's ten fields of a job, as a result carries them."""
    return {
        "id": job.id,
        "status": job.status,
        "quality_grade": job.quality_grade,
        "quality_score": job.quality_score,
        "pii_findings_count": job.pii_findings_count,
        "privacy_applied": job.privacy_applied,
        "is_duplicate": job.is_duplicate,
        "original_job_id": job.original_job_id,
        "processing_summary": job.processing_summary,
        "created_at": job.created_at.isoformat().replace("+00:00", "Z"),
    }


def _duplicate_marks(one: Ready) -> dict[str, Any]:
    duplicate = one.is_duplicate
    return {"is_duplicate": duplicate, "original_job_id": one.job_id if duplicate else None}


def document_facts(details: Details) -> dict[str, Any]:
    """What was found in a document, as a result carries it; text only where the service gives it."""
    facts: dict[str, Any] = {
        "type": details.type,
        "language": details.language,
        "fields": _present(details.fields),
        "records": _present(details.records),
        "pii_types": dict(details.pii_types),
    }
    if details.text is not None:
        facts["text"] = details.text
    return facts


def _present(value: Any) -> Any:
    """Without what the service names and does not know: what is absent is absent."""
    if isinstance(value, Mapping):
        known = ((key, item) for key, item in value.items() if item not in (None, ""))
        return {key: _present(item) for key, item in known}
    if isinstance(value, list | tuple):
        return [_present(item) for item in value]
    return value
