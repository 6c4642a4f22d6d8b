"""What an upload that failed means: this request, this file, or the whole account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flexorchd.rules.retry import LONGEST_PAUSE, pause, rate_limit_pause

CANNOT_READ_AFTER = 10
"""So often a lone file may meet a 5xx while others pass."""

Scope = Literal["request", "file", "account"]


@dataclass(frozen=True, slots=True)
class Failure:
    """What is known of a request that failed.

    Attributes:
        code: the service's code, or the client's.
        scope: whether it concerns this request, this file or the whole account.
        status: the HTTP status, where there was an answer.
        retry_after: seconds after which the service wants to be asked again, where it said so.
        lone: whether the request held one file only.
        while_others_pass: whether other files were taken since this one first failed.
    """

    code: str
    scope: Scope = "request"
    status: int | None = None
    retry_after: float | None = None
    lone: bool = True
    while_others_pass: bool = False


@dataclass(frozen=True, slots=True)
class Retry:
    """Try again at this time; with `halved`, in two requests, so that the culprit is found."""

    at: float
    halved: bool = False


@dataclass(frozen=True, slots=True)
class Final:
    """Over, until content, plan or configuration change."""

    code: str


@dataclass(frozen=True, slots=True)
class PauseAccount:
    """Nothing goes on with this account until a probe at this time finds it well."""

    code: str
    probe_at: float


_ACCOUNT_CODES = frozenset(
    {
        "INVALID_API_KEY",
        "MISSING_API_KEY",
        "MALFORMED_API_KEY",
        "UNAUTHORIZED",
        "TRIAL_EXPIRED",
        "QUOTA_EXCEEDED",
        "PLAN_UPGRADE_REQUIRED",
    }
)
_ACCOUNT_STATUSES = {401: "INVALID_API_KEY", 402: "QUOTA_EXCEEDED", 403: "PLAN_UPGRADE_REQUIRED"}
_FINAL_CODES = frozenset(
    {
        "EMPTY_FILE",
        "EMPTY_DOCUMENT",
        "PROTECTED",
        "MALFORMED",
        "UNSUPPORTED_FILE",
        "UNSUPPORTED_CONTENT",
        "FILE_TOO_LARGE",
    }
)
_REFUSALS = frozenset({400, 413, 415, 422})


def decide(
    failure: Failure, failures: int, now: float, jitter: float
) -> Retry | Final | PauseAccount:
    """What to do about an upload that failed: by its code, then by its status.

    Args:
        failure: what is known of it.
        failures: how often it was tried in vain before this time.
        now: seconds since the epoch.
        jitter: in [0, 1).
    """
    code, status = failure.code, failure.status
    next_try = now + pause(failures, jitter)
    if code == "RATE_LIMIT_EXCEEDED" or (status == 429 and code not in _ACCOUNT_CODES):
        return Retry(now + rate_limit_pause(failure.retry_after, failures) + jitter)
    if code in _ACCOUNT_CODES or failure.scope == "account":
        return PauseAccount(code, next_try)
    if status in _ACCOUNT_STATUSES:
        return PauseAccount(_ACCOUNT_STATUSES[status], next_try)
    if code in _FINAL_CODES or status in _REFUSALS:
        return Final(code) if failure.lone else Retry(now, halved=True)
    in_trouble = status is not None and status >= 500
    if (
        in_trouble
        and failure.lone
        and failure.while_others_pass
        and failures + 1 >= CANNOT_READ_AFTER
    ):
        return Final("SERVICE_CANNOT_READ")
    asked_for = now + min(failure.retry_after or 0.0, LONGEST_PAUSE)
    return Retry(max(next_try, asked_for), halved=in_trouble and not failure.lone)
