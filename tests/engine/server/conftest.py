"""A real engine: a child process on a Unix socket, told what to do on its standard input."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

KEY = "dfx_test_key"


def environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("FLEXORCH")}


@dataclass
class Running:
    """An engine that answers, and a client for it."""

    process: subprocess.Popen[bytes]
    client: httpx.Client
    data: Path
    base_url: str
    store_id: str

    def upload(
        self, *files: tuple[str, bytes], config: dict[str, Any] | None = None, **fields: str
    ) -> httpx.Response:
        if config is not None:
            fields["pipeline_config"] = json.dumps(config)
        parts = [("files", (name, data, "application/octet-stream")) for name, data in files]
        return self.client.post("/data-process/async", files=parts, data=fields)

    def job(self, job_id: int) -> dict[str, Any]:
        return data_of(self.client.get(f"/jobs/{job_id}"))

    def ended(self, job_id: int, timeout: float = 30) -> dict[str, Any]:
        return wait_for(
            lambda: (job := self.job(job_id))["status"] in ("completed", "failed") and job, timeout
        )

    def process_one(
        self, name: str, data: bytes, config: dict[str, Any] | None = None, **fields: str
    ) -> dict[str, Any]:
        answer = data_of(self.upload((name, data), config=config, **fields))
        return self.ended(answer["jobs"][0]["job_id"])

    def execution(self, job: dict[str, Any]) -> dict[str, Any]:
        return data_of(self.client.get(f"/executions/{job['execution_id']}"))

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """As the daemon does it: by closing its standard input."""
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait(timeout=10)


def data_of(response: httpx.Response) -> Any:
    body = response.json()
    assert response.is_success, body
    assert body["error"] is None
    return body["data"]


def wait_for(condition: Callable[[], Any], timeout: float = 15) -> Any:
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.01)


StartEngine = Callable[..., Running]


@pytest.fixture(scope="module")
def start_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartEngine]:
    """Start engines; those that still run are stopped at the module's end."""
    with _starter(tmp_path_factory) as start:
        yield start


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One engine with default settings, shared by all tests."""
    with _starter(tmp_path_factory) as start:
        yield start(tcp=True)


@contextlib.contextmanager
def _starter(folders: pytest.TempPathFactory) -> Iterator[StartEngine]:
    started: list[Running] = []

    def start(data: Path | None = None, *, tcp: bool = False, **settings: Any) -> Running:
        data = data or folders.mktemp("engine") / "data"
        running = _start(data, tcp, settings)
        started.append(running)
        return running

    yield start
    for running in started:
        running.client.close()
        if running.process.poll() is None:
            running.stop()
        for pipe in (running.process.stdin, running.process.stdout):
            if pipe is not None:
                pipe.close()


def _start(data: Path, tcp: bool, settings: dict[str, Any]) -> Running:
    family = socket.AF_INET if tcp else socket.AF_UNIX
    listener = socket.socket(family, socket.SOCK_STREAM)
    path = data.parent / f"{data.name}.sock"
    path.unlink(missing_ok=True)
    listener.bind(("127.0.0.1", 0) if tcp else str(path))
    listener.listen()
    with listener:
        descriptor = listener.fileno()
        process = subprocess.Popen(
            [sys.executable, "-m", "flexorchd.engine"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(),
            pass_fds=[descriptor],
        )
        port = listener.getsockname()[1] if tcp else None
        document = {"data": str(data), "key": KEY, "socket": descriptor} | settings
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(document).encode() + b"\n")
        process.stdin.flush()
        ready = json.loads(process.stdout.readline() or b'{"ready": false}')
    if not ready["ready"]:
        process.communicate(timeout=10)
        pytest.fail(f"the engine does not start: {ready}")
    base = f"http://127.0.0.1:{port}/v1" if tcp else "http://engine/v1"
    transport = httpx.HTTPTransport(uds=None if tcp else str(path))
    client = httpx.Client(
        base_url=base, transport=transport, headers={"X-API-KEY": KEY}, timeout=30
    )
    return Running(process, client, data, base, ready["store_id"])


def children_of(pid: int) -> set[int]:
    """The process's descendants that are alive now."""
    found: set[int] = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[1]) == pid and fields[0] != "Z":
                child = int(stat.parent.name)
                found |= {child} | children_of(child)
    return found


def is_alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        os.kill(pid, 0)
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return False


SIGKILL = signal.SIGKILL
