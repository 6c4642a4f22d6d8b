"""What is tried again and when, what is final, and what pauses the account."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexorchd.rules.retry import LONGEST_PAUSE, remedy
from flexorchd.rules.verdict import (
    CANNOT_READ_AFTER,
    Failure,
    Final,
    PauseAccount,
    Retry,
    decide,
)

NOW = 1_700_000_000.0
jitters = st.floats(0, 1, exclude_max=True)

CODES = [
    "INVALID_API_KEY",
    "TRIAL_EXPIRED",
    "PLAN_UPGRADE_REQUIRED",
    "NOT_FOUND",
    "FILE_TOO_LARGE",
    "UNSUPPORTED_FILE",
    "QUOTA_EXCEEDED",
    "RATE_LIMIT_EXCEEDED",
    "VALIDATION_ERROR",
    "SERVICE_ERROR",
    "CONNECTION_FAILED",
    "UNHEARD_OF",
]
failures = st.builds(
    Failure,
    st.sampled_from(CODES),
    st.sampled_from(["request", "file", "account"]),
    st.none() | st.integers(400, 599),
    st.none() | st.floats(-10, 1e9),
    st.booleans(),
    st.booleans(),
)


def first(failure):
    return decide(failure, 0, NOW, 0.0)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("INVALID_API_KEY", 401),
        ("TRIAL_EXPIRED", 402),
        ("QUOTA_EXCEEDED", 402),
        ("QUOTA_EXCEEDED", 429),
        ("PLAN_UPGRADE_REQUIRED", 403),
    ],
)
def test_what_concerns_the_account_pauses_it(code, status):
    assert first(Failure(code, status=status)) == PauseAccount(code, NOW + 5)


def test_without_a_known_code_the_status_decides():
    assert first(Failure("ERROR", status=401)) == PauseAccount("INVALID_API_KEY", NOW + 5)
    assert first(Failure("ERROR", status=402)) == PauseAccount("QUOTA_EXCEEDED", NOW + 5)
    assert isinstance(first(Failure("ERROR", status=429)), Retry)


def test_a_rate_limit_is_waited_out_as_the_service_says():
    assert first(Failure("RATE_LIMIT_EXCEEDED", status=429, retry_after=7)) == Retry(NOW + 7)
    assert first(Failure("RATE_LIMIT_EXCEEDED", status=429)) == Retry(NOW + 5)
    for now in (0, -5):
        refused = Failure("RATE_LIMIT_EXCEEDED", status=429, retry_after=now)
        assert first(refused) == Retry(NOW + 0.5), "soon, but not without any pause"
    assert first(Failure("RATE_LIMIT_EXCEEDED", status=429, retry_after=1e9)) == Retry(NOW + 3_600)


@pytest.mark.parametrize("status", [400, 413, 415, 422])
def test_a_refused_request_is_final_for_a_lone_file_and_halved_otherwise(status):
    refused = Failure("VALIDATION_ERROR", status=status)
    assert first(refused) == Final("VALIDATION_ERROR")
    assert first(Failure("VALIDATION_ERROR", status=status, lone=False)) == Retry(NOW, halved=True)


@pytest.mark.parametrize("code", ["PROTECTED", "MALFORMED", "EMPTY_FILE", "FILE_TOO_LARGE"])
def test_what_the_content_is_to_blame_for_is_final(code):
    assert first(Failure(code, scope="file")) == Final(code)


def test_a_service_in_trouble_is_tried_again_for_ever_unless_one_file_is_to_blame():
    trouble = Failure("SERVICE_ERROR", status=500, while_others_pass=True)
    for number in range(CANNOT_READ_AFTER - 1):
        assert isinstance(decide(trouble, number, NOW, 0.5), Retry)
    assert decide(trouble, CANNOT_READ_AFTER - 1, NOW, 0.5) == Final("SERVICE_CANNOT_READ")
    everybody = Failure("SERVICE_ERROR", status=500)
    assert isinstance(decide(everybody, 10_000, NOW, 0.5), Retry)
    several = Failure("SERVICE_ERROR", status=500, lone=False, while_others_pass=True)
    assert decide(several, 10_000, NOW, 0.0).halved


def test_a_service_that_says_when_is_not_asked_before():
    assert first(Failure("SERVICE_ERROR", status=503, retry_after=120)) == Retry(NOW + 120)


@given(failures, st.integers(0, 100), jitters)
def test_every_failure_has_an_answer_within_an_hour(failure, number, jitter):
    match decide(failure, number, NOW, jitter):
        case Retry(at) | PauseAccount(_, at):
            assert NOW <= at <= NOW + LONGEST_PAUSE + 1
        case Final(code):
            assert failure.lone
            assert remedy(code)


@given(failures, st.integers(0, 100), jitters)
def test_trouble_of_service_and_network_is_never_final_for_several_files(failure, number, jitter):
    if failure.status is None and failure.code in ("CONNECTION_FAILED", "SERVICE_ERROR"):
        assert not isinstance(decide(failure, number, NOW, jitter), Final)
