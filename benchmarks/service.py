"""A hosted-like service on loopback that answers at once, so that what is measured is the client's side.

`python -m benchmarks.service [--seconds 0] [--limit N --window S] [--records N]` prints its port. Answers
leave in one write with TCP_NODELAY. With a limit it refuses (429) what goes beyond N requests in a fixed
window.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import socket
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate

NAME = re.compile(rb'name="files?"; filename="([^"]*)"')


FREE = {"counts", "usage/rate-limits"}
"""What uses up no request."""


@dataclass(slots=True)
class Limit:
    """So many requests in each window, the first of which begins with the first request."""

    requests: int | None
    window: float
    began: float = 0.0
    used: int = 0

    def refuses(self) -> bool:
        """Whether this request is one too many."""
        self._turn()
        self.used += 1
        return self.requests is not None and self.used > self.requests

    def state(self) -> dict[str, object]:
        """As ``/usage/rate-limits`` tells it."""
        self._turn()
        return {
            "plan": "enterprise",
            "unlimited": self.requests is None,
            "limit": self.requests,
            "used": self.used,
            "window_seconds": self.window,
        }

    def left(self) -> float:
        """Seconds until the next window."""
        return self.began + self.window - time.monotonic()

    def _turn(self) -> None:
        if self.left() <= 0:
            self.began, self.used = time.monotonic(), 0


@dataclass(slots=True)
class Service:
    """Jobs that complete `seconds` after their upload, with `records` records each."""

    seconds: float
    limit: Limit
    records: int = 1
    jobs: list[tuple[str, float]] = field(default_factory=list)
    requests: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    away_until: float = 0.0

    def answer(self, method: str, target: str, body: bytes) -> tuple[int, object]:
        """Status and data of one request."""
        path, _, query = target.partition("?")
        path = path.removeprefix("/v1").strip("/")
        if time.monotonic() < self.away_until:
            return 503, None
        if path not in FREE:
            self.requests[f"{method} {re.sub('[0-9]+', '#', path)}"] += 1
            if self.limit.refuses():
                self.refused += 1
                return 429, None
        match method, path.split("/"):
            case "POST", ["data-process", "async"]:
                return 202, self._upload(body)
            case "GET", ["jobs"]:
                return 200, self._page(self._job, query)
            case "GET", ["documents"]:
                return 200, self._page(self._document, query)
            case "GET", ["jobs", number]:
                return 200, self._job(int(number))
            case "GET", ["executions", number]:
                return 200, self._execution(int(number))
            case "GET", ["usage"]:
                return 200, {"plan": "enterprise", "usage": {"credits": {"used": 0, "limit": None}}}
            case "GET", ["usage", "rate-limits"]:
                return 200, self.limit.state()
            case "GET", ["counts"]:
                return 200, self._counts()
            case "GET", ["away", seconds]:
                self.away_until = time.monotonic() + float(seconds)
                return 200, None
        return 404, None

    def _counts(self) -> dict[str, object]:
        return {
            "requests": dict(self.requests),
            "refused": self.refused,
            "jobs": len(self.jobs),
            "arrived": dict(self.jobs),
        }

    def _upload(self, body: bytes) -> object:
        now = time.time()
        jobs = []
        for name in NAME.findall(body):
            self.jobs.append((name.decode(), now))
            jobs.append({"filename": name.decode(), "job_id": len(self.jobs), "status": "queued"})
        return {"accepted": len(jobs), "rejected": [], "jobs": jobs}

    def _job(self, number: int) -> dict[str, object]:
        name, sent = self.jobs[number - 1]
        created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(sent))
        job: dict[str, object] = {
            "job_id": number,
            "job_type": "data_process",
            "status": "completed" if time.time() >= sent + self.seconds else "running",
            "created_at": created,
            "filename": name,
        }
        if job["status"] == "completed":
            job["processing_summary"] = {
                "execution_id": number,
                "document_id": number,
                "quality": {"grade": "A", "score": 91.0},
                "privacy": {"privacy_applied": True, "pii_findings_count": 1},
                "row_count": self.records,
            }
        return job

    def _document(self, number: int) -> dict[str, object]:
        return self._job(number) | {"id": number}

    def _page(self, item: Callable[[int], object], parameters: str) -> object:
        query = dict(p.split("=") for p in parameters.split("&") if p)
        size = int(query.get("page_size") or query.get("limit") or 20)
        page = int(query.get("page") or int(query.get("offset") or 0) // size + 1)
        last = len(self.jobs) - (page - 1) * size
        items = [item(number) for number in range(last, max(0, last - size), -1)]
        return {"items": items, "total": len(self.jobs), "page": page, "page_size": size}

    def _execution(self, number: int) -> object:
        return {
            "id": number,
            "status": "completed",
            "document_id": number,
            "result_meta": {"document_type": "general", "detected_language": "en"},
            "records": [{"line": line, "title": "a document"} for line in range(self.records)],
            "output_summary": {"row_count": self.records, "pii_type_summary": {"email": 1}},
        }


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, to: Service) -> None:
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            method, target, _ = head.split(b" ", 2)
            body = await _body(reader, head.lower())
            status, data = to.answer(method.decode(), target.decode(), body)
            writer.write(_written(status, data, to.limit.left()))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


def _written(status: int, data: object, left: float) -> bytes:
    error = {"code": "RATE_LIMIT_EXCEEDED", "message": "wait"} if status == 429 else None
    text = json.dumps({"status": "error" if error else "success", "data": data, "error": error})
    retry = f"Retry-After: {max(1, round(left))}\r\n" if error else ""
    return (
        f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\n{retry}"
        f"Date: {formatdate(usegmt=True)}\r\nContent-Length: {len(text)}\r\n\r\n{text}"
    ).encode()


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


async def main() -> None:
    """Serve until killed."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--seconds", type=float, default=0.0)
    arguments.add_argument("--limit", type=int, default=None, help="requests in a window")
    arguments.add_argument("--window", type=float, default=60.0, help="seconds")
    arguments.add_argument("--records", type=int, default=1, help="in each document")
    chosen = arguments.parse_args()
    service = Service(chosen.seconds, Limit(chosen.limit, chosen.window), chosen.records)
    server = await asyncio.start_server(
        lambda r, w: _serve(r, w, service), "127.0.0.1", 0, limit=2**26
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
