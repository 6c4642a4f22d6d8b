"""`client.webhooks`: being told instead of asking."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from flexorchd.client.driver import Driver
from flexorchd.client.models import Webhook
from flexorchd.client.operations import webhooks


class Webhooks:
    """Knows the webhooks of the workspace."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def register(
        self,
        url: str,
        events: Sequence[str],
        *,
        secret: str | None = None,
        auto_export: Mapping[str, Any] | None = None,
    ) -> Webhook:
        """Have events delivered; keep the `secret` of what is returned, it is told only now.

        Args:
            url: where to, https.
            events: of ``job.completed``, ``job.failed``, ``dataset.ready``, ``quota.warning``.
            secret: signs the deliveries; made here when not given. The service may choose its own.
            auto_export: push ready datasets to a connector: ``{"connector_id", "format", "prefix"}``.

        Raises:
            ValueError: an unknown event; nothing was sent.
        """
        chosen = secret or secrets.token_hex(32)
        return self._driver.run(webhooks.register(url, events, chosen, auto_export))

    def delete(self, webhook_id: str) -> None:
        """Have nothing delivered there any more."""
        self._driver.run(webhooks.delete(webhook_id))

    def list(self) -> list[Webhook]:
        """All webhooks, without their secrets."""
        return self._driver.run(webhooks.list_all())
