"""What benchmarks of the whole daemon stand on: files, a service, a daemon in a process of its own."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import verify

KEY = "dfx_benchmark_key_0001"
SIZE = 20 * 1024


@dataclass(frozen=True, slots=True)
class Daemon:
    """A running daemon: its process, and its folders below `base`."""

    base: Path
    pid: int

    @property
    def inbox(self) -> Path:
        return self.base / "inbox"

    @property
    def results(self) -> Path:
        return self.base / "outbox" / "results" / "inbox"

    def delivered(self) -> int:
        """How many results there are."""
        return count(self.results)

    def memory(self, key: str = "VmRSS") -> float:
        """Its memory in megabytes; `VmHWM` is the most it ever had."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(status.partition(f"{key}:")[2].split()[0]) / 1024

    def cpu(self) -> float:
        """CPU seconds of its threads so far, to the nanosecond."""
        tasks = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


@dataclass(frozen=True, slots=True)
class Service:
    """A service on loopback, see `benchmarks.service`."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def counts(self) -> dict[str, Any]:
        """What it was asked, and when each file came."""
        with urllib.request.urlopen(f"{self.url}/counts") as answer:
            data: dict[str, Any] = json.load(answer)["data"]
        return data

    def go_away(self, seconds: float) -> None:
        """Refuse everything for so long."""
        urllib.request.urlopen(f"{self.url}/away/{seconds}").close()


@dataclass(frozen=True, slots=True)
class Setting:
    """How a daemon is configured.

    Attributes:
        details: whether it fetches the fields of each document.
        settle: seconds.
        listen: where its status page is; empty for none.
        without: modules that it finds missing, since only other extras bring them.
        more: lines of configuration.
    """

    details: bool = False
    settle: float = 0.0
    listen: str = ""
    without: Sequence[str] = ()
    more: str = ""


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that goes away."""
    with tempfile.TemporaryDirectory(prefix="flexorchd-benchmark-") as folder:
        yield Path(folder)


@contextmanager
def service(seconds: float = 0.0, *options: str) -> Iterator[Service]:
    """A fresh service whose jobs take so long."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.service", "--seconds", str(seconds), *options],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield Service(int(process.stdout.readline()))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@contextmanager
def engine(base: Path, *options: str) -> Iterator[str]:
    """A real engine, with its data below `base`: its address."""
    command = [sys.executable, "-m", "flexorchd", "engine", "--port", "0", *options]
    with (base / "engine.log").open("w+") as log:
        process = subprocess.Popen(
            [*command, "--data", base / "engine"],
            env={**os.environ, "FLEXORCH_API_KEY": KEY},
            stderr=log,
        )
        try:
            wait_until(lambda: (base / "engine.log").read_text().count("\n") > 0)
            yield (base / "engine.log").read_text().split()[2].rstrip(",")
        finally:
            process.terminate()
            process.wait()


@contextmanager
def daemon(base: Path, url: str, setting: Setting | None = None) -> Iterator[Daemon]:
    """A daemon that watches `base/inbox`, ready and at rest."""
    setting = setting or Setting()
    (base / "inbox").mkdir(exist_ok=True)
    config = base / "flexorchd.toml"
    config.write_text(
        f'state_dir = "{base}/state"\n'
        f'[api]\nmode = "hosted"\nbase_url = "{url}"\n'
        f'[[watch]]\nname = "inbox"\npath = "{base}/inbox"\nsettle = {setting.settle}\n'
        f'[output]\npath = "{base}/outbox"\ndetails = {str(setting.details).lower()}\n'
        f'[limits]\nmax_backlog = 0\n[web]\nlisten = "{setting.listen}"\n'
        f'[log]\nlevel = "warning"\n{setting.more}'
    )
    environment = {**os.environ, "FLEXORCH_API_KEY": KEY, "PYTHONPATH": str(base / "without")}
    (base / "without").mkdir(exist_ok=True)
    for module in setting.without:
        (base / "without" / f"{module}.py").write_text("raise ImportError\n")
    command = [sys.executable, "-m", "flexorchd", "run", "-c", str(config)]
    with (base / "log").open("w") as errors:
        process = subprocess.Popen(command, env=environment, stderr=errors)
    running = Daemon(base, process.pid)
    try:
        wait_until(lambda: (base / "outbox" / ".flexorchd.json").exists() or died(process, base))
        time.sleep(1.0)
        yield running
    finally:
        process.terminate()
        process.wait()


def died(process: subprocess.Popen[bytes], base: Path) -> bool:
    """Raise if the daemon has ended."""
    assert process.poll() is None, f"the daemon ended: {(base / 'log').read_text()}"
    return False


def make_files(folder: Path, number: int, size: int = SIZE, name: str = "letter") -> list[Path]:
    """So many text files, each of its own content."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}-{index:06}.txt" for index in range(number)]
    for path in paths:
        line = f"{path.stem} of many, with words that nobody has to read. ".encode()
        path.write_bytes((line * (size // len(line) + 1))[:size])
    return paths


def drop(paths: list[Path], inbox: Path) -> None:
    """Move files in, as scanners and transfer programs do."""
    for path in paths:
        path.rename(inbox / path.name)


def count(folder: Path) -> int:
    """How many results lie in a folder; 0 while it does not exist."""
    try:
        return sum(1 for name in os.listdir(folder) if name.endswith(".json"))
    except FileNotFoundError:
        return 0


def wait_until(done: Callable[[], bool], seconds: float = 180.0) -> None:
    """Wait until it is so, and not for ever."""
    end = time.perf_counter() + seconds
    while not done():
        if time.perf_counter() > end:
            raise TimeoutError("the benchmark did not end in time")
        time.sleep(0.005)


def verify_delivered(daemon: Daemon, asked: Service) -> None:
    """Every file in the inbox was sent once, byte for byte, and has its own result."""
    wanted = hashes(daemon.inbox)
    verify_sent(asked, wanted.values())
    read = (json.loads(path.read_bytes()) for path in daemon.results.rglob("*.json"))
    verify.results(read, wanted)


def verify_sent(asked: Service, wanted: Iterable[str]) -> None:
    """The service got what has these SHA-256, each as often as it stands there, and nothing else."""
    sent = (document["sha256"] for document in asked.counts()["documents"])
    verify.each_once("documents at the service", sent, wanted)


def hashes(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file below a folder, by its path there."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
