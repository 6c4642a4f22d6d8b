"""Limits and faults that a user can rehearse."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexorchd.engine.config import read_settings
from flexorchd.engine.plans import PLANS, parse_plan, period_start
from flexorchd.engine.rate import Window
from tests.engine.server.conftest import StartEngine, data_of
from tests.engine.server.test_webhooks import Receiver, wait_for


def test_a_rate_limit_is_429_with_whole_seconds_to_wait(start_engine: StartEngine) -> None:
    engine = start_engine(plan="starter rpm=5")
    statuses = [engine.client.get("/jobs").status_code for _ in range(5)]
    assert statuses == [200] * 5
    refused = engine.client.get("/jobs")
    assert refused.status_code == 429
    assert refused.json()["error"]["code"] == "RATE_LIMIT_EXCEEDED"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    limits = data_of(engine.client.get("/usage/rate-limits"))
    assert (limits["limit"], limits["used"], limits["remaining"]) == (5, 5, 0)
    assert limits["rate_limit"]["rpm"] == 5
    assert not limits["unlimited"]


@given(
    limit=st.integers(1, 5),
    pauses=st.lists(st.floats(0, 90), min_size=1, max_size=40),
)
def test_no_window_lets_more_through_than_the_limit(limit: int, pauses: list[float]) -> None:
    now = 0.0
    window = Window(limit, clock=lambda: now)
    passed: dict[int, int] = {}
    for pause in pauses:
        now += pause
        full = window.take()
        if full is None:
            passed[int(now // 60)] = passed.get(int(now // 60), 0) + 1
        else:
            assert 1 <= full.reset_in_seconds <= 60
    assert max(passed.values(), default=0) <= limit


def test_spent_credits_are_402_and_repeats_cost_nothing(start_engine: StartEngine) -> None:
    engine = start_engine(plan="pro rpm=9999 credits=3")
    with Receiver() as receiver:
        hook = {"url": receiver.url, "events": ["quota.warning"]}
        engine.client.post("/webhooks", json=hook)
        files = [(f"{n}.txt", f"Document {n}".encode()) for n in range(5)]
        data = data_of(engine.upload(*files))
        assert data["accepted"] == 3
        assert [entry["code"] for entry in data["rejected"]] == ["QUOTA_EXCEEDED"] * 2
        assert data_of(engine.upload(files[0]))["jobs"][0]["is_duplicate"]
        refused = engine.upload(files[4])
        assert refused.status_code == 402
        assert refused.json()["error"]["code"] == "QUOTA_EXCEEDED"
        credits = data_of(engine.client.get("/usage"))["usage"]["credits"]
        assert credits == {"used": 3, "limit": 3, "remaining": 0}
        document = data["jobs"][0]["document_id"]
        assert engine.client.post(f"/documents/{document}/reprocess").status_code == 402
        wait_for(receiver.got.__len__)
        assert receiver.events()[0]["credits_remaining"] == 0
        receiver.shutdown()


def test_a_trial_ends(start_engine: StartEngine) -> None:
    engine = start_engine(plan="trial rpm=9999")
    trial = data_of(engine.client.get("/usage"))["trial"]
    assert trial["is_trial"]
    assert trial["trial_days_remaining"] == 29
    engine.stop()
    long_ago = "2020-01-01T00:00:00.000000Z"
    with contextlib.closing(sqlite3.connect(engine.data / "engine.sqlite")) as database:
        database.execute("UPDATE store SET created_at = ?", (long_ago,))
        database.commit()
    late = start_engine(engine.data, plan="trial rpm=9999")
    refused = late.upload(("a.txt", b"Too late"))
    assert refused.status_code == 402
    assert refused.json()["error"]["code"] == "TRIAL_EXPIRED"


@pytest.mark.parametrize(("method", "path"), [("POST", "/search"), ("GET", "/datasets/{}/chunks")])
def test_what_the_plan_lacks_is_403_with_the_plan_that_has_it(
    start_engine: StartEngine, method: str, path: str
) -> None:
    engine = start_engine(plan="starter rpm=9999")
    job = engine.process_one("a.txt", b"For a dataset")
    build = f"/datasets/build-from-execution/{job['execution_id']}"
    dataset = engine.ended(data_of(engine.client.post(build))["job_id"])["dataset_summary"]
    answer = engine.client.request(
        method,
        path.format(dataset["dataset_id"]),
        json={"query": "x"} if method == "POST" else None,
    )
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "PLAN_UPGRADE_REQUIRED"
    assert answer.json()["error"]["min_plan"] == "pro"


def test_schedules_are_not_for_trials(start_engine: StartEngine) -> None:
    engine = start_engine(plan="trial rpm=9999")
    cloud = {"name": "cloud", "type": "gcs", "config": {}}
    connector = data_of(engine.client.post("/connectors", json=cloud))
    path = f"/connectors/{connector['id']}/schedules"
    answer = engine.client.post(path, json={"cron": "0 2 * * *"})
    assert answer.status_code == 403
    assert answer.json()["error"]["min_plan"] == "starter"


def test_chaos_breaks_what_it_was_told_to(start_engine: StartEngine) -> None:
    engine = start_engine(tcp=True, chaos={"errors": 0.3, "lost": 0.2, "rejects": 0.5, "seed": 7})
    broken, lost, good = 0, 0, 0
    for _ in range(60):
        try:
            broken += engine.client.get("/jobs").status_code == 503
            good += 1
        except httpx.RemoteProtocolError:
            lost += 1
    assert broken > 5
    assert lost > 3
    assert good > 20
    for number in range(50):
        names = [f"{number}-{n}.txt" for n in range(6)]
        with contextlib.suppress(httpx.RemoteProtocolError):
            answer = engine.upload(*[(name, name.encode()) for name in names])
            if answer.status_code == 202 and answer.json()["data"]["rejected"]:
                assert answer.json()["data"]["accepted"] < len(names)
                return
    pytest.fail("no upload was refused in part")


def test_a_lost_answer_has_still_been_acted_on(start_engine: StartEngine) -> None:
    engine = start_engine(chaos={"lost": 1.0})
    with pytest.raises(httpx.RemoteProtocolError):
        engine.upload(("lost.txt", b"The answer is lost"))
    engine.stop()
    calm = start_engine(engine.data)
    assert data_of(calm.client.get("/documents"))["items"][0]["filename"] == "lost.txt"


@pytest.mark.parametrize("text", ["", "gold", "pro rpm", "pro rpm=0", "pro speed=3", "pro rpm=x"])
def test_an_unknown_plan_is_refused_with_what_there_is(text: str) -> None:
    with pytest.raises(ValueError, match="trial, starter, pro, unlimited"):
        parse_plan(text)


def test_plans_have_the_published_numbers() -> None:
    megabytes = {name: plan.max_file_bytes // 1024**2 for name, plan in PLANS.items()}
    assert (megabytes["trial"], megabytes["starter"]) == (10, 25)
    assert megabytes["pro"] == 50
    assert (parse_plan("pro").credits, parse_plan("trial").credits) == (6000, 1200)
    assert parse_plan("starter rpm=5 credits=3").rpm == 5


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)),
    st.timedeltas(timedelta(0), timedelta(3650)),
)
def test_a_billing_period_has_thirty_days(created: datetime, age: timedelta) -> None:
    created = created.replace(tzinfo=UTC)
    start = period_start(created, created + age)
    assert start <= created + age < start + timedelta(days=30)
    assert (start - created) % timedelta(days=30) == timedelta(0)


@pytest.mark.parametrize(
    ("document", "named"),
    [
        ('{"data": "/x", "key": ""}', "key"),
        ('{"data": "/x", "key": "k", "colour": 1}', "colour"),
        ('{"data": "/x", "key": "k", "plan": "gold"}', "plan"),
        ('{"data": "/x", "key": "k", "executor": "cloud"}', "executor"),
        ('{"data": 3, "key": "k"}', "data"),
        ('{"data": "/x", "key": "k", "limits": {"memory": "much"}}', "memory"),
        ('{"key": "k"}', "data"),
        ("nonsense", "malformed"),
    ],
)
def test_bad_settings_are_refused_by_name(document: str, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        read_settings(document)
