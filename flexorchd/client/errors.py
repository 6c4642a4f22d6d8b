"""Everything that can go wrong with a FlexOrch call, in one tree.

::

    FlexOrchError
    ├── AuthenticationError         the key is missing, malformed or revoked        account
    ├── TrialExpiredError           the trial has ended                             account
    ├── QuotaExceededError          the period's credits are used                   account
    ├── PlanUpgradeRequiredError    the plan is too small                           account or request
    ├── RateLimitError              too many requests just now                      request
    ├── FileTooLargeError           the plan takes no file of this size             file
    ├── UnsupportedFileError        the service takes no file of this kind          file
    ├── SourceChangedError          the file changed while it was being sent        file
    ├── ValidationError             the service refuses what was sent               request or file
    ├── NotFoundError               no such job, dataset, document …                request
    ├── UnsupportedOperationError   this service cannot do that                     request
    ├── ServiceError                the service is in trouble (5xx)                 request
    ├── TransportError              no answer: network, TLS, time                   request
    ├── UnexpectedAnswerError       an answer in none of the known shapes           request
    ├── JobTimeoutError             the job did not finish in time                  request
    ├── IncompleteJobError          a dataset was asked of an unfinished job        request
    ├── BuildFailedError            the service could not build the dataset         request
    └── BatchUploadError            some files of several were refused              request

The last column is the `scope`: what else the error concerns besides this one request. It answers
the question that a caller has, so that no caller needs to compare status numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from flexorchd.client.models import Job

Scope = Literal["request", "file", "account"]


class FlexOrchError(Exception):
    """The root of the tree.

    Attributes:
        message: what happened and what to do, for people; never holds the key.
        code: the service's error code, or ours, in upper case.
        service_code: the code as the service sent it, `None` where it sent none.
        status: the HTTP status, `None` where there was no answer.
        scope: whether it concerns this request, this file, or the whole account.
        retry_after: seconds after which the service wants to be asked again, where it said so.
        request_id: the service's name for the request, where it sent one.
    """

    default_code = "ERROR"
    default_scope: Scope = "request"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        status: int | None = None,
        scope: Scope | None = None,
        retry_after: float | None = None,
        request_id: str | None = None,
        from_service: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.service_code = code if from_service else None
        self.status = status
        self.scope: Scope = scope or self.default_scope
        self.retry_after = retry_after
        self.request_id = request_id

    def __str__(self) -> str:
        return self.message

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.message!r}, code={self.code!r}, status={self.status})"


class AuthenticationError(FlexOrchError):
    """The API key is missing, malformed or revoked."""

    default_code = "INVALID_API_KEY"
    default_scope = "account"


class TrialExpiredError(FlexOrchError):
    """The trial has ended; a paid plan is needed."""

    default_code = "TRIAL_EXPIRED"
    default_scope = "account"


class QuotaExceededError(FlexOrchError):
    """The credits of this billing period are used. Not a rate limit: it lasts until the period ends."""

    default_code = "QUOTA_EXCEEDED"
    default_scope = "account"


class PlanUpgradeRequiredError(FlexOrchError):
    """The plan does not include this. Account-wide for documents and jobs, else this request alone."""

    default_code = "PLAN_UPGRADE_REQUIRED"
    default_scope = "account"


class RateLimitError(FlexOrchError):
    """Too many requests just now; `retry_after` seconds later it passes."""

    default_code = "RATE_LIMIT_EXCEEDED"


class FileTooLargeError(FlexOrchError):
    """The file is larger than the plan allows.

    Attributes:
        limit_bytes: the largest size that is taken, where the service said so.
    """

    default_code = "FILE_TOO_LARGE"
    default_scope = "file"
    limit_bytes: int | None = None


class UnsupportedFileError(FlexOrchError):
    """The service does not take files of this kind."""

    default_code = "UNSUPPORTED_FILE"
    default_scope = "file"


class SourceChangedError(FlexOrchError):
    """The file's size changed while it was being sent; the request was cut off and not taken."""

    default_code = "SOURCE_CHANGED"
    default_scope = "file"


class ValidationError(FlexOrchError, ValueError):
    """The service refuses what was sent (400, 409, 422 and their codes)."""

    default_code = "VALIDATION_ERROR"


class NotFoundError(FlexOrchError):
    """The requested job, dataset or other thing does not exist."""

    default_code = "NOT_FOUND"


class UnsupportedOperationError(FlexOrchError):
    """This service, or this installation, cannot do that."""

    default_code = "UNSUPPORTED_OPERATION"


class ServiceError(FlexOrchError):
    """The service failed (5xx)."""

    default_code = "SERVICE_ERROR"


class TransportError(FlexOrchError):
    """There was no whole answer: refused, unresolved, reset, too slow, or no valid certificate.

    Attributes:
        body_complete: whether the end of the request was handed to the socket. `False` means that
            the service cannot have taken the request; `True` means that nobody knows.
    """

    default_code = "CONNECTION_FAILED"

    def __init__(self, message: str, *, code: str | None = None, body_complete: bool) -> None:
        super().__init__(message, code=code)
        self.body_complete = body_complete


class UnexpectedAnswerError(FlexOrchError):
    """An answer in none of the known shapes.

    Attributes:
        call: the operation that was answered so, such as ``jobs.get``.
    """

    default_code = "UNEXPECTED_ANSWER"

    def __init__(
        self, call: str, what: str, *, code: str | None = None, status: int | None = None
    ) -> None:
        super().__init__(f"{call}: {what}", code=code, status=status)
        self.call = call


class JobTimeoutError(FlexOrchError):
    """The job did not end within the time allowed; it goes on at the service.

    Attributes:
        job_id: the job that was waited for.
        timeout: the seconds that were allowed.
    """

    default_code = "JOB_TIMEOUT"

    def __init__(self, job_id: str, timeout: float) -> None:
        super().__init__(
            f"Job {job_id} did not finish within {timeout:g} s. It goes on at the service: "
            "ask for it later, or allow more time."
        )
        self.job_id = job_id
        self.timeout = timeout


class IncompleteJobError(FlexOrchError):
    """A dataset was asked of jobs that are not completed.

    Attributes:
        job_ids: the jobs that are not completed.
    """

    default_code = "INCOMPLETE_JOB"

    def __init__(self, job_ids: Sequence[str]) -> None:
        names = ", ".join(job_ids)
        super().__init__(f"Not completed, so not fit for a dataset: {names}. Wait for them first.")
        self.job_ids = tuple(job_ids)


class BuildFailedError(FlexOrchError):
    """The service could not build the dataset."""

    default_code = "BUILD_FAILED"


class BatchUploadError(FlexOrchError):
    """Some files of several were not taken; the others were.

    Attributes:
        jobs: in the order of the files, `None` where a file was not taken.
        errors: the reason of each file that was not taken, by its index.
    """

    default_code = "BATCH_INCOMPLETE"

    def __init__(self, jobs: Sequence[Job | None], errors: Mapping[int, Exception]) -> None:
        first = min(errors)
        super().__init__(
            f"{len(errors)} of {len(jobs)} files were not taken; the first is number {first}: "
            f"{errors[first]}"
        )
        self.jobs = list(jobs)
        self.errors = dict(errors)
