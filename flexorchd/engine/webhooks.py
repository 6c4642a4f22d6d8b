"""Delivers what the store owes to webhooks: signed, and once more if the first try fails."""

from __future__ import annotations

import hashlib
import hmac
import logging
import sqlite3
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx

from flexorchd.engine.failure import Failure
from flexorchd.engine.model import Outcome
from flexorchd.engine.store import Store
from flexorchd.engine.store.moments import now
from flexorchd.engine.store.webhooks import Delivery, owe

_log = logging.getLogger(__name__)

_ATTEMPTS = 2
_PAUSE = timedelta(seconds=2)
_TIMEOUT = 10.0
_AT_ONCE = 4
_IDLE_SECONDS = 2.0


def signature(secret: str, body: bytes) -> str:
    """The header ``X-Flexorch-Signature``: HMAC-SHA256 of the raw body, in hex."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def owe_job(
    database: sqlite3.Connection, job_id: int, end: Outcome | Failure, moment: datetime
) -> None:
    """Owe the end of a job to the webhooks, in the transaction that ends it."""
    failed = isinstance(end, Failure)
    body: dict[str, Any] = {
        "job_id": job_id,
        "status": "failed" if failed else "completed",
        "quality_grade": None if isinstance(end, Failure) else end.quality.grade,
        "pii_findings_count": 0 if isinstance(end, Failure) else sum(end.pii_types.values()),
    }
    owe(database, "job.failed" if failed else "job.completed", body, moment)


class Deliverer:
    """A thread that sends what is due.

    Args:
        store: what is owed.
        before: called with each delivery before it is sent.
    """

    def __init__(self, store: Store, before: Callable[[Delivery], None]) -> None:
        self._store = store
        self._before = before
        self._wake = threading.Event()
        self._stopping = False
        self._under_way: set[int] = set()
        self._free = threading.Semaphore(_AT_ONCE)
        self._client = httpx.Client(timeout=_TIMEOUT, trust_env=False)
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """Stop sending; what is owed stays owed, and no receiver that hangs is waited for."""
        self._stopping = True
        self._wake.set()
        self._thread.join(_IDLE_SECONDS)

    def wake(self) -> None:
        """There may be something to send."""
        self._wake.set()

    def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                self._send_due()
            except sqlite3.Error:
                _log.exception("webhook deliveries could not be read; trying again")
            self._wake.wait(_IDLE_SECONDS)

    def _send_due(self) -> None:
        for delivery in self._store.webhooks.due(now(), limit=100):
            if delivery.id not in self._under_way and not self._stopping:
                self._free.acquire()
                self._under_way.add(delivery.id)
                threading.Thread(target=self._send, args=(delivery,), daemon=True).start()

    def _send(self, delivery: Delivery) -> None:
        try:
            self._before(delivery)
            problem = self._post(delivery)
            if problem is None:
                self._store.webhooks.delivered(delivery.id)
            elif delivery.attempts + 1 < _ATTEMPTS:
                self._store.webhooks.postpone(delivery.id, now() + _PAUSE)
            else:
                _log.warning("a webhook delivery was given up: %s", problem)
                self._store.webhooks.delivered(delivery.id)
        except sqlite3.Error:
            if not self._stopping:
                _log.exception("the end of a webhook delivery could not be kept; it is sent again")
        finally:
            self._under_way.discard(delivery.id)
            self._free.release()

    def _post(self, delivery: Delivery) -> str | None:
        """Send once; what went wrong, or None."""
        headers = {
            "Content-Type": "application/json",
            "X-Flexorch-Signature": signature(delivery.secret, delivery.body),
        }
        try:
            answer = self._client.post(delivery.url, content=delivery.body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            return type(error).__name__
        return None if answer.is_success else f"HTTP {answer.status_code}"
