"""A hosted-like service on loopback that answers at once, so that what is measured is the client's side.

`python -m benchmarks.service [--seconds 0] [--limit N --window S] [--records N] [--most-files N] [--page N]`
prints its port. With a limit it refuses (429) what goes beyond N requests in a fixed window. It refuses
requests of too many files, and gives no more items a page than it wants to. What it was sent it knows by its
SHA-256.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import re
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from benchmarks.wire import Document, Reply, Request, serve

PR_SET_PDEATHSIG = 1

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


@dataclass(frozen=True, slots=True)
class Taste:
    """What a service accepts: files in a request, and how it says no to more; items on a page."""

    files: int = 1000
    refusal: int = 413
    page: int = 100


@dataclass(slots=True)
class Service:
    """Jobs that complete `seconds` after their upload, with `records` records each."""

    seconds: float
    limit: Limit
    records: int = 1
    taste: Taste = Taste()
    jobs: list[Document] = field(default_factory=list)
    requests: Counter[str] = field(default_factory=Counter)
    uploads: list[tuple[int, int]] = field(default_factory=list)
    """Files in each upload, and how it was answered."""
    pages: list[int] = field(default_factory=list)
    """Items that were asked for on each page."""
    refused: int = 0
    away_until: float = 0.0

    def answer(self, request: Request) -> Reply:
        """The answer to one request."""
        path, _, query = request.target.partition("?")
        path = path.removeprefix("/v1").strip("/")
        if time.monotonic() < self.away_until:
            return Reply(503)
        if path not in FREE:
            self.requests[f"{request.method} {re.sub('[0-9]+', '#', path)}"] += 1
            if self.limit.refuses():
                self.refused += 1
                return Reply(429, retry=self.limit.left())
        match request.method, path.split("/"):
            case "POST", ["data-process", "async"]:
                return self._upload(request.files)
            case "GET", place:
                return (
                    Reply(404) if (data := self._told(place, query)) is None else Reply(200, data)
                )
        return Reply(404)

    def _told(self, place: list[str], query: str) -> object:
        match place:
            case ["jobs"]:
                return self._page(self._job, query)
            case ["documents"]:
                return self._page(self._document, query)
            case ["jobs", number]:
                return self._job(int(number))
            case ["executions", number]:
                return self._execution(int(number))
            case ["usage"]:
                return {"plan": "enterprise", "usage": {"credits": {"used": 0, "limit": None}}}
            case ["usage", "rate-limits"]:
                return self.limit.state()
            case ["counts"]:
                return self._counts()
            case ["away", seconds]:
                self.away_until = time.monotonic() + float(seconds)
                return {}
        return None

    def _counts(self) -> dict[str, object]:
        return {
            "requests": dict(self.requests),
            "refused": self.refused,
            "jobs": len(self.jobs),
            "documents": [asdict(document) for document in self.jobs],
            "uploads": self.uploads,
            "pages": self.pages,
        }

    def _upload(self, files: list[Document]) -> Reply:
        status = 202 if len(files) <= self.taste.files else self.taste.refusal
        self.uploads.append((len(files), status))
        if status != 202:
            return Reply(status)
        first = len(self.jobs) + 1
        self.jobs += files
        jobs = [
            {"filename": file.name, "job_id": number, "status": "queued"}
            for number, file in enumerate(files, first)
        ]
        return Reply(status, {"accepted": len(jobs), "rejected": [], "jobs": jobs})

    def _job(self, number: int) -> dict[str, object]:
        document = self.jobs[number - 1]
        created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(document.sent))
        job: dict[str, object] = {
            "job_id": number,
            "job_type": "data_process",
            "status": "completed" if time.time() >= document.sent + self.seconds else "running",
            "created_at": created,
            "filename": document.name,
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
        self.pages.append(int(query.get("page_size") or query.get("limit") or 20))
        size = min(self.pages[-1], self.taste.page)
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
            "records": [{"document": number, "line": line} for line in range(self.records)],
            "output_summary": {"row_count": self.records, "pii_type_summary": {"email": 1}},
        }


async def main() -> None:
    """Serve until killed, or until the benchmark that asked for it is gone."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--seconds", type=float, default=0.0)
    arguments.add_argument("--limit", type=int, default=None, help="requests in a window")
    arguments.add_argument("--window", type=float, default=60.0, help="seconds")
    arguments.add_argument("--records", type=int, default=1, help="in each document")
    arguments.add_argument("--most-files", type=int, default=1000, help="in a request")
    arguments.add_argument("--refusal", type=int, default=413, help="status for more files")
    arguments.add_argument("--page", type=int, default=100, help="items on a page")
    chosen = arguments.parse_args()
    limit = Limit(chosen.limit, chosen.window)
    taste = Taste(chosen.most_files, chosen.refusal, chosen.page)
    service = Service(chosen.seconds, limit, chosen.records, taste)
    print(await serve(service.answer), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
