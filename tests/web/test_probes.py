import json
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from flexorchd.monitoring.health import StageHealth
from tests.web.conftest import VERSION, Served
from tests.web.filled import NOW

DEPLOY = Path(__file__).parents[2] / "deploy"
NAME = re.compile(r"\b(?:flexorchd|process)_[a-z0-9_]+")


def scrape(page: Served) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample by name and labels."""
    with page.client() as client:
        answer = client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def value(page: Served, name: str, **labels: str) -> float | None:
    return scrape(page).get((f"flexorchd_{name}", tuple(sorted(labels.items()))))


def test_alive_while_every_stage_steps(page: Served) -> None:
    with page.client() as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        page.health.told = [StageHealth("upload", True, 299.0), StageHealth("poll", True, 301.0)]
        answer = client.get("/healthz")
        assert answer.status_code == 503
        assert answer.json() == {"status": "stuck", "stages": {"poll": 301.0}}
        page.health.told = [StageHealth("upload", False, 0.0)]
        assert client.get("/healthz").status_code == 503


def test_ready_once_nothing_is_missing(page: Served) -> None:
    with page.client() as client:
        assert client.get("/readyz").json() == {"status": "ready"}
        page.health.lacking = ["The service has not answered."]
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["missing"] == ["The service has not answered."]


def test_probes_answer_while_pages_wait_for_the_ledger(page: Served) -> None:
    with page.reader() as reader, ThreadPoolExecutor(6) as visitors:
        # The figures that the start has asked for are made before the ledger falls silent.
        assert reader.get("/").status_code == 200
        page.ledger_answers.clear()
        page.clock.at += 3600
        visits = [visitors.submit(reader.get, "/") for _ in range(6)]
        with page.client() as client:
            assert client.get("/healthz").status_code == 200
            assert client.get("/readyz").status_code == 200
        assert not any(visit.done() for visit in visits)
        page.ledger_answers.set()
        assert {visit.result().status_code for visit in visits} == {200}


def test_metrics_tell_what_the_ledger_holds(read_only: Served) -> None:
    found = scrape(read_only)

    def one(name: str, **labels: str) -> float:
        return found[(f"flexorchd_{name}", tuple(sorted(labels.items())))]

    assert one("build_info", version=VERSION) == 1
    assert one("files", watch="scans", state="delivered") == 87
    assert one("files", watch="mail", state="held") == 26
    assert one("files", watch="mail", state="vanished") == 0
    assert one("backlog_files") == 29
    assert one("backlog_age_seconds") == 1000
    assert one("held_documents", watch="mail", code="MAX_BACKLOG") == 25
    assert one("failed_files", watch="scans", code="PROTECTED") == 4
    assert one("jobs_unfinished") == 1
    assert one("watch_held", watch="mail", code="MAX_BACKLOG") == 1
    assert one("watch_held", watch="scans", code="") == 0
    assert one("watch_events", watch="scans") == 1
    assert one("watch_events", watch="mail") == 0
    assert one("last_scan_timestamp_seconds", watch="mail") == NOW - 12
    assert one("credits_left") == 430
    assert one("credits_used_up_timestamp_seconds") > NOW
    assert one("account_paused", code="") == 0
    assert one("export_succeeded_timestamp_seconds", export="monthly") == NOW - 36000 + 1
    assert one("export_next_timestamp_seconds", export="monthly") == 1_764_568_800
    assert one("troubles", code="FILES_FAILED") == 1
    assert one("free_bytes", place="output") > 0
    assert one("documents_paid_total") == 121
    assert ("flexorchd_export_succeeded_timestamp_seconds", (("export", "by-hand"),)) not in found
    assert ("process_resident_memory_bytes", ()) in found


def test_metrics_tell_how_the_daemon_does(page: Served) -> None:
    page.health.told = [StageHealth("upload", True, 1.5, 3, 200, 7, 42.5)]
    page.health.engine = False
    assert value(page, "stage_up", stage="upload") == 1
    assert value(page, "stage_idle_seconds", stage="upload") == 1.5
    assert value(page, "stage_step_seconds_count", stage="upload") == 200
    assert value(page, "stage_step_seconds_sum", stage="upload") == 42.5
    assert value(page, "stage_failures_total", stage="upload") == 7
    assert value(page, "engine_up") == 0
    assert value(page, "ready") == 1
    assert value(page, "requests_total", operation="jobs.list", outcome="ok") == 230
    assert value(page, "requests_per_minute") == 60
    assert value(page, "requests_left") == 47
    page.health.engine = None
    assert value(page, "engine_up") is None


def test_counters_only_rise(page: Served) -> None:
    book = page.book

    def ended() -> tuple[float | None, float | None]:
        page.clock.at += 300
        return (
            value(page, "ended_total", outcome="delivered"),
            value(page, "ended_total", outcome="failed"),
        )

    assert ended() == (0, 0)
    book.delivered("scans", b"new.pdf", NOW)
    assert ended() == (1, 0)
    failed = book.ledger.search.by_ids([book.ids[b"locked-0.pdf"]])[0]
    assert failed.document_id is not None
    book.ledger.documents.queue_again(failed.document_id, NOW, reprocess=False)
    assert ended() == (1, 0)
    book.ledger.jobs.failed(failed.document_id, "PROTECTED", "Still.", NOW)
    book._written(b"failed/x.json", NOW, True, None)
    assert ended() == (1, 1)


def test_what_events_missed_is_counted(page: Served) -> None:
    with page.book.ledger.database.write() as db:
        db.execute("UPDATE watches SET found_by_scan = 12 WHERE name = 'scans'")

    def found() -> float | None:
        # What is being made at this moment may not know of it yet: only the next can be relied on.
        page.clock.at += 300
        return value(page, "files_found_by_scan_total", watch="scans")

    wait_for(lambda: found() == 12)


def wait_for(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_odd_names_do_not_break_the_format(page: Served) -> None:
    page.health.counted = {('a"b\\c\nd', "ü"): 1}
    found = scrape(page)
    labels = (("operation", 'a"b\\c\nd'), ("outcome", "ü"))
    assert found[("flexorchd_requests_total", labels)] == 1


def exposed(page: Served) -> set[str]:
    page.health.engine = True
    return {name for name, _ in scrape(page)}


def test_the_dashboard_shows_only_metrics_that_exist(page: Served) -> None:
    dashboard = json.loads((DEPLOY / "grafana-dashboard.json").read_text())
    panels = dashboard["panels"]
    used = {name for p in panels for t in p["targets"] for name in NAME.findall(t["expr"])}
    assert used - exposed(page) == set()
    assert len(used) > 20
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = [(p["gridPos"]["x"], p["gridPos"]["y"]) for p in panels]
    assert len(set(places)) == len(places)


def test_alerts_watch_only_metrics_that_exist(page: Served) -> None:
    rules = yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"][0]["rules"]
    used = {name for rule in rules for name in NAME.findall(rule["expr"])}
    assert used - exposed(page) == set()
    for rule in rules:
        assert rule["labels"]["severity"] in ("critical", "warning", "info")
        assert {"summary", "description"} <= rule["annotations"].keys()


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_probes_may_be_asked_for_their_head(read_only: Served, path: str) -> None:
    with read_only.client() as client:
        assert client.head(path).status_code == 200
