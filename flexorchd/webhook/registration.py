"""Registers the receiver with the service, once for an address, and keeps the secret it is told."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import structlog

from flexorchd.client import FlexOrch, FlexOrchError
from flexorchd.ledger.ledger import Ledger

log = structlog.get_logger()

EVENTS = ("job.completed", "job.failed", "dataset.ready")
AGAIN_SECONDS = 300.0


class RegistrationStage:
    """Sees to it that the service knows where to deliver.

    Args:
        ledger: remembers what is registered.
        client: a client that passes its requests through the account's gate.
        public_url: where the service reaches us.
        secret_file: in the state directory, for the secret that the service makes.
        given: the configured secret, which the service may replace; None lets one be made.
        wait: seconds until requests make sense.
    """

    name = "webhook"

    def __init__(
        self,
        ledger: Ledger,
        client: FlexOrch,
        public_url: str,
        secret_file: Path,
        given: str | None,
        wait: Callable[[], float],
    ) -> None:
        self._ledger = ledger
        self._client = client
        self._public_url = public_url
        self._secret_file = secret_file
        self._given = given
        self._wait = wait

    def step(self) -> float | None:
        """Register, unless it is done."""
        known = self._ledger.memory.get("webhook")
        if known and known["url"] == self._public_url and self._secret_file.exists():
            return None
        if wait := self._wait():
            return wait
        try:
            if known:
                self._client.webhooks.delete(known["id"])
            webhook = self._client.webhooks.register(self._public_url, EVENTS, secret=self._given)
        except FlexOrchError as error:
            log.warning("webhook.not_registered", code=error.code, reason=error.message)
            return AGAIN_SECONDS
        keep_secret(self._secret_file, webhook.secret or self._given or "")
        self._ledger.memory.set("webhook", {"id": webhook.id, "url": self._public_url})
        log.info("webhook.registered", url=self._public_url)
        return None


def keep_secret(file: Path, secret: str) -> None:
    """Write a secret where only this user can read it."""
    with suppress(FileNotFoundError):
        file.unlink()
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as target:
        target.write(secret)
