"""What a reply means: an answer, or which error.

An error is decided by its code first and by the status second: a spent quota comes as 402 and as
429, and is no rate limit either way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flexorchd.client import errors
from flexorchd.client.dialects import ERROR
from flexorchd.client.envelope import Reply, parse, seconds_to_wait, unwrap
from flexorchd.client.reading import Body
from flexorchd.client.wire import Answer

Kind = type[errors.FlexOrchError]

BY_CODE: dict[str, Kind] = {
    "INVALID_API_KEY": errors.AuthenticationError,
    "UNAUTHORIZED": errors.AuthenticationError,
    "TRIAL_EXPIRED": errors.TrialExpiredError,
    "QUOTA_EXCEEDED": errors.QuotaExceededError,
    "PLAN_UPGRADE_REQUIRED": errors.PlanUpgradeRequiredError,
    "RATE_LIMIT_EXCEEDED": errors.RateLimitError,
    "FILE_TOO_LARGE": errors.FileTooLargeError,
    "UNSUPPORTED_FILE": errors.UnsupportedFileError,
    "NOT_FOUND": errors.NotFoundError,
    "DOCUMENT_NOT_FOUND": errors.NotFoundError,
    "VALIDATION_ERROR": errors.ValidationError,
    "MISSING_INPUT": errors.ValidationError,
    "EMPTY_DOCUMENT": errors.ValidationError,
    "PROCESSING_FAILED": errors.ValidationError,
    "NO_OUTPUT_DATA": errors.ValidationError,
    "DOCUMENT_FILE_NOT_AVAILABLE": errors.ValidationError,
    "REPROCESS_NOT_SUPPORTED": errors.ValidationError,
    "REPROCESS_FAILED": errors.ValidationError,
}

BY_STATUS: dict[int, Kind] = {
    401: errors.AuthenticationError,
    402: errors.QuotaExceededError,
    403: errors.PlanUpgradeRequiredError,
    404: errors.NotFoundError,
    405: errors.UnsupportedOperationError,
    408: errors.ServiceError,
    410: errors.NotFoundError,
    425: errors.ServiceError,
    429: errors.RateLimitError,
    501: errors.UnsupportedOperationError,
}

UPLOADS: dict[int, Kind] = {413: errors.FileTooLargeError, 415: errors.UnsupportedFileError}
"""What these statuses mean where files are sent."""

ENVELOPE = {"status", "data", "error", "meta", "request_id"}
"""What can stand around an error; a failed job has an `error` too, and more beside it."""

ACCOUNT_CALLS = ("documents.", "jobs.", "usage.")
"""Where a plan that is too small stops the whole account, not one optional feature."""

REMEDIES: dict[Kind, str] = {
    errors.AuthenticationError: "Check the API key (FLEXORCH_API_KEY).",
    errors.TrialExpiredError: "Activate a paid plan.",
    errors.QuotaExceededError: "Wait for the next billing period, or take a larger plan.",
    errors.PlanUpgradeRequiredError: "Take a larger plan.",
}


def interpret(reply: Reply, secret: str = "") -> Answer:
    """The answer in a reply.

    Args:
        reply: what came back.
        secret: the key, which must not stand in an error even if the service repeats it.

    Raises:
        FlexOrchError: the reply is a refusal, or in no known shape.
    """
    if not reply.is_good:
        raise error_of(reply, secret)
    data, dialect = None, "L"
    if reply.body:
        body = _parsed(reply)
        if _is_refusal(body):
            raise error_of(reply, secret)
        data, dialect = unwrap(body)
    return Answer(reply.call, data, reply.date or reply.now, reply.at, dialect, reply.size)


def _parsed(reply: Reply) -> Any:
    try:
        return parse(reply.body)
    except ValueError:
        raise errors.UnexpectedAnswerError(
            reply.call,
            "the answer is not JSON. Does the base URL name the FlexOrch API?",
            status=reply.status,
        ) from None


def _is_refusal(body: Any) -> bool:
    """Whether a reply that calls itself good holds an error instead of data."""
    if not isinstance(body, Mapping) or body.keys() - ENVELOPE or body.get("data") is not None:
        return False
    error = body.get("error")
    return isinstance(error, Mapping) and isinstance(error.get("code"), str)


def error_of(reply: Reply, secret: str = "") -> errors.FlexOrchError:
    """What a refusal means."""
    if 300 <= reply.status < 400:
        return errors.UnexpectedAnswerError(
            reply.call,
            "the service answers with a redirect, which is not followed with the key. "
            "Set the base URL to where the API is.",
            code="REDIRECTED",
            status=reply.status,
        )
    body = Body(reply.call, _refusal_body(reply), ERROR).beyond
    code = _code(body)
    wanted = _kind(reply, code, body)
    if wanted is errors.UnexpectedAnswerError:
        return errors.UnexpectedAnswerError(
            reply.call, f"status {reply.status} is none that can be answered", status=reply.status
        )
    error = wanted(
        _message(reply, body, wanted, secret),
        code=code,
        status=reply.status,
        scope=_scope(reply, wanted),
        retry_after=_retry_after(reply, body),
        request_id=reply.headers.get("x-request-id") or body.identity("request"),
        from_service=code is not None,
    )
    if isinstance(error, errors.FileTooLargeError):
        error.limit_bytes = size_limit(error.message)
    return error


def _refusal_body(reply: Reply) -> Mapping[str, Any]:
    try:
        body = parse(reply.body)
    except ValueError:
        return {}
    return body if isinstance(body, Mapping) else {}


def _code(body: Body) -> str | None:
    code = body.text("code")
    return code if code and re.fullmatch(r"[A-Z][A-Z0-9_]{1,63}", code) else None


def _kind(reply: Reply, code: str | None, body: Body) -> Kind:
    if _is_schedule(reply):
        return errors.QuotaExceededError
    by_code = BY_CODE.get(code or "")
    if by_code and not (by_code is errors.ValidationError and reply.status >= 500):
        return by_code
    if reply.status == 422 and (body.sequence("location") or [None])[0] == "path":
        return errors.NotFoundError
    by_status = UPLOADS if reply.call == "documents.upload" else {}
    return (BY_STATUS | by_status).get(reply.status) or _kind_of_range(reply.status)


def _kind_of_range(status: int) -> Kind:
    if status >= 500:
        return errors.ServiceError
    return errors.ValidationError if status >= 400 else errors.UnexpectedAnswerError


def _is_schedule(reply: Reply) -> bool:
    """A 429 there refuses this one schedule, and does not pass in seconds."""
    return reply.status == 429 and reply.call == "connectors.create_schedule"


def _scope(reply: Reply, wanted: Kind) -> errors.Scope | None:
    optional = not reply.call.startswith(ACCOUNT_CALLS)
    if wanted is errors.PlanUpgradeRequiredError and optional:
        return "request"
    return "request" if _is_schedule(reply) else None


def _retry_after(reply: Reply, body: Body) -> float | None:
    if reply.retry_after is not None:
        return reply.retry_after
    told = body.number("retry")
    return None if told is None else seconds_to_wait(f"{max(told, Decimal()):f}", reply.now)


def _message(reply: Reply, body: Body, wanted: Kind, secret: str) -> str:
    told = clean(body.text("message") or "", secret)
    said = told or f"The service answered {reply.status}."
    where = ".".join(str(step) for step in body.sequence("location") or ())
    said = f"{clean(where)}: {said}" if where else said
    plan = body.text("min_plan")
    parts = [said, f"It needs the plan {clean(plan)}." if plan else None, REMEDIES.get(wanted)]
    return " ".join(part for part in parts if part)


def clean(text: str, secret: str = "") -> str:
    """The service's words, fit for a terminal: short, on one line, without the key."""
    if secret:
        text = text.replace(secret, "[API key]")
    return " ".join("".join(c if c.isprintable() else " " for c in text[:2000]).split())[:500]


