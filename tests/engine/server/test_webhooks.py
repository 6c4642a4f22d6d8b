"""Webhooks: signed, retried once with the same bytes, and owed across a restart."""

from __future__ import annotations

import hashlib
import hmac
import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine.server.conftest import Running, StartEngine, data_of, wait_for

_EVERYTHING = ["job.completed", "job.failed", "dataset.ready", "quota.warning"]


class Receiver(http.server.ThreadingHTTPServer):
    """Keeps what it is sent; answers 500 as often as it is told to."""

    def __init__(self, port: int = 0) -> None:
        self.got: list[tuple[bytes, str]] = []
        self.refuse = 0
        super().__init__(("127.0.0.1", port), _Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body, _ in self.got]


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((body, self.headers["X-Flexorch-Signature"]))
        self.server.refuse -= 1
        self.send_response(500 if self.server.refuse >= 0 else 204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        yield server
        server.shutdown()


def _register(engine: Running, url: str, **more: Any) -> dict[str, Any]:
    answer = engine.client.post("/webhooks", json={"url": url, "events": _EVERYTHING} | more)
    assert answer.status_code == 201
    return data_of(answer)


def test_the_ends_of_jobs_are_told_and_signed(engine: Running, receiver: Receiver) -> None:
    hook = _register(engine, receiver.url, secret="we chose this")
    assert hook["secret"] == "we chose this"
    good = engine.process_one("hook.txt", b"Mail: hook@example.org")
    bad = engine.process_one("hook.pdf", b"%PDF-1.7 hook")
    wait_for(lambda: len(receiver.got) == 2)
    by_job = {event["job_id"]: event for event in receiver.events()}
    completed, failed = by_job[good["id"]], by_job[bad["id"]]
    assert completed.pop("timestamp").endswith("Z")
    assert completed == {
        "event": "job.completed",
        "job_id": good["id"],
        "status": "completed",
        "quality_grade": good["quality_grade"],
        "pii_findings_count": 1,
    }
    assert (failed["event"], failed["status"]) == ("job.failed", "failed")
    for body, signature in receiver.got:
        assert hmac.new(b"we chose this", body, hashlib.sha256).hexdigest() == signature
    engine.client.delete(f"/webhooks/{hook['id']}")


def test_a_failed_delivery_is_repeated_once_with_the_same_bytes(
    start_engine: StartEngine, receiver: Receiver
) -> None:
    engine = start_engine()
    receiver.refuse = 2
    secret = _register(engine, receiver.url)["secret"]
    assert len(secret) == 64
    engine.process_one("a.txt", b"One")
    wait_for(lambda: len(receiver.got) == 2, timeout=20)
    assert receiver.got[0] == receiver.got[1]
    engine.process_one("b.txt", b"Two")
    wait_for(lambda: len(receiver.got) == 3)
    assert receiver.got[2] != receiver.got[1]


def test_what_is_owed_survives_a_kill(start_engine: StartEngine) -> None:
    with Receiver() as gone:
        gone.shutdown()
        url = gone.url
        port = gone.server_port
    engine = start_engine()
    _register(engine, url)
    job = engine.process_one("a.txt", b"Owed")
    engine.kill()
    with Receiver(port) as back:
        start_engine(engine.data)
        wait_for(back.got.__len__, timeout=20)
        assert back.events()[0]["job_id"] == job["id"]
        back.shutdown()


def test_a_finished_dataset_is_told_and_exported(
    start_engine: StartEngine, receiver: Receiver, tmp_path: Any
) -> None:
    engine = start_engine(connector_roots=[str(tmp_path)])
    folder = {"name": "out", "type": "folder", "config": {"path": str(tmp_path)}}
    connector = data_of(engine.client.post("/connectors", json=folder))
    export = {"connector_id": connector["id"], "format": "jsonl", "prefix": "done/"}
    hook = _register(engine, receiver.url, auto_export=export)
    assert hook["auto_export"] == export
    job = engine.process_one("a.txt", b"To be exported")
    body = {"name": "Told", "execution_ids": [job["execution_id"]]}
    dataset = engine.ended(data_of(engine.client.post("/datasets", json=body))["job_id"])
    wait_for(lambda: len(receiver.got) == 2)
    ready = receiver.events()[1]
    assert ready["event"] == "dataset.ready"
    assert ready["dataset_id"] == dataset["dataset_summary"]["dataset_id"]
    exported = (tmp_path / "done" / "told.jsonl").read_bytes()
    assert json.loads(exported)["text"] == "To be exported"


def test_only_asked_events_are_sent_and_urls_are_checked(
    engine: Running, receiver: Receiver
) -> None:
    body = {"url": receiver.url, "events": ["job.failed"]}
    hook = data_of(engine.client.post("/webhooks", json=body))
    engine.process_one("quiet.txt", b"Nobody is told")
    engine.process_one("loud.pdf", b"%PDF-1.7 loud")
    wait_for(receiver.got.__len__)
    assert [event["event"] for event in receiver.events()] == ["job.failed"]
    engine.client.delete(f"/webhooks/{hook['id']}")
    for bad in (
        {"url": "file:///etc/passwd"},
        {"url": "http://[::1"},
        {"events": ["job.eaten"]},
        {"events": []},
    ):
        assert engine.client.post("/webhooks", json=body | bad).status_code == 422
