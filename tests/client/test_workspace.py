"""Usage, connectors and webhooks, in the words of each dialect."""

from __future__ import annotations

import hashlib
import hmac
import json

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexorchd.client import Delivery, UnexpectedAnswerError, read_delivery, verify_delivery
from tests.client.conftest import client_of
from tests.client.double import Double


def usage_of(body: object):
    return client_of(lambda r: httpx.Response(200, json=body), retry_for=0).usage


def test_credits_are_read_in_either_shape() -> None:
    credits_ = {"used": 119.5, "limit": 1200, "remaining": 1080.5}
    trial = {"is_trial": True, "trial_ends_at": "2026-09-01", "trial_days_remaining": 5}
    usage = usage_of({"plan": "trial", "trial": trial, "usage": {"credits": credits_}}).current()
    assert (usage.credits_used, usage.credits_limit, usage.credits_remaining) == (120, 1200, 1080)
    assert (usage.is_trial, usage.trial_days_remaining) == (True, 5)
    unlimited = {"used": 3, "limit": None, "remaining": None}
    usage = usage_of({"plan": "pro", "trial": None, "usage": {"credits": unlimited}}).current()
    assert (usage.credits_limit, usage.credits_remaining, usage.is_trial) == (None, None, False)
    flat = usage_of({"plan": "pro", "credits_used": 3, "credits_limit": 10}).current()
    assert flat.credits_remaining == 7
    with pytest.raises(UnexpectedAnswerError, match="credits"):
        usage_of({"plan": "pro"}).current()


def test_the_budget_is_read_in_either_shape() -> None:
    nested = usage_of({"plan": "pro", "rate_limit": {"rpm": 60, "used": 1, "remaining": 59}})
    assert nested.rate_limits().limit == 60
    assert nested.rate_limits().window_seconds == 60
    flat = {"limit": 100, "used": 10, "remaining": 90, "window_seconds": 30, "reset_in_seconds": 7}
    limits = usage_of({"plan": "pro", "unlimited": False, **flat}).rate_limits()
    assert (limits.limit, limits.window_seconds, limits.reset_in_seconds) == (100, 30, 7)
    free = usage_of({"plan": "enterprise", "unlimited": True, "limit": None}).rate_limits()
    assert (free.unlimited, free.limit) == (True, None)
    with pytest.raises(UnexpectedAnswerError, match="rpm"):
        usage_of({"plan": "pro"}).rate_limits()


@pytest.mark.parametrize("dialect", ["L", "D", "S"])
def test_a_connector_from_creation_to_deletion(dialect: str) -> None:
    double = Double(dialect)
    client = client_of(double)
    for spelling in ("access_key_id", "aws_access_key_id"):
        config = {"bucket": "b", spelling: "AKIA", "region": "eu"}
        connector = client.connectors.create("Store", "s3", config)
    assert connector.id == "2"
    assert connector.config == {"bucket": "b"}
    assert [known.id for known in client.connectors.list()] == ["1", "2"]
    assert client.connectors.get(1).name == "Store"
    assert client.connectors.test(1).latency_ms == 42
    client.connectors.delete(1)

    schedule = client.connectors.create_schedule(2, "0 2 * * *", "in/", name="nightly")
    assert (schedule.cron, schedule.prefix, schedule.is_active) == ("0 2 * * *", "in/", True)
    assert client.connectors.list_schedules(2)[0].connector_id == "2"
    assert client.connectors.trigger_schedule(2, schedule.id).status == "running"
    assert client.connectors.schedule_logs(2, schedule.id)[0].files_new == 3
    assert client.connectors.delete_schedule(2, schedule.id) is None


def test_the_secret_that_the_service_makes_wins() -> None:
    events = ["job.completed", "quota.warning"]
    made = client_of(Double("L")).webhooks.register("https://example.com", events, secret="mine")
    assert made.secret == "made-by-the-service"
    double = Double("D")
    kept = client_of(double).webhooks.register("https://example.com", events, secret="mine")
    assert kept.secret == "mine"
    chosen = client_of(double).webhooks.register("https://example.com", ["job.failed"])
    assert chosen.secret == json.loads(double.requests[-1].content)["secret"]
    assert len(chosen.secret or "") >= 32


@settings(deadline=None)
@given(st.text(min_size=1, max_size=20), st.binary(max_size=100), st.data())
def test_only_the_right_signature_of_exactly_these_bytes_is_good(
    secret: str, body: bytes, data: st.DataObject
) -> None:
    try:
        good = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    except UnicodeEncodeError:
        return
    assert verify_delivery(secret, body, good)
    assert not verify_delivery(secret, body + b" ", good)
    assert not verify_delivery(secret + "x", body, good)
    wrong = data.draw(st.text(max_size=70) | st.just("") | st.just("sha256=" + good))
    assert wrong.strip() == good or not verify_delivery(secret, body, wrong)
    assert not verify_delivery("", body, hmac.new(b"", body, hashlib.sha256).hexdigest())


def test_a_delivery_is_read() -> None:
    body = b'{"event": "job.completed", "job_id": 7, "status": "completed", "timestamp": "t"}'
    assert read_delivery(body) == Delivery("job.completed", "7", "completed", "t")
    assert read_delivery(b'{"event": "dataset.ready"}').job_id is None
    for nonsense in (b"", b"[]", b"{}", b"\xff"):
        with pytest.raises(UnexpectedAnswerError):
            read_delivery(nonsense)
