"""`client.connectors`: connected storage, and pulling from it regularly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flexorchd.client.driver import Driver
from flexorchd.client.models import Connector, ConnectorTest, Schedule, SyncLog
from flexorchd.client.operations import connectors


class Connectors:
    """Knows the connected storages of the workspace."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def create(self, name: str, type: str, config: Mapping[str, Any]) -> Connector:
        """Connect a storage.

        Args:
            name: for people.
            type: ``s3``, ``gcs``, ``azure_blob``, or another that the service knows.
            config: such as ``{"bucket": …, "region": …, "access_key_id": …,
                "secret_access_key": …}``; the service never gives the secrets back.
        """
        return self._driver.run(connectors.create(self._driver.memory, name, type, config))

    def get(self, connector_id: int | str) -> Connector:
        """One connector.

        Raises:
            NotFoundError: there is no such connector.
        """
        return self._driver.run(connectors.get(connector_id))

    def test(self, connector_id: int | str) -> ConnectorTest:
        """Whether its storage can be reached."""
        return self._driver.run(connectors.test(connector_id))

    def delete(self, connector_id: int | str) -> None:
        """Disconnect it."""
        self._driver.run(connectors.delete(connector_id))

    def create_schedule(
        self,
        connector_id: int | str,
        cron: str,
        prefix: str | None = None,
        *,
        name: str | None = None,
    ) -> Schedule:
        """Pull regularly.

        Args:
            connector_id: the connector.
            cron: five fields, in UTC.
            prefix: take keys that begin so alone.
            name: for people, where the service takes one.

        Raises:
            QuotaExceededError: the plan has no more schedules; it concerns this request alone.
        """
        memory = self._driver.memory
        return self._driver.run(
            connectors.create_schedule(memory, connector_id, cron, prefix, name)
        )

    def list_schedules(self, connector_id: int | str) -> Sequence[Schedule]:
        """Its schedules."""
        return self._driver.run(connectors.list_schedules(connector_id))

    def delete_schedule(self, connector_id: int | str, schedule_id: str) -> None:
        """Pull no more."""
        self._driver.run(connectors.delete_schedule(connector_id, schedule_id))

    def trigger_schedule(self, connector_id: int | str, schedule_id: str) -> SyncLog:
        """Pull now."""
        return self._driver.run(connectors.trigger_schedule(connector_id, schedule_id))

    def schedule_logs(self, connector_id: int | str, schedule_id: str) -> Sequence[SyncLog]:
        """The last runs of a schedule."""
        return self._driver.run(connectors.schedule_logs(connector_id, schedule_id))

    def list(self) -> list[Connector]:
        """All connectors."""
        return self._driver.run(connectors.list_all())
