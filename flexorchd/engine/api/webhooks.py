"""Webhooks: who is told of what."""

from __future__ import annotations

import secrets
from typing import Annotated, Any, Literal

import httpx
import msgspec

from flexorchd.engine.api.envelope import Answer, invalid, listing, not_found
from flexorchd.engine.api.operation import Operation
from flexorchd.engine.api.paging import Paging
from flexorchd.engine.service import Engine
from flexorchd.engine.store.moments import now
from flexorchd.engine.store.webhooks import Webhook

Event = Literal["job.completed", "job.failed", "dataset.ready", "quota.warning"]


class AutoExport(msgspec.Struct, frozen=True):
    """Put each finished dataset into connected storage."""

    connector_id: Annotated[int, msgspec.Meta(ge=1, le=10**18)]
    format: str
    prefix: str = "exports/"


class Registration(msgspec.Struct, frozen=True):
    """A new webhook. Without a secret, one is made and returned once."""

    url: Annotated[str, msgspec.Meta(max_length=2000, pattern=r"^https?://[^\s/]+")]
    events: Annotated[list[Event], msgspec.Meta(min_length=1)]
    secret: Annotated[str, msgspec.Meta(min_length=1, max_length=500)] | None = None
    auto_export: AutoExport | None = None


def routes(engine: Engine) -> list[Operation]:
    """The operations of this resource."""
    webhooks = _Webhooks(engine)
    return [
        Operation("POST", "/webhooks", webhooks.register, status=201),
        Operation("GET", "/webhooks", webhooks.page),
        Operation("DELETE", "/webhooks/{webhook_id}", webhooks.delete, status=204),
    ]


class _Webhooks:
    def __init__(self, engine: Engine) -> None:
        self._webhooks = engine.store.webhooks

    def register(self, body: Registration) -> Answer:
        """Register a webhook; the answer alone holds its signing secret."""
        if not _can_be_sent_to(body.url):
            raise invalid("url is not an address that can be sent to.")
        export = msgspec.to_builtins(body.auto_export) if body.auto_export else None
        secret = body.secret or secrets.token_hex(32)
        webhook = self._webhooks.add(body.url, body.events, secret, export, now())
        return Answer(_view(webhook) | {"secret": secret}, 201)

    def page(self, query: Paging) -> Answer:
        """List webhooks, newest first, without their secrets."""
        webhooks = self._webhooks.all()
        views = [_view(webhook) for webhook in webhooks[query.start :][: query.size]]
        return listing(views, len(webhooks), query.number, query.size)

    def delete(self, webhook_id: int) -> Answer:
        """Remove a webhook and what is still owed to it."""
        if not self._webhooks.delete(webhook_id):
            raise not_found("webhook", webhook_id)
        return Answer(status=204)


def _can_be_sent_to(url: str) -> bool:
    try:
        return bool(httpx.Request("POST", url).url.host)
    except (httpx.InvalidURL, ValueError):
        return False


def _view(webhook: Webhook) -> dict[str, Any]:
    return {
        "id": webhook.id,
        "url": webhook.url,
        "events": webhook.events,
        "active": True,
        "auto_export": webhook.auto_export,
        "created_at": webhook.created_at,
    }
