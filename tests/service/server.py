"""The service at a real socket of this machine."""

from __future__ import annotations

import os
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from tests.service.dialects import Dialect
from tests.service.faults import Fault, Planned, Reply, Script
from tests.service.operations import Operations, Plan, Request, refusal, route
from tests.service.workspace import Workspace

KEY = "dfx_test_0123456789abcdef"


class Service:
    """A FlexOrch service; a context manager that listens while it is open.

    Args:
        dialect: the shapes of the wire, see `dialects`.
        builds_many, thin_lists, records_early: see `Operations`.
        job_seconds: how long a job takes.
        clock: seconds since the epoch, as the service has them; it also tells them as ``Date``.
        port: where to listen; 0 is any.
        tls: the server's side of TLS; None speaks in the open.
    """

    def __init__(
        self,
        dialect: Dialect = "L",
        *,
        builds_many: bool = False,
        thin_lists: bool = False,
        records_early: bool = True,
        job_seconds: float = 0.0,
        clock: Callable[[], float] = time.time,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.key = KEY
        self.clock = clock
        self.workspace = Workspace(lambda: self.clock(), job_seconds)
        self.plan = Plan()
        self.operations = Operations(
            self.workspace,
            self.plan,
            dialect,
            builds_many=builds_many,
            thin_lists=thin_lists,
            records_early=records_early,
        )
        self.script = Script()
        self.requests: list[Request] = []
        self.closing = threading.Event()
        self._server = _Server(("127.0.0.1", port), self)
        if tls is not None:
            # The handshake is made by each connection's own thread.
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Listen no more; what is open is reset."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._server.reset_all()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def fault(
        self,
        operation: str,
        fault: Fault,
        *,
        times: int = 1,
        where: Callable[[Request], bool] = lambda request: True,
    ) -> None:
        """The next `times` requests of an operation (``*``: of any) that fit go wrong in this way."""
        self.script.plan(Planned(operation, fault, times, where))

    def recover(self) -> None:
        """Nothing goes wrong any more."""
        self.script.clear()

    def count(self, operation: str) -> int:
        """How many requests of an operation arrived."""
        return self.operations_seen()[operation]

    def operations_seen(self) -> Counter[str]:
        return Counter(request.operation for request in list(self.requests))

    def uploads(self) -> list[list[str]]:
        """The file names of each upload request that arrived whole."""
        return [
            r.names for r in list(self.requests) if r.operation == "documents.upload" and r.body
        ]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], service: Service) -> None:
        self.service = service
        self._open: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def reset_all(self) -> None:
        for connection in list(self._open):
            _reset(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that is killed leaves broken connections behind; that is what the tests are for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def _answer(self) -> None:
        service = self.server.service
        request = self._request()
        service.requests.append(request)
        fault = service.script.take(request)
        if (after := fault.cuts()) is not None:
            self.rfile.read(min(after, self._length))
            self._reset()
            return
        request.body = self.rfile.read(self._length)
        if len(request.body) < self._length:
            self.close_connection = True
            return
        reply = fault.instead() or fault.changed(self._carried_out(request))
        data = self._bytes(reply)
        if fault.send(self.wfile.write, data, service.closing):
            self._reset()
            return
        self.wfile.write(data)

    def _carried_out(self, request: Request) -> Reply:
        service = self.server.service
        if request.headers.get("x-api-key") != service.key:
            return refusal(401, "INVALID_API_KEY", "The API key is not valid.")
        return service.operations.carry_out(request)

    @property
    def _length(self) -> int:
        return int(self.headers.get("Content-Length", "0"))

    def _request(self) -> Request:
        address = urlsplit(self.path)
        operation, ids = route(self.command, address.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(address.query))
        return Request(operation, self.command, address.path, query, headers, ids)

    def _bytes(self, reply: Reply) -> bytes:
        headers = {
            "Date": formatdate(self.server.service.clock(), usegmt=True),
            "Content-Length": str(len(reply.body)),
            **reply.headers,
        }
        lines = [f"HTTP/1.1 {reply.status} Said", *(f"{k}: {v}" for k, v in headers.items())]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + reply.body

    def _reset(self) -> None:
        self.close_connection = True
        _reset(self.connection)

    def log_message(self, *_: object) -> None:
        """Tests look at `Service.requests`."""


def _reset(connection: socket.socket) -> None:
    """Close so that the other side sees a reset, not an end."""
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(connection.detach())
    except OSError:
        pass