def size_limit(message: str) -> int | None:
    """The largest size that is taken, from the words of a refusal: of several, the smallest."""
    sizes = re.findall(r"(\d+(?:\.\d+)?)\s*([KMG])i?B\b", message, re.IGNORECASE | re.ASCII)
    scale = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
    return min((int(float(n[:12]) * scale[unit.lower()]) for n, unit in sizes), default=None)


def refused_file(call: str, words: str, code: str | None) -> errors.FlexOrchError:
    """Why one file of several was refused, from free text or a code.

    Args:
        call: the operation, for an error without words.
        words: what the service says, which may be nothing but a code.
        code: the service's code, where it sent one.
    """
    told = code or (words if words in BY_CODE else None)
    wanted = BY_CODE.get(told or "") or _kind_of_words(words)
    error = wanted(
        clean(words) or f"{call}: refused without a reason.",
        code=told,
        scope="file" if wanted is errors.ValidationError else None,
        from_service=told is not None,
    )
    if isinstance(error, errors.FileTooLargeError):
        error.limit_bytes = size_limit(words)
    return error


def _kind_of_words(words: str) -> Kind:
    if re.search(r"too (large|big)|file.?size|size limit|exceeds|maximum size", words, re.I):
        return errors.FileTooLargeError
    if re.search(r"unsupported|not supported|file type|not allowed|extension", words, re.I):
        return errors.UnsupportedFileError
    return errors.ValidationError
