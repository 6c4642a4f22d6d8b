"""Killed at any instant, nothing accepted is lost; told to go, nothing stays behind."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import stat
import threading
import time
from pathlib import Path

import httpx
import pytest

from flexorchd.formats import exact
from tests.engine.server.conftest import (
    Running,
    StartEngine,
    children_of,
    data_of,
    is_alive,
    wait_for,
)
from tests.engine.server.samples import text_pdf


def _slow_document(number: int) -> tuple[str, bytes]:
    """Some seconds of work."""
    pages = [f"Page {number} line {line} with words and digits {line * 37}" for line in range(40)]
    text = "\n".join(pages * 400) + f"\n{number}"
    return f"slow-{number}.txt", text.encode()


def test_every_accepted_job_survives_a_kill_in_the_middle(start_engine: StartEngine) -> None:
    engine = start_engine()
    files = [(f"doc-{n}.pdf", text_pdf(f"Document {n}", "words")) for n in range(30)]
    accepted = [job["job_id"] for job in data_of(engine.upload(*files))["jobs"]]
    engine.kill()
    again = start_engine(engine.data)
    assert again.store_id == engine.store_id
    assert {again.ended(job_id)["status"] for job_id in accepted} == {"completed"}
    assert data_of(again.client.get("/documents"))["total"] == len(files)


def test_kills_during_uploads_lose_no_answered_file(start_engine: StartEngine) -> None:
    engine = start_engine(tcp=True)
    answered: dict[str, int] = {}
    sent = 0
    for round_number in range(3):
        stopper = threading.Timer(0.05 + 0.1 * round_number, engine.kill)
        with contextlib.suppress(httpx.TransportError):
            while True:
                names = [f"r{round_number}-{sent + n}.txt" for n in range(5)]
                jobs = data_of(engine.upload(*[(name, name.encode()) for name in names]))["jobs"]
                answered |= {job["filename"]: job["job_id"] for job in jobs}
                sent += len(names)
                if not stopper.is_alive() and engine.process.poll() is None:
                    stopper.start()
        stopper.join()
        engine = start_engine(engine.data, tcp=True)
    assert answered
    for name, job_id in answered.items():
        job = engine.ended(job_id)
        assert (job["filename"], job["status"]) == (name, "completed")
    with contextlib.closing(sqlite3.connect(engine.data / "engine.sqlite")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_no_job_is_left_running_by_a_kill(start_engine: StartEngine) -> None:
    engine = start_engine()
    job_id = data_of(engine.upload(_slow_document(1)))["jobs"][0]["job_id"]
    wait_for(lambda: engine.job(job_id)["status"] == "running")
    engine.kill()
    with contextlib.closing(sqlite3.connect(engine.data / "engine.sqlite")) as database:
        assert database.execute("SELECT status FROM jobs").fetchall() == [("queued",)]
    again = start_engine(engine.data)
    assert again.ended(job_id)["status"] == "completed"


@pytest.mark.parametrize("way", ["end of standard input", "SIGTERM", "SIGKILL"])
def test_the_engine_and_all_its_children_end_within_five_seconds(
    start_engine: StartEngine, way: str
) -> None:
    engine = start_engine()
    jobs = data_of(engine.upload(_slow_document(1), _slow_document(2)))["jobs"]
    wait_for(lambda: engine.job(jobs[0]["job_id"])["status"] == "running")
    family = wait_for(lambda: children_of(engine.process.pid))
    started = time.monotonic()
    if way == "SIGTERM":
        engine.process.send_signal(signal.SIGTERM)
    elif way == "SIGKILL":
        engine.process.kill()
    else:
        assert engine.process.stdin is not None
        engine.process.stdin.close()
    code = engine.process.wait(timeout=5)
    wait_for(lambda: not any(map(is_alive, family)), timeout=5)
    assert time.monotonic() - started < 5
    assert code == (-9 if way == "SIGKILL" else 0)


def test_told_to_go_in_the_middle_of_its_work_it_goes_in_silence(
    capfd: pytest.CaptureFixture[str], start_engine: StartEngine
) -> None:
    engine = start_engine()
    jobs = data_of(engine.upload(_slow_document(1), _slow_document(2)))["jobs"]
    wait_for(lambda: engine.job(jobs[0]["job_id"])["status"] == "running")
    assert engine.process.stdin is not None
    engine.process.stdin.close()
    assert engine.process.wait(10) == 0
    assert capfd.readouterr().err == ""


def test_children_see_no_secret_in_their_environment(engine: Running) -> None:
    engine.process_one("a.txt", b"Some text")
    family = children_of(engine.process.pid)
    assert family
    for child in family:
        assert b"FLEXORCH" not in Path(f"/proc/{child}/environ").read_bytes()
        assert b"FLEXORCH" not in Path(f"/proc/{child}/cmdline").read_bytes()


def test_the_data_are_private(engine: Running) -> None:
    engine.process_one("a.txt", b"Some text")
    for path in (engine.data, *engine.data.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path


def test_with_masking_no_unmasked_text_is_on_disk_once_the_job_has_ended(
    start_engine: StartEngine,
) -> None:
    engine = start_engine(keep_originals=0)
    secret = b"zacharias.quux@example.com"
    for name in ("a.txt", "b.pdf"):
        data = text_pdf(f"Mail {secret.decode()}") if name == "b.pdf" else b"Mail " + secret
        assert engine.process_one(name, data)["pii_findings_count"] == 1
    wait_for(lambda: not _originals(engine))
    for path in engine.data.rglob("*"):
        assert path.is_dir() or secret not in path.read_bytes(), path


def test_originals_are_kept_as_long_as_was_asked_for(start_engine: StartEngine) -> None:
    engine = start_engine(keep_originals=3600)
    job = engine.process_one("keep.txt", b"Keep me")
    assert len(_originals(engine)) == 1
    engine.stop()
    again = start_engine(engine.data, keep_originals=0)
    wait_for(lambda: not _originals(again))
    answer = again.client.post(f"/documents/{job['document_id']}/reprocess")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "DOCUMENT_FILE_NOT_AVAILABLE"
    assert again.job(job["id"])["status"] == "completed"


def test_forgetting_a_document_erases_it_everywhere(engine: Running) -> None:
    word = "Xylophonmusikantenquartett"
    job = engine.process_one(f"{word}.txt", f"About the {word} and more".encode())
    kept = engine.process_one("other.txt", b"About something else")
    build = f"/datasets/build-from-execution/{job['execution_id']}"
    dataset = engine.ended(data_of(engine.client.post(build))["job_id"])["dataset_summary"]
    engine.client.post(f"/datasets/{dataset['dataset_id']}/index")
    wait_for(lambda: data_of(engine.client.post("/search", json={"query": word}))["total_results"])
    engine.client.post(f"/jobs/{job['id']}/feedback", json={"rating": "up", "notes": word})

    assert data_of(engine.client.delete(f"/documents/{job['document_id']}"))["deleted"]

    for path in (
        f"/documents/{job['document_id']}",
        f"/jobs/{job['id']}",
        f"/executions/{job['execution_id']}",
    ):
        assert engine.client.get(path).status_code == 404
    assert engine.client.delete(f"/documents/{job['document_id']}").status_code == 404
    found = data_of(engine.client.post("/search", json={"query": word}))
    assert found["total_results"] == 0
    assert engine.job(kept["id"])["status"] == "completed"
    for path in engine.data.rglob("*"):
        if path.is_file():
            content = path.read_bytes().lower()
            assert word.lower().encode() not in content, path
    assert not any(word.lower() in str(path).lower() for path in engine.data.rglob("*"))


def test_forgetting_keeps_bytes_that_another_document_needs(engine: Running) -> None:
    first = engine.process_one("a.txt", b"Shared bytes")
    second = engine.process_one("a.txt", b"Shared bytes", config={"mask_pii": False})
    engine.client.delete(f"/documents/{first['document_id']}")
    again = data_of(engine.client.post(f"/documents/{second['document_id']}/reprocess"))
    assert engine.ended(again["job_id"])["status"] == "completed"
    assert any(path.read_bytes() == b"Shared bytes" for path in _originals(engine))
    engine.client.delete(f"/documents/{second['document_id']}")
    assert not any(path.read_bytes() == b"Shared bytes" for path in _originals(engine))


def test_a_document_can_be_forgotten_while_it_is_processed(engine: Running) -> None:
    job = data_of(engine.upload(_slow_document(1)))["jobs"][0]
    wait_for(lambda: engine.job(job["job_id"])["status"] == "running")
    assert engine.client.delete(f"/documents/{job['document_id']}").status_code == 200
    engine.process_one("next.txt", b"The queue goes on")
    assert engine.client.get(f"/jobs/{job['job_id']}").status_code == 404


def test_a_new_upload_after_forgetting_is_new(engine: Running) -> None:
    first = engine.process_one("a.txt", b"Forget and come again")
    engine.client.delete(f"/documents/{first['document_id']}")
    second = engine.process_one("a.txt", b"Forget and come again")
    assert second["id"] > first["execution_id"]
    assert not data_of(engine.upload(("b.txt", b"x")))["jobs"][0]["is_duplicate"]


def test_a_full_disk_refuses_and_recovers(start_engine: StartEngine, tmp_path: Path) -> None:
    if os.geteuid() != 0 or os.system(f"mount -t tmpfs -o size=6m tmpfs {tmp_path}"):
        pytest.skip("needs the right to mount a file system")
    try:
        engine = start_engine(tmp_path / "data")
        answer = engine.upload(("big.txt", b"x" * 8_000_000))
        assert answer.status_code == 507
        assert answer.json()["error"]["code"] == "INSUFFICIENT_STORAGE"
        assert not list((engine.data / "originals" / "incoming").iterdir())
        assert engine.process_one("small.txt", b"Small again")["status"] == "completed"
        engine.stop()
    finally:
        os.system(f"umount -l {tmp_path}")


def test_settings_that_cannot_be_are_told_on_standard_output(tmp_path: Path) -> None:
    import subprocess
    import sys

    settings = {
        "data": str(tmp_path),
        "key": "dfx_secret",
        "socket": 0,
        "executor": "carrier pigeon",
    }
    ended = subprocess.run(
        [sys.executable, "-m", "flexorchd.engine"],
        input=exact.dumps(settings) + b"\n",
        capture_output=True,
        check=False,
    )
    said = exact.loads(ended.stdout)
    assert ended.returncode == 2
    assert not said["ready"]
    assert "executor" in said["error"]
    assert b"dfx_secret" not in ended.stdout + ended.stderr


def _originals(engine: Running) -> list[Path]:
    return [path for path in (engine.data / "originals").rglob("*") if path.is_file()]
