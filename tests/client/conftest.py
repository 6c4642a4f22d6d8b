from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from flexorchd.client import FlexOrch
from tests.client.double import KEY, Double
from tests.client.engines import running_engine
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
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the engine's connectors may read."""
    return tmp_path_factory.mktemp("shared")


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Iterator[str]:
    """The address of an embedded engine over TCP."""
    home = tmp_path_factory.mktemp("engine")
    with running_engine(home, connector_roots=[str(shared)]) as address:
        yield address


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
