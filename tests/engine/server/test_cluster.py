"""The same work on a Dask cluster of worker processes, one of them killed in the middle."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flexorchd.engine import executor
from tests.engine.server.conftest import (
    StartEngine,
    children_of,
    data_of,
    environment,
    wait_for,
)
from tests.engine.server.samples import text_pdf

pytest.importorskip("distributed")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[int]]]:
    """A scheduler and three worker processes: its address, and the workers' process ids."""
    folder = tmp_path_factory.mktemp("dask")
    port = _free_port()
    quiet = environment() | {"DASK_DISTRIBUTED__ADMIN__TICK__LIMIT": "60s"}

    def spawn(*arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]],
            env=quiet,
            cwd=folder,
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )

    here = ("--host", "127.0.0.1", "--no-dashboard")
    processes = [spawn("dask_scheduler", *here, "--port", str(port))]
    address = f"127.0.0.1:{port}"
    wait_for(lambda: _answers(port), 30)
    worker = ("dask_worker", f"tcp://{address}", *here, "--no-nanny", "--nthreads", "1")
    processes += [spawn(*worker, "--local-directory", str(folder / str(n))) for n in range(3)]
    yield address, [process.pid for process in processes[1:]]
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def test_documents_are_processed_on_the_cluster_and_a_killed_worker_loses_none(
    start_engine: StartEngine, cluster: tuple[str, list[int]]
) -> None:
    address, workers = cluster
    engine = start_engine(executor=f"dask://{address}")
    files = [(f"{n}.pdf", text_pdf(f"Document {n}", "for ann@example.org")) for n in range(24)]
    jobs = data_of(engine.upload(*files))["jobs"]
    victim = wait_for(lambda: next((pid for pid in workers if children_of(pid)), None), 30)
    os.kill(victim, signal.SIGKILL)
    ends = [engine.ended(job["job_id"], 60) for job in jobs]
    assert {end["status"] for end in ends} == {"completed"}
    assert {end["pii_findings_count"] for end in ends} == {1}
    assert not _fork_servers_of(engine.process.pid), "the work was done on this machine"


def _fork_servers_of(pid: int) -> list[int]:
    def is_worker(child: int) -> bool:
        with contextlib.suppress(OSError):
            return b"flexorchd.engine.worker" in Path(f"/proc/{child}/cmdline").read_bytes()
        return False

    return [child for child in children_of(pid) if is_worker(child)]


def test_a_scheduler_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executor, "_CONNECT_SECONDS", 0.5)
    with pytest.raises(RuntimeError, match="no Dask scheduler answers"):
        executor.open_pool(f"dask://127.0.0.1:{_free_port()}")
