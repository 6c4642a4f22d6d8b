"""The embedded engine as it is run: a process, answering over real HTTP."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.client.double import KEY


@contextmanager
def running_engine(data: Path, **settings: object) -> Iterator[str]:
    """Start an engine; its address, until the end of the block."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        told = {"data": str(data / "data"), "key": KEY, "socket": listener.fileno(), **settings}
        process = subprocess.Popen(
            [sys.executable, "-m", "flexorchd.engine"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[listener.fileno()],
        )
        with process:
            assert process.stdin
            assert process.stdout
            process.stdin.write(json.dumps(told).encode() + b"\n")
            process.stdin.flush()
            said = json.loads(process.stdout.readline() or "{}")
            assert said.get("ready"), said
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
            process.stdin.close()
            process.wait(timeout=20)
