"""Webhooks: registered, and their deliveries verified and read."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flexorchd.client.dialects import DELIVERY, WEBHOOK, WEBHOOK_EVENTS
from flexorchd.client.envelope import parse
from flexorchd.client.errors import UnexpectedAnswerError
from flexorchd.client.models import Delivery, Webhook
from flexorchd.client.operations.listing import PAGE_SIZE, every
from flexorchd.client.reading import Body
from flexorchd.client.wire import Call, Repeat, Steps, path


def register(
    url: str, events: Sequence[str], secret: str, auto_export: Mapping[str, Any] | None
) -> Steps[Webhook]:
    """Have events delivered. A secret that the service returns wins over the one it was sent.

    Raises:
        ValueError: an unknown event.
    """
    unknown = sorted(set(events) - set(WEBHOOK_EVENTS))
    if unknown or not events:
        raise ValueError(f"events must be some of {', '.join(WEBHOOK_EVENTS)}")
    body: dict[str, Any] = {"url": url, "events": list(events), "secret": secret}
    if auto_export is not None:
        body["auto_export"] = dict(auto_export)
    answer = yield Call("webhooks.register", "POST", "/webhooks", repeat=Repeat.UNTAKEN, json=body)
    webhook = read(answer.call, answer.data, answer.date)
    return webhook if webhook.secret else replace(webhook, secret=secret)


def list_all() -> Steps[list[Webhook]]:
    """All webhooks."""

    def page(number: int) -> Call:
        params = {"page": number, "page_size": PAGE_SIZE}
        return Call("webhooks.list", "GET", "/webhooks", params=params)

    return (yield from every(page, read))


def delete(webhook_id: str) -> Steps[None]:
    """Have nothing delivered there any more."""
    yield Call("webhooks.delete", "DELETE", path("webhooks", webhook_id))


def verify_delivery(secret: str, body: bytes, signature: str) -> bool:
    """Whether a delivery was signed with the secret.

    Args:
        secret: the webhook's secret.
        body: the delivery exactly as it arrived.
        signature: its ``X-Flexorch-Signature``, the body's HMAC-SHA256 in hex.
    """
    wanted = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return bool(secret) and hmac.compare_digest(
        wanted.encode(), signature.strip().encode("utf-8", "replace")
    )


def read_delivery(body: bytes) -> Delivery:
    """What a verified delivery tells.

    Raises:
        UnexpectedAnswerError: it is no delivery.
    """
    try:
        data = parse(body)
    except ValueError:
        raise UnexpectedAnswerError("webhooks.delivery", "the delivery is not JSON") from None
    content = Body("webhooks.delivery", data, DELIVERY)
    return Delivery(
        event=content.require("event", content.text("event")),
        job_id=content.beyond.identity("job"),
        status=content.beyond.text("status"),
        timestamp=content.beyond.identity("timestamp"),
    )


def read(call: str, data: Any, _: datetime) -> Webhook:
    """A webhook from its object."""
    body = Body(call, data, WEBHOOK)
    more = body.beyond
    active = more.flag("active")
    return Webhook(
        id=body.require("id", body.identity("id")),
        url=body.text("url") or "",
        events=tuple(str(event) for event in body.sequence("events") or ()),
        active=True if active is None else active,
        created_at=more.moment("created"),
        auto_export=more.mapping("auto_export"),
        secret=more.text("secret"),
    )
