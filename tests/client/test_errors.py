"""What each refusal means: its class, its scope, and what is known of the wait."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from flexorchd.client import (
    AuthenticationError,
    FileTooLargeError,
    FlexOrch,
    FlexOrchError,
    NotFoundError,
    PlanUpgradeRequiredError,
    QuotaExceededError,
    RateLimitError,
    ServiceError,
    TrialExpiredError,
    UnexpectedAnswerError,
    UnsupportedFileError,
    UnsupportedOperationError,
    Upload,
    ValidationError,
)
from tests.client.conftest import client_of
from tests.client.double import KEY

Act = Callable[[FlexOrch], Any]


def look(client: FlexOrch) -> Any:
    return client.jobs.get("1")


def send(client: FlexOrch) -> Any:
    return client.documents.submit([Upload("a", 1, lambda: [b"a"])])


def send_two(client: FlexOrch) -> Any:
    return client.documents.submit([Upload(name, 1, lambda: [b"a"]) for name in "ab"])


def schedule(client: FlexOrch) -> Any:
    return client.connectors.create_schedule(1, "0 2 * * *")


def error(code: str, **more: Any) -> dict[str, Any]:
    return {"error": {"code": code, **more}}


MEANINGS: list[tuple[Act, int, Any, type[FlexOrchError], str]] = [
    # call, status, body, what it is, whom it concerns
    (look, 401, error("INVALID_API_KEY"), AuthenticationError, "account"),
    (look, 401, error("UNAUTHORIZED"), AuthenticationError, "account"),
    (look, 401, None, AuthenticationError, "account"),
    (send, 402, error("TRIAL_EXPIRED"), TrialExpiredError, "account"),
    (send, 402, error("QUOTA_EXCEEDED"), QuotaExceededError, "account"),
    (send, 429, error("QUOTA_EXCEEDED"), QuotaExceededError, "account"),
    (send, 402, None, QuotaExceededError, "account"),
    (send_two, 402, error("QUOTA_EXCEEDED"), QuotaExceededError, "account"),
    (
        send,
        403,
        error("PLAN_UPGRADE_REQUIRED", min_plan="pro"),
        PlanUpgradeRequiredError,
        "account",
    ),
    (schedule, 403, error("PLAN_UPGRADE_REQUIRED"), PlanUpgradeRequiredError, "request"),
    (schedule, 429, error("QUOTA_EXCEEDED"), QuotaExceededError, "request"),
    (schedule, 429, None, QuotaExceededError, "request"),
    (look, 429, error("RATE_LIMIT_EXCEEDED"), RateLimitError, "request"),
    (look, 429, "slow down", RateLimitError, "request"),
    (look, 404, error("NOT_FOUND"), NotFoundError, "request"),
    (look, 404, {"detail": "Not Found"}, NotFoundError, "request"),
    (look, 410, None, NotFoundError, "request"),
    (look, 422, {"detail": [{"loc": ["path", "job_id"], "msg": "no"}]}, NotFoundError, "request"),
    (look, 422, {"detail": [{"loc": ["body", "x"], "msg": "no"}]}, ValidationError, "request"),
    (send, 413, error("FILE_TOO_LARGE"), FileTooLargeError, "file"),
    (send, 413, None, FileTooLargeError, "file"),
    (send_two, 413, None, FileTooLargeError, "request"),
    (send, 415, error("UNSUPPORTED_FILE"), UnsupportedFileError, "file"),
    (send, 422, error("UNSUPPORTED_FILE"), UnsupportedFileError, "file"),
    (send, 400, error("EMPTY_DOCUMENT"), ValidationError, "file"),
    (send, 400, error("MISSING_INPUT"), ValidationError, "request"),
    (send_two, 422, error("VALIDATION_ERROR"), ValidationError, "request"),
    (look, 400, error("NO_OUTPUT_DATA"), ValidationError, "request"),
    (look, 409, error("SOMETHING_NEW"), ValidationError, "request"),
    (look, 405, None, UnsupportedOperationError, "request"),
    (look, 501, None, UnsupportedOperationError, "request"),
    (look, 500, error("PROCESSING_FAILED"), ServiceError, "request"),
    (look, 503, "<html>busy</html>", ServiceError, "request"),
    (look, 408, None, ServiceError, "request"),
    (look, 302, None, UnexpectedAnswerError, "request"),
    (look, 200, error("NOT_FOUND"), NotFoundError, "request"),
]


@pytest.mark.parametrize(("act", "status", "body", "kind", "scope"), MEANINGS)
def test_every_refusal_has_its_meaning(
    act: Act, status: int, body: Any, kind: type[FlexOrchError], scope: str
) -> None:
    client = client_of(lambda request: httpx.Response(status, json=body), retry_for=0)
    with pytest.raises(FlexOrchError) as caught:
        act(client)
    assert type(caught.value) is kind
    assert caught.value.scope == scope
    assert caught.value.status == status
    assert caught.value.message == str(caught.value)
    assert caught.value.code.isupper()


def refusal(status: int = 429, body: Any = None, **headers: str) -> FlexOrchError:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    client = client_of(lambda r: httpx.Response(status, json=body, headers=names), retry_for=0)
    with pytest.raises(FlexOrchError) as caught:
        client.jobs.get("1")
    return caught.value


def test_the_wait_is_read_as_a_number_a_date_or_from_the_body() -> None:
    now = datetime.now(UTC)
    date = format_datetime(now, usegmt=True)
    later = format_datetime(now + timedelta(seconds=90), usegmt=True)
    assert refusal(Retry_After="30").retry_after == 30
    assert refusal(Retry_After="0.5").retry_after == 0.5
    assert refusal(Retry_After=later, Date=date).retry_after == 90
    assert refusal(Retry_After=date, Date=later).retry_after == 0
    assert refusal(503, Retry_After="7").retry_after == 7
    assert refusal(body={"error": {"code": "X"}, "reset_in_seconds": 12}).retry_after == 12
    assert refusal(Retry_After="99999999999").retry_after == 30 * 86400
    for nonsense in ("soon", "-5", "", "1e3", "nan"):
        assert refusal(Retry_After=nonsense).retry_after is None


def test_what_the_service_says_reaches_the_user_without_the_key() -> None:
    said = {"error": {"code": "INVALID_API_KEY", "message": f"no such key: {KEY}\n\x1b[31m"}}
    told = refusal(401, said, X_Request_Id="req-7")
    assert KEY not in repr(told)
    assert "no such key" in str(told)
    assert str(told).isprintable()
    assert told.request_id == "req-7"
    assert told.service_code == "INVALID_API_KEY"
    assert refusal(404, {"detail": "Not Found"}).service_code is None
    plan = refusal(403, {"error": {"code": "PLAN_UPGRADE_REQUIRED", "min_plan": "pro"}})
    assert "plan pro" in str(plan)
    assert len(str(refusal(500, {"error": "x" * 10_000}))) < 600
