"""A transport that lets everything happen, and breaks what may break, in turn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import httpx

Handler = Callable[[httpx.Request], httpx.Response]


class Broken(httpx.SyncByteStream):
    """A body that is cut after its first half."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def __iter__(self) -> Iterator[bytes]:
        yield self.content[: len(self.content) // 2]
        raise httpx.ReadError("cut")


class Faults(httpx.BaseTransport):
    """Each request fails once before it succeeds; how, goes round.

    Requests that change something are only broken where the service has not taken them, or, for
    uploads, after it has.
    """

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.seen: Counter[str] = Counter()
        self.turn = 0
        self.broken = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        name = f"{request.method} {request.url}"
        self.seen[name] += 1
        if self.seen[name] % 2 == 0:
            return self.handler(request)
        self.turn += 1
        self.broken += 1
        if request.method == "POST" and request.url.path.endswith("/data-process/async"):
            return self.fail_upload(request)
        if request.method == "POST":
            return self.refuse(request)
        return self.fail(request)

    def fail_upload(self, request: httpx.Request) -> httpx.Response:
        if "multipart" not in request.headers["Content-Type"]:
            return self.refuse(request)
        self.handler(request)
        raise httpx.ReadError("lost after it was taken")

    def refuse(self, request: httpx.Request) -> httpx.Response:
        if self.turn % 2:
            raise httpx.ConnectError("refused")
        return httpx.Response(429, headers={"Retry-After": "1"}, json={"error": {"code": "X"}})

    def fail(self, request: httpx.Request) -> httpx.Response:
        fault = self.turn % 5
        if fault == 0:
            return httpx.Response(503, text="<html>Service Unavailable</html>")
        if fault == 1:
            raise httpx.ConnectTimeout("no route")
        if fault == 2:
            return httpx.Response(429, headers={"Retry-After": "2"})
        answer = self.handler(request) if request.method == "GET" else httpx.Response(502)
        if fault == 3 or request.method != "GET":
            raise httpx.RemoteProtocolError("gone")
        return httpx.Response(
            answer.status_code,
            headers={"Content-Length": str(len(answer.content))},
            stream=Broken(answer.content),
        )
