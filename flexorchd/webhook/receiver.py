"""Takes signed deliveries; refuses unsigned and wrong ones; a repeat wakes nobody."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from flexorchd.client import Delivery, UnexpectedAnswerError, read_delivery, verify_delivery

log = structlog.get_logger()

SIGNATURE = "X-Flexorch-Signature"
LARGEST_BODY = 64 * 1024
REMEMBERED = 10_000


class Receiver:
    """Decides what a delivery is worth.

    Args:
        secret: what deliveries are signed with, asked for each time, since the service may change it.
        wake: called with the job's id, or None where the delivery names none.
    """

    def __init__(self, secret: Callable[[], str], wake: Callable[[str | None], None]) -> None:
        self._secret = secret
        self._wake = wake
        self._seen: OrderedDict[Delivery, None] = OrderedDict()

    def take(self, body: bytes, signature: str) -> bool:
        """Whether the delivery is signed as it should be; if so, and it is no repeat, wake the poll."""
        if not verify_delivery(self._secret(), body, signature):
            log.warning("webhook.refused", reason="the signature is missing or wrong")
            return False
        try:
            delivery = read_delivery(body)
        except UnexpectedAnswerError:
            # The body of dataset.ready is documented nowhere: a good signature is enough.
            self._wake(None)
            return True
        if delivery not in self._seen:
            self._remember(delivery)
            self._wake(delivery.job_id)
            log.debug("webhook.taken", hook=delivery.event, job_id=delivery.job_id)
        return True

    def _remember(self, delivery: Delivery) -> None:
        self._seen[delivery] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)


def create_app(receiver: Receiver) -> Starlette:
    """The receiver as an application: any path, POST only."""

    async def take(request: Request) -> Response:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_BODY:
                return PlainTextResponse("too large\n", 413)
        if not receiver.take(body, request.headers.get(SIGNATURE, "")):
            return PlainTextResponse("the signature is missing or wrong\n", 401)
        return PlainTextResponse("taken\n")

    return Starlette(routes=[Route("/{path:path}", take, methods=["POST"])])
