"""The only place where the client touches the network; one method wide."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from urllib.request import getproxies, proxy_bypass

import httpx

from flexorchd.client.credentials import checked_key, checked_url
from flexorchd.client.envelope import Reply
from flexorchd.client.errors import TransportError, UnexpectedAnswerError
from flexorchd.client.multipart import Body, Part
from flexorchd.client.verdict import interpret
from flexorchd.client.wire import Answer, Call, Exchange, Gate, Sink

UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
"""No connection was made, so nothing of a request has left."""
LARGEST_ANSWER = 64 * 1024 * 1024
"""Bytes of JSON; an answer with a sink has no bound."""


class Transport:
    """Sends one call as one HTTP request. Safe to share between threads.

    Args:
        api_key, base_url: see `credentials`.
        timeout: seconds for connecting, for each write and read, and for a JSON answer in all.
        uds: the path of a Unix socket to go through.
        transport: what httpx sends through instead of the network.
        user_agent: how to introduce ourselves.

    Raises:
        AuthenticationError: no usable key.
        ValueError: no usable base URL.
    """

    def __init__(
        self,
        api_key: str | None,
        base_url: str,
        timeout: float,
        *,
        uds: str | None = None,
        transport: httpx.BaseTransport | None = None,
        user_agent: str = "flexorchd",
    ) -> None:
        self._key = checked_key(api_key)
        self.base_url = checked_url(base_url, local=uds is not None)
        self._timeout = timeout
        self._way = "" if uds or transport else way_to(self.base_url)
        self._http = httpx.Client(
            headers={
                "X-API-KEY": self._key,
                "User-Agent": user_agent,
                "Accept": "application/json",
            },
            timeout=timeout,
            follow_redirects=False,
            # The environment's proxies must not see what was meant for this machine.
            trust_env=self.base_url.scheme == "https",
            transport=httpx.HTTPTransport(uds=uds) if uds and transport is None else transport,
        )

    def send(self, call: Call, gate: Gate) -> Answer:
        """Send the call, once.

        Raises:
            FlexOrchError: the service refused, could not be reached, or made no sense.
            Exception: what the gate, an upload's content or a sink raises, as it is.
        """
        gate.enter(call.name)
        outgoing = _Outgoing(self._http, str(self.base_url), call)
        started = time.monotonic()
        reply: Reply | None = None
        failure: Exception | None = None
        try:
            reply = self._exchange(call, outgoing)
            return interpret(reply, self._key)
        except Exception as error:
            failure = error
            raise
        finally:
            outgoing.close()
            gate.leave(_exchange_of(call, reply, failure, started, outgoing.sent))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _exchange(self, call: Call, outgoing: _Outgoing) -> Reply:
        try:
            with closing(self._http.send(outgoing.request, stream=True)) as response:
                try:
                    return _received(call, response, self._timeout)
                except httpx.DecodingError:
                    raise UnexpectedAnswerError(
                        call.name, "the answer's compression is broken", status=response.status_code
                    ) from None
        except httpx.HTTPError as error:
            raise self._lost(error, outgoing) from error

    def _lost(self, error: httpx.HTTPError, outgoing: _Outgoing) -> TransportError:
        unsent = isinstance(error, UNSENT)
        complete = outgoing.complete and not unsent
        host = self.base_url.host + self._way
        if isinstance(error, httpx.TimeoutException):
            message = f"{host} did not answer within {self._timeout:g} s."
            return TransportError(message, code="TIMEOUT", body_complete=complete)
        reason = str(error) or type(error).__name__
        if unsent:
            return TransportError(
                f"{host} cannot be reached: {reason}.",
                code=_code_of(error, through_proxy=bool(self._way)),
                body_complete=False,
            )
        return TransportError(
            f"The connection to {host} was lost: {reason}.",
            code="CONNECTION_LOST",
            body_complete=complete,
        )


def way_to(url: httpx.URL) -> str:
    """How a message names the proxy that the environment puts before an address; without its password."""
    if url.scheme != "https" or proxy_bypass(url.host):
        return ""
    proxies = getproxies()
    proxy = proxies.get("https") or proxies.get("all")
    return f" (through the proxy {httpx.URL(proxy).netloc.decode()})" if proxy else ""


def _code_of(error: BaseException, *, through_proxy: bool) -> str | None:
    """What kept a connection from being made, by what lies behind httpx's error."""
    if isinstance(error, httpx.ProxyError):
        return "PROXY_FAILED"
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "TLS_FAILED"
        if isinstance(cause, socket.gaierror):
            return "PROXY_FAILED" if through_proxy else "UNKNOWN_HOST"
        cause = cause.__cause__ or cause.__context__
    return "PROXY_FAILED" if through_proxy else None


