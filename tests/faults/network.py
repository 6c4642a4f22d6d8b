"""Networks that misbehave, on loopback: certificates of all kinds, proxies, addresses that swallow what comes."""

from __future__ import annotations

import select
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import trustme

PIECE = 65_536


class Authority:
    """Issues certificates; whoever trusts its file trusts them.

    Args:
        file: where its own certificate is written.
    """

    def __init__(self, file: Path) -> None:
        self._ca = trustme.CA()
        self.file = file
        self._ca.cert_pem.write_to_path(str(file))

    def issue(self, *names: str, days: int = 30) -> ssl.SSLContext:
        """A server's side with a certificate for these names, valid for so many days, or no more if below 0."""
        until = datetime.now(UTC) + timedelta(days=days)
        since = until - timedelta(days=60)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(*names, not_before=since, not_after=until).configure_cert(context)
        return context


class Changing:
    """A server's side whose certificate can be changed while it listens."""

    def __init__(self, first: ssl.SSLContext) -> None:
        self.now = first
        self.context = first
        first.set_servername_callback(self._choose)

    def _choose(self, connection: Any, name: str | None, context: ssl.SSLContext) -> None:
        connection.context = self.now


class Proxy:
    """A forward proxy that joins connections (``CONNECT``); a context manager.

    Args:
        names: which port of this machine is behind a name.
        port: where to listen; 0 is any.

    Attributes:
        refuses: the status that it answers with instead; None when all is well.
        asked: the targets that it was asked for.
        seen: every byte that went through it.
    """

    def __init__(self, names: Mapping[str, int], port: int = 0) -> None:
        self.names = names
        self.refuses: int | None = None
        self.asked: list[str] = []
        self.seen = bytearray()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self.url = f"http://user:secret-of-the-proxy@127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            proxy.asked.append(self.path)
            name = self.path.partition(":")[0]
            if proxy.refuses or name not in proxy.names:
                self.send_error(proxy.refuses or 502)
                return
            with socket.create_connection(("127.0.0.1", proxy.names[name])) as target:
                self.send_response(200)
                self.end_headers()
                _join(self.connection, target, proxy.seen)

        def log_message(self, *_: object) -> None:
            """Tests look at what was asked."""

    return Handler


def _join(one: socket.socket, other: socket.socket, seen: bytearray) -> None:
    across = {one: other, other: one}
    with suppress(OSError):
        while True:
            for source in select.select([one, other], [], [], 30)[0]:
                piece = source.recv(PIECE)
                if not piece:
                    return
                seen += piece
                across[source].sendall(piece)


class Swallow:
    """An address that takes no connection and refuses none; a context manager."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(0)
        self.port = int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        # Once nobody else fits into the queue of those who wait, the kernel drops what comes.
        for _ in range(8):
            waiting = self._open.enter_context(socket.socket())
            waiting.setblocking(False)
            with suppress(BlockingIOError):
                waiting.connect(("127.0.0.1", self.port))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()
        self._listener.close()
