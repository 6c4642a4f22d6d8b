"""The HTTP of the benchmarks' service: requests read whole, answers in one write with TCP_NODELAY.

Written by hand, since a framework would cost more than the client whose speed is measured.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import formatdate

BOUNDARY = re.compile(rb'boundary="?([^"\r;]+)', re.IGNORECASE)
NAME = re.compile(rb'name="files?"; filename="([^"]*)"')
LARGEST_HEAD = 2**26

REASONS = {413: "PAYLOAD_TOO_LARGE", 422: "VALIDATION_ERROR", 429: "RATE_LIMIT_EXCEEDED"}


@dataclass(frozen=True, slots=True)
class Document:
    """A file that came: the name that it was sent under, when, and what was in it."""

    name: str
    sent: float
    sha256: str


@dataclass(frozen=True, slots=True)
class Request:
    """One request, with the files in it."""

    method: str
    target: str
    files: list[Document]


@dataclass(frozen=True, slots=True)
class Reply:
    """Its answer; `retry` is for those that were refused for their number, in seconds."""

    status: int
    data: object = None
    retry: float = 0.0


async def serve(answer: Callable[[Request], Reply]) -> int:
    """Serve on a free port of loopback, until this process ends; the port."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            while True:
                writer.write(_written(answer(await _request(reader))))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, limit=LARGEST_HEAD)
    return int(server.sockets[0].getsockname()[1])


async def _request(reader: asyncio.StreamReader) -> Request:
    head = await reader.readuntil(b"\r\n\r\n")
    method, target, _ = head.split(b" ", 2)
    body = await _body(reader, head.lower())
    return Request(method.decode(), target.decode(), list(_files(head, body)))


async def _body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    if b"transfer-encoding: chunked" in head:
        parts = []
        while size := int(await reader.readline(), 16):
            parts.append(await reader.readexactly(size))
            await reader.readexactly(2)
        await reader.readline()
        return b"".join(parts)
    length = re.search(rb"content-length: (\d+)", head)
    return await reader.readexactly(int(length[1])) if length else b""


def _files(head: bytes, body: bytes) -> Iterator[Document]:
    """The files of a form, each between two boundaries."""
    boundary = BOUNDARY.search(head)
    if boundary is None:
        return
    now = time.time()
    for part in body.split(b"\r\n--" + boundary[1]):
        about, _, content = part.partition(b"\r\n\r\n")
        if name := NAME.search(about):
            yield Document(name[1].decode(), now, hashlib.sha256(content).hexdigest())


def _written(reply: Reply) -> bytes:
    code = REASONS.get(reply.status)
    error = {"code": code, "message": "as the benchmark wants it"} if code else None
    status = "error" if error else "success"
    text = json.dumps({"status": status, "data": reply.data, "error": error})
    retry = f"Retry-After: {max(1, round(reply.retry))}\r\n" if reply.status == 429 else ""
    return (
        f"HTTP/1.1 {reply.status} OK\r\nContent-Type: application/json\r\n{retry}"
        f"Date: {formatdate(usegmt=True)}\r\nContent-Length: {len(text)}\r\n\r\n{text}"
    ).encode()