class _Outgoing:
    """A call as a request, and how much of its body has gone."""

    def __init__(self, http: httpx.Client, base: str, call: Call) -> None:
        parts = [Part(upload) for upload in call.uploads]
        self.request = http.build_request(
            call.method,
            base + call.path,
            params=dict(call.params) or None,
            headers={"Accept": "*/*", "Accept-Encoding": "identity"} if call.sink else None,
            **_content(call, parts),
        )
        length = int(self.request.headers.get("Content-Length", "0"))
        self._length = length
        self._body: Body | None = None
        if parts and isinstance(self.request.stream, httpx.SyncByteStream):
            self._body = Body(self.request.stream, length, parts)
            self.request.stream = self._body

    @property
    def sent(self) -> int:
        return self._body.sent if self._body else self._length

    @property
    def complete(self) -> bool:
        return self._body.complete if self._body else True

    def close(self) -> None:
        if self._body:
            self._body.close()


def _content(call: Call, parts: list[Part]) -> dict[str, Any]:
    if parts:
        files = [
            ("files", (upload.name, part, "application/octet-stream"))
            for upload, part in zip(call.uploads, parts, strict=True)
        ]
        return {"files": files, "data": dict(call.form)}
    if call.form:
        return {"data": dict(call.form)}
    return {} if call.json is None else {"json": call.json}


def _received(call: Call, response: httpx.Response, timeout: float) -> Reply:
    size, body = 0, bytearray()
    sink = call.sink if response.is_success else None
    if sink is not None:
        size = _pour(call, response, sink)
    else:
        for chunk in _within(timeout, response.iter_bytes()):
            body += chunk
            if len(body) > LARGEST_ANSWER:
                raise UnexpectedAnswerError(call.name, "the answer has no end")
    _check_whole(response, size or len(body))
    return Reply(
        call.name,
        response.status_code,
        dict(response.headers.items()),
        bytes(body),
        time.monotonic(),
        datetime.now(UTC),
        size,
    )


def _within(timeout: float, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The chunks, as long as they come in time: each alone may be timely, and all without end."""
    until = time.monotonic() + timeout
    for chunk in chunks:
        if time.monotonic() > until:
            raise httpx.ReadTimeout("the answer trickles")
        yield chunk


def _pour(call: Call, response: httpx.Response, sink: Sink) -> int:
    framed = "content-length" in response.headers or "transfer-encoding" in response.headers
    if not framed:
        raise UnexpectedAnswerError(
            call.name, "the answer tells no length, so its end cannot be told from a break"
        )
    sink.restart()
    size = 0
    for chunk in response.iter_bytes():
        sink.write(chunk)
        size += len(chunk)
    return size


def _check_whole(response: httpx.Response, size: int) -> None:
    declared = response.headers.get("content-length", "")
    encoded = "content-encoding" in response.headers
    if declared.isdecimal() and not encoded and int(declared) != size:
        raise httpx.RemoteProtocolError(f"{size} of {declared} bytes arrived")


def _exchange_of(
    call: Call, reply: Reply | None, failure: Exception | None, started: float, sent: int
) -> Exchange:
    return Exchange(
        operation=call.name,
        status=reply.status if reply else None,
        seconds=time.monotonic() - started,
        server_date=reply.date if reply else None,
        retry_after=reply.retry_after if reply else None,
        error=failure,
        bytes_sent=sent,
    )
