"""A flexorchd that is a process of its own, with its folders."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from tests.house import configuration
from tests.house.outbox import Outbox
from tests.service import Service

PATIENCE = 30.0
ROOT = Path(__file__).parents[2]


def wait_for(what: Callable[[], Any], seconds: float = PATIENCE, why: str = "") -> Any:
    """The first true value of `what`; looks often, and fails when it does not come."""
    deadline = time.monotonic() + seconds
    while True:
        if found := what():
            return found
        assert time.monotonic() < deadline, f"did not happen: {why or what}"
        time.sleep(0.01)


class Forge:
    """The warm process, see `tests.e2e.forge`."""

    def __init__(self) -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("FLEXORCH")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.forge"],
            cwd=ROOT,
            env=environment | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, order: Mapping[str, Any]) -> int:
        """Start a child; its process id."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._line())

    def result(self) -> int:
        """Wait for the child's end; its exit code, or minus the signal that ended it."""
        return int(self._line())

    def _line(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the forge has ended"
        return line

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()


class Place(Outbox):
    """The folders of one flexorchd, and the ways to run it.

    Args:
        home: an empty folder.
        service: where documents go; None is the embedded engine.
        forge: runs it in forks; without one only `spawn` runs it.
        watches: tables of the configuration.
        tables: further tables.
    """

    def __init__(
        self,
        home: Path,
        service: Service | None,
        forge: Forge | None,
        *,
        watches: Sequence[Mapping[str, Any]] = ({"name": "in"},),
        **tables: Any,
    ) -> None:
        super().__init__(home / "out")
        self.home = home
        self.service = service
        self.forge = forge
        self.env = {"FLEXORCH_API_KEY": service.key} if service else {}
        self.log = home / "log"
        self.configure(watches, **tables)

    def configure(self, watches: Sequence[Mapping[str, Any]], **tables: Any) -> None:
        """Write the configuration."""
        self.home.mkdir(exist_ok=True)
        where = (
            {"mode": "hosted", "base_url": self.service.url}
            if self.service
            else {"mode": "embedded"}
        )
        api = {"timeout": 5} | where | tables.pop("api", {})
        output = {"path": self.output} | tables.pop("output", {})
        self.file = configuration.write(
            self.home / "flexorchd.toml",
            state_dir=self.home / "state",
            watches=[{"path": self.home / w["name"], "settle": 0, **w} for w in watches],
            api=api,
            output=output,
            **{"web": {"listen": ""}, "log": {"level": "info", "format": "json"}} | tables,
        )

    def drop(self, path: str, content: str | bytes, watch: str = "in") -> bytes:
        """Put a file into a watch, as a whole."""
        data = content.encode() if isinstance(content, str) else content
        target = self.home / watch / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        return data

    def source(self, path: str, watch: str = "in") -> Path:
        return self.home / watch / path

    # In forks.

    def order(
        self,
        *argv: str,
        clock: float = 0.0,
        record: Path | None = None,
        end_at: tuple[str, int] | None = None,
    ) -> dict[str, Any]:
        return {
            "argv": [*argv, "-c", str(self.file)],
            "cwd": str(self.home),
            "env": self.env,
            "out": str(self.home / "stdout"),
            "err": str(self.log),
            "clock": clock,
            "record": str(record) if record else None,
            "end_at": end_at,
        }

    def run(self, *argv: str, **options: Any) -> int:
        """Run a command to its end; its exit code."""
        assert self.forge
        self.forge.start(self.order(*argv, **options))
        return self.forge.result()

    def once(self, **options: Any) -> int:
        return self.run("run", "--once", **options)

    # On its own.

    def spawn(
        self,
        *argv: str,
        env: Mapping[str, str] | None = None,
        umask: int = -1,
        wrapped: Sequence[str] = (),
    ) -> Spawned:
        """Start it as a person does: a process of its own, `wrapped` in another command if need be."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("FLEXORCH")}
        environment |= self.env | {"PYTHONPATH": str(ROOT)} | dict(env or {})
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [*wrapped, sys.executable, "-m", "flexorchd", *argv, "-c", str(self.file)],
                cwd=self.home,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                umask=umask,
            )
        return Spawned(process)

    def command(self, *argv: str) -> tuple[int, str]:
        """Run a short command beside a daemon: its exit code and what it prints."""
        with self.spawn(*argv) as spawned:
            output, _ = spawned.process.communicate(timeout=PATIENCE)
            return spawned.process.returncode, output.decode()

    def status(self) -> dict[str, Any]:
        """What `status --json` prints."""
        _, output = self.command("status", "--json")
        told: dict[str, Any] = json.loads(output)
        return told

    def events(self) -> list[dict[str, Any]]:
        """What was logged."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [json.loads(line) for line in lines if line.startswith("{")]


class Spawned:
    """A running flexorchd."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(
        self, number: signal.Signals = signal.SIGTERM, seconds: float = 15.0
    ) -> tuple[int, float]:
        """Send a signal and wait: the exit code, and the seconds that it took."""
        began = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(timeout=seconds)
        return code, time.monotonic() - began

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(timeout=10)
        if self.process.stdout:
            self.process.stdout.close()
