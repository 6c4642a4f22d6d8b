"""A hosted-like service on loopback that answers at once, so that what is measured is the client's side.

`python -m benchmarks.service --seconds 0` prints its port. Answers leave in one write with TCP_NODELAY.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import socket
import time
from collections import Counter
from email.utils import formatdate

NAME = re.compile(rb'name="files?"; filename="([^"]*)"')


class Service:
    """Jobs that complete `seconds` after their upload."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.jobs: list[tuple[str, float]] = []
        self.requests: Counter[str] = Counter()

    def answer(self, method: str, target: str, body: bytes) -> tuple[int, object]:
        """Status and data of one request."""
        path, _, query = target.partition("?")
        path = path.removeprefix("/v1")
        self.requests[f"{method} {re.sub('[0-9]+', '#', path)}"] += 1
        match method, path.strip("/").split("/"):
            case "POST", ["data-process", "async"]:
                return 202, self._upload(body)
            case "GET", ["jobs"]:
                return 200, self._page(dict(p.split("=") for p in query.split("&") if p))
            case "GET", ["jobs", number]:
                return 200, self._job(int(number))
            case "GET", ["executions", number]:
                return 200, self._execution(int(number))
            case "GET", ["usage"]:
                return 200, {"plan": "pro", "usage": {"credits": {"used": 0, "limit": None}}}
            case "GET", ["usage", "rate-limits"]:
                return 200, {"plan": "pro", "unlimited": True, "limit": None, "used": 0}
            case "GET", ["counts"]:
                return 200, {"requests": dict(self.requests), "jobs": len(self.jobs)}
        return 404, None

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
                "row_count": 1,
            }
        return job

    def _page(self, query: dict[str, str]) -> object:
        size = int(query.get("page_size") or query.get("limit") or 20)
        page = int(query.get("page") or int(query.get("offset") or 0) // size + 1)
        last = len(self.jobs) - (page - 1) * size
        items = [self._job(number) for number in range(last, max(0, last - size), -1)]
        return {"items": items, "total": len(self.jobs), "page": page, "page_size": size}

    def _execution(self, number: int) -> object:
        return {
            "id": number,
            "status": "completed",
            "document_id": number,
            "result_meta": {"document_type": "general", "detected_language": "en"},
            "records": [{"title": "a document"}],
            "output_summary": {"row_count": 1, "pii_type_summary": {"email": 1}},
        }


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, to: Service) -> None:
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            method, target, _ = head.split(b" ", 2)
            body = await _body(reader, head.lower())
            status, data = to.answer(method.decode(), target.decode(), body)
            text = json.dumps({"status": "success", "data": data, "error": None}).encode()
            writer.write(
                f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\n"
                f"Date: {formatdate(usegmt=True)}\r\nContent-Length: {len(text)}\r\n\r\n".encode()
                + text
            )
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


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
    service = Service(arguments.parse_args().seconds)
    server = await asyncio.start_server(
        lambda r, w: _serve(r, w, service), "127.0.0.1", 0, limit=2**26
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
