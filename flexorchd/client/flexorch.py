"""The client itself: what a user makes first."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import TracebackType

import httpx

from flexorchd.client.connectors import Connectors
from flexorchd.client.datasets import Datasets
from flexorchd.client.documents import Documents
from flexorchd.client.driver import Driver
from flexorchd.client.executions import Executions
from flexorchd.client.jobs import Jobs
from flexorchd.client.transport import Transport
from flexorchd.client.usage import UsageAccount
from flexorchd.client.webhooks import Webhooks
from flexorchd.client.wire import Gate, OpenGate

BASE_URL = "https://api.flexorch.com/v1"


class FlexOrch:
    """A FlexOrch client. Safe to share between threads; a context manager.

    Args:
        api_key: the key, ``dfx_…``; else the environment's ``FLEXORCH_API_KEY``.
        base_url: where the API is, with its version. Plain http is for this machine only.
        timeout: seconds for connecting and for each wait for the service.
        uds: the path of a Unix socket to go through, instead of the network.
        transport: what httpx sends through, instead of the network.
        retry_for: seconds in which a call that can be repeated is tried again after its first
            failure; 0 is never, and then lost uploads are not looked for either.
        gate: stands before every single request; it may pace, count, or forbid.
        sleep: waits so many seconds between tries and polls. What it raises ends the call.
        user_agent: how to introduce ourselves to the service.

    Raises:
        AuthenticationError: the key is missing or malformed.
        ValueError: the base URL is no place to send a key to.

    Example:
        ::

            with FlexOrch() as client:
                job = client.documents.upload("invoice.pdf").wait_until_done()
                dataset = client.datasets.build([job.id], "invoices")
                client.datasets.export_to(dataset.id, "csv", "invoices.csv")
    """

    def __init__(
        self,
        api_key: str | None = None,
        base_url: str = BASE_URL,
        timeout: float = 30,
        *,
        uds: str | None = None,
        transport: httpx.BaseTransport | None = None,
        retry_for: float = 60.0,
        gate: Gate | None = None,
        sleep: Callable[[float], None] = time.sleep,
        user_agent: str = "flexorchd",
    ) -> None:
        wire = Transport(
            api_key, base_url, timeout, uds=uds, transport=transport, user_agent=user_agent
        )
        self._equip(Driver(wire, retry_for, sleep, gate or OpenGate()))

    def _equip(self, driver: Driver) -> None:
        self._driver = driver
        self.jobs = Jobs(driver)
        self.documents = Documents(driver, self.jobs)
        self.executions = Executions(driver)
        self.datasets = Datasets(driver)
        self.usage = UsageAccount(driver)
        self.connectors = Connectors(driver)
        self.webhooks = Webhooks(driver)

    def using(self, gate: Gate) -> FlexOrch:
        """A view on the same connections, with another gate. Closing either closes both."""
        view = object.__new__(FlexOrch)
        view._equip(replace(self._driver, gate=gate))
        return view

    @property
    def dialects(self) -> Mapping[str, str]:
        """The dialect of each operation's last answer, and of requests that had to be tried.

        Keys are operations such as ``jobs.get``, and ``request: feedback`` for the latter; values
        are ``L``, ``D`` or ``S``.
        """
        memory = self._driver.memory
        return memory.heard | {f"request: {name}": said for name, said in memory.spoken.items()}

    def close(self) -> None:
        """Close the connections."""
        self._driver.transport.close()

    def __enter__(self) -> FlexOrch:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"FlexOrch({str(self._driver.transport.base_url)!r})"
