"""A real TCP server on loopback that does to a connection whatever a script says."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime


@dataclass
class Connection:
    """One accepted connection, and what came through it."""

    socket: socket.socket
    received: bytearray = field(default_factory=bytearray)

    def read_head(self) -> None:
        """Until the end of the request's headers."""
        while b"\r\n\r\n" not in self.received and self.read_some():
            pass

    def read_request(self) -> bytes:
        """The whole request, or as much as comes."""
        self.read_head()
        head, _, body = bytes(self.received).partition(b"\r\n\r\n")
        length = next(
            (
                int(line[15:])
                for line in head.split(b"\r\n")
                if line.lower().startswith(b"content-length")
            ),
            0,
        )
        missing = length - len(body)
        while missing > 0:
            more = self.read_some()
            if not more:
                break
            missing -= more
        return bytes(self.received)

    def read_some(self) -> int:
        chunk = self.socket.recv(65536)
        self.received += chunk
        return len(chunk)

    def send(self, content: bytes) -> None:
        self.socket.sendall(content)

    def reset(self) -> None:
        """Close so that the other side sees a reset."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


Script = Callable[[Connection], None]


class WireServer:
    """Runs the script for each connection, one after the other."""

    def __init__(self, script: Script, unix: str | None = None) -> None:
        self.script = script
        self.connections: list[Connection] = []
        if unix is None:
            self.listener = socket.create_server(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/v1"
        else:
            self.listener = socket.create_server(unix, family=socket.AF_UNIX)
            self.url = "http://engine/v1"
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self) -> None:
        while True:
            try:
                accepted, _ = self.listener.accept()
            except OSError:
                return
            accepted.settimeout(5)
            connection = Connection(accepted)
            self.connections.append(connection)
            with contextlib.suppress(OSError), contextlib.closing(accepted):
                self.script(connection)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(timeout=10)
        assert not self.thread.is_alive()


@contextlib.contextmanager
def serving(script: Script, unix: str | None = None) -> Iterator[WireServer]:
    server = WireServer(script, unix)
    try:
        yield server
    finally:
        server.close()


def reply(body: bytes, status: str = "200 OK", *headers: str, framed: bool = True) -> bytes:
    """A whole HTTP reply as bytes."""
    lines = [f"HTTP/1.1 {status}", f"Date: {format_datetime(datetime.now(UTC), usegmt=True)}"]
    lines += [f"Content-Length: {len(body)}"] if framed else []
    lines += ["Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
