from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from flexorchd.client import FlexOrch
from tests.client.double import KEY, Double
from tests.client.faults import Faults


def client_of(handler: Callable[[httpx.Request], httpx.Response], **options: object) -> FlexOrch:
    """A client that talks to a function and never really waits."""
    options.setdefault("sleep", lambda seconds: None)
    return FlexOrch(KEY, transport=httpx.MockTransport(handler), **options)


@dataclass
class Backend:
    """Something that answers, and what may be expected of it."""

    name: str
    client: FlexOrch
    double: Double | None = None

    @property
    def builds_many(self) -> bool:
        return self.double is None or self.double.dialect != "L"


@pytest.fixture(params=["S", "D", "L", "faults", "engine"])
def backend(request: pytest.FixtureRequest) -> Iterator[Backend]:
    if request.param == "engine":
        address = request.getfixturevalue("engine")
        with FlexOrch(KEY, address) as client:
            yield Backend("engine", client)
        return
    double = Double("L" if request.param == "faults" else request.param)
    transport: httpx.BaseTransport = httpx.MockTransport(double)
    if request.param == "faults":
        transport = Faults(double)
    with FlexOrch(KEY, transport=transport, sleep=lambda seconds: None) as client:
        yield Backend(request.param, client, double)


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an embedded engine over TCP."""
    home = tmp_path_factory.mktemp("engine")
    (home / "shared").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings = {
            "data": str(home / "data"),
            "key": KEY,
            "socket": listener.fileno(),
            "connector_roots": [str(home / "shared")],
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "flexorchd.engine"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[listener.fileno()],
        )
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(settings).encode() + b"\n")
        process.stdin.flush()
        said = json.loads(process.stdout.readline() or "{}")
        try:
            if not said.get("ready"):
                pytest.fail(f"the engine does not start: {said}")
            port = listener.getsockname()[1]
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.stdin.close()
            process.wait(timeout=20)
            process.stdout.close()


@pytest.fixture
def invoice(tmp_path: Path) -> Path:
    return written(tmp_path / "invoice.txt", "INV-7")


def written(path: Path, number: str) -> Path:
    """A small invoice, as text."""
    path.write_text(
        f"Invoice\nInvoice No: {number}\nDate: 2026-05-06\nVendor: Acme GmbH\n"
        "Contact: jane.doe@example.com\nIBAN: DE89 3704 0044 0532 0130 00\n"
        "Total: EUR 1,487.50\n"
    )
    return path
