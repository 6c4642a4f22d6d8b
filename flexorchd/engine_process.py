"""The embedded engine as a neighbour: its own process, reached over a Unix socket, ended with the daemon."""

from __future__ import annotations

import json
import os
import re
import secrets
import selectors
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import structlog

from flexorchd.clock import Clock
from flexorchd.config import EngineConfig
from flexorchd.errors import ConfigError, StateError
from flexorchd.extras import lacking
from flexorchd.state import StateDirectory

log = structlog.get_logger()

READY_SECONDS = 60.0
STOP_SECONDS = 2.5
SOCKET = "engine.sock"
SECRET_OF_A_COLLECTOR = re.compile("OTEL_EXPORTER_OTLP_(.*_)?HEADERS")


def require_engine() -> None:
    """Refuse to go on without what the embedded engine needs.

    Raises:
        ConfigError: the extra is not installed.
    """
    if missing := lacking("engine"):
        raise ConfigError(
            "api.mode",
            f"is embedded, but the embedded engine is not installed: {', '.join(missing)} missing.",
            "Type: pip install 'flexorchd[engine]'",
        )


LOOK_AT_IT = "Its own words are in the log above; `flexorchd check` looks at what it needs."


class EngineProcess:
    """Starts, watches and stops the embedded engine.

    Args:
        state: where its data and its socket are.
        config: the `[engine]` table.
        clock: the time.
    """

    def __init__(self, state: StateDirectory, config: EngineConfig, clock: Clock) -> None:
        self._state = state
        self._config = config
        self._clock = clock
        self.key = f"dfx_{secrets.token_urlsafe(24)}"
        self.store_id = ""
        self.restarts = 0
        self._process: subprocess.Popen[bytes] | None = None
        with suppress(FileNotFoundError):
            (state.path / SOCKET).unlink()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.bind(state.socket_path(SOCKET))
        (state.path / SOCKET).chmod(0o600)
        self._socket.listen(128)

    @property
    def uds(self) -> str:
        """The path that a client connects to."""
        return self._state.socket_path(SOCKET)

    @property
    def alive(self) -> bool:
        """Whether the engine runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            StateError: it ended or said nothing in time.
        """
        self._process = process = subprocess.Popen(
            [sys.executable, "-P", "-m", "flexorchd.engine"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=clean_environment(),
            pass_fds=(self._socket.fileno(),),
            start_new_session=True,
        )
        assert process.stdin is not None  # noqa: S101  asked for above
        process.stdin.write(json.dumps(self._settings()).encode() + b"\n")
        process.stdin.flush()
        answer = self._first_line(process)
        if not answer.get("ready"):
            self.stop()
            raise StateError(
                f"The embedded engine did not start: {answer.get('error')}", LOOK_AT_IT
            )
        self.store_id = str(answer["store_id"])
        log.debug("engine.started", pid=process.pid, store=self.store_id)

    def _settings(self) -> dict[str, object]:
        data = self._state.path / "engine"
        return {
            "data": str(data),
            "key": self.key,
            "socket": self._socket.fileno(),
            "plan": self._config.plan,
            "executor": self._config.executor,
            "ocr_languages": list(self._config.ocr_languages),
            "keep_originals": float(self._config.keep_originals),
            "connector_roots": [str(Path(root)) for root in self._config.connector_roots],
        }

    def _first_line(self, process: subprocess.Popen[bytes]) -> dict[str, object]:
        assert process.stdout is not None  # noqa: S101  asked for above
        deadline = self._clock.monotonic() + READY_SECONDS
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while (left := deadline - self._clock.monotonic()) > 0:
                if selector.select(left) and (line := process.stdout.readline()):
                    answer: dict[str, object] = json.loads(line)
                    return answer
                if process.poll() is not None:
                    break
        self.stop()
        raise StateError("The embedded engine did not start.", LOOK_AT_IT)

    def revive(self) -> bool:
        """Start it again if it has ended; whether it had."""
        if self.alive:
            return False
        code = self._process.returncode if self._process else None
        log.error("engine.ended", exit_code=code)
        self.restarts += 1
        self.start()
        return True

    def stop(self) -> None:
        """Stop it, with all its children."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin:
            with suppress(OSError):
                process.stdin.close()
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()

    def close(self) -> None:
        """Stop it and give its socket back."""
        self.stop()
        self._socket.close()
        with suppress(FileNotFoundError):
            (self._state.path / SOCKET).unlink()


def clean_environment() -> dict[str, str]:
    """This process's environment without our variables and a collector's keys: children inherit no secret."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("FLEXORCH") and not SECRET_OF_A_COLLECTOR.fullmatch(name)
    }
