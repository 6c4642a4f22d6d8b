"""Kill: the embedded engine is ended at each commit, rename and sync; sent again, nothing is done twice."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.process import PATIENCE, Forge

KEY = "dfx_engine_0123456789"
FILES = {
    "a.txt": b"Invoice No: INV-1\nTotal: EUR 1,487.50\njane.doe@example.com\n",
    "b.txt": b"A letter of which nothing is said.\n",
    "broken.pdf": b"%PDF-1.7 this is no PDF %%EOF",
}


class EndedError(Exception):
    """The engine was ended, as it was to be."""


class Engine:
    """An engine in forks of the warm process, over the same data again and again."""

    def __init__(self, forge: Forge, home: Path) -> None:
        home.mkdir(exist_ok=True)
        self._forge, self._home = forge, home
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]

    @contextmanager
    def running(
        self, record: Path | None = None, end_at: tuple[str, int] | None = None
    ) -> Iterator[None]:
        """While it runs."""
        self._pid = self._forge.start(
            {
                "argv": ["engine", "--port", str(self._port), "--data", str(self._home / "data")],
                "cwd": str(self._home),
                "env": {"FLEXORCH_API_KEY": KEY},
                "out": str(self._home / "stdout"),
                "err": str(self._home / "stderr"),
                "clock": 0.0,
                "record": str(record) if record else None,
                "end_at": end_at,
            }
        )
        url = f"http://127.0.0.1:{self._port}/v1"
        self._http = httpx.Client(base_url=url, headers={"X-API-KEY": KEY})
        try:
            yield
        finally:
            if self._lives():
                os.kill(self._pid, signal.SIGTERM)
            code = self._forge.result()
            self._http.close()
        assert code == 0

    def _lives(self) -> bool:
        return Path(f"/proc/{self._pid}").exists()

    def ask(self, method: str, path: str, **options: Any) -> Any:
        """Ask until it answers, as the daemon does.

        Raises:
            EndedError: it has ended.
        """
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                answer = self._http.request(method, path, **options)
                return answer.json().get("data") if answer.content else None
            except httpx.TransportError as error:
                if not self._lives():
                    raise EndedError from error
                assert time.monotonic() < deadline
                time.sleep(0.02)

    # What is done with it.

    def work(self) -> None:
        """Send everything, wait for the jobs, build a dataset of what was read, forget one document."""
        files = [("files", (n, c, "application/octet-stream")) for n, c in FILES.items()]
        self.ask("POST", "/data-process/async", files=files)
        done = self._when(lambda jobs: all(j["status"] in ("completed", "failed") for j in jobs))
        read = [job["job_id"] for job in done if job["status"] == "completed"]
        self.ask("POST", "/datasets", json={"name": "a set", "job_ids": read})

    def _when(self, so: Callable[[list[Mapping[str, Any]]], bool]) -> list[Mapping[str, Any]]:
        deadline = time.monotonic() + PATIENCE
        while not (so(jobs := self.jobs()) and len(jobs) >= len(FILES)):
            assert time.monotonic() < deadline, jobs
            time.sleep(0.05)
        return jobs

    def jobs(self) -> list[Mapping[str, Any]]:
        listed = self.ask("GET", "/jobs")["items"]
        return [job for job in listed if job.get("job_type") == "data_process"]


def holds(engine: Engine) -> None:
    """What can be read was read once, and is in the one dataset; what failed is tried again when sent again."""
    states = Counter(job["status"] for job in engine.jobs())
    assert states.pop("completed") == 2
    assert set(states) == {"failed"}
    (dataset,) = engine.ask("GET", "/datasets")["items"]
    assert len(engine.ask("GET", f"/datasets/{dataset['id']}/rows")["rows"]) == 2


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_killed_at_every_passing_of_every_point_of_the_store(forge: Forge, tmp_path: Path) -> None:
    first = Engine(forge, tmp_path / "first")
    record = tmp_path / "points"
    with first.running(record=record):
        first.work()
        holds(first)
    passed = Counter(record.read_text().splitlines())
    assert {name.partition(" in ")[0] for name in passed} >= {"before commit", "after replace"}
    ended = [
        killed_at(Engine(forge, tmp_path / f"{number}-{time}"), name, time)
        for number, name in enumerate(passed)
        for time in range(1, passed[name] + 1)
    ]
    assert sum(ended) > len(ended) * 0.8


def killed_at(engine: Engine, name: str, time: int) -> bool:
    """Whether it was ended there; in any case all is well once it was started again."""
    ended = False
    try:
        with engine.running(end_at=(name, time)):
            engine.work()
    except EndedError:
        ended = True
    with engine.running():
        engine.work()
        holds(engine)
    return ended
