"""What the service does: each operation takes a request and gives a reply."""

from __future__ import annotations

import json
import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from tests.service.content import READ
from tests.service.dialects import Dialect, Shapes
from tests.service.faults import Reply
from tests.service.workspace import TO_EXECUTION, Dataset, Job, NameTakenError, Workspace


@dataclass
class Request:
    """A request as it arrived."""

    operation: str
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    ids: tuple[str, ...] = ()
    body: bytes = b""

    @property
    def names(self) -> list[str]:
        """The file names of an upload."""
        return [name for name, _ in self.parts()[0]]

    def parts(self) -> tuple[list[tuple[str, bytes]], dict[str, str]]:
        """The files and the form fields of a multipart body, which must be whole."""
        found = re.search("boundary=(.+)", self.headers.get("content-type", ""))
        if not found:
            return [], dict(parse_qsl(self.body.decode(errors="replace")))
        boundary = b"--" + found[1].encode()
        files, form = [], {}
        for part in self.body.split(boundary)[1:-1]:
            head, _, content = part.partition(b"\r\n\r\n")
            content = content.removesuffix(b"\r\n")
            if named := re.search(rb'name="files"; filename="([^"]*)"', head):
                files.append((named[1].decode(), content))
            elif named := re.search(rb'name="([^"]*)"', head):
                form[named[1].decode()] = content.decode()
        return files, form


@dataclass
class Plan:
    """What the account may do.

    Attributes:
        name: the plan's.
        refusal: what every request is answered with, such as an ended trial; None when all is well.
        no_uploads: the same for uploads alone, such as a plan that is too small.
        quota_status: the status of `QUOTA_EXCEEDED`: 402 in L, 429 in D.
        files, too_many: files that a request may hold, and the status of one that holds more.
        page: the most jobs on a page of the list, whatever is asked for.
        limit, window: requests allowed in so many seconds; None is no limit.
        clock: seconds that only go forward.
        sent: when requests were counted, by that clock.
    """

    name: str = "pro"
    refusal: Reply | None = None
    no_uploads: Reply | None = None
    quota_status: int = 402
    files: int = 1000
    too_many: int = 413
    page: int = 100
    limit: int | None = None
    window: float = 60.0
    clock: Callable[[], float] = time.monotonic
    sent: deque[float] = field(default_factory=deque)
    refused: int = 0

    def slot(self) -> float:
        """Take a slot; 0, or the seconds until there is one."""
        now = self.clock()
        while self.sent and self.sent[0] <= now - self.window:
            self.sent.popleft()
        if self.limit is None or len(self.sent) < self.limit:
            self.sent.append(now)
            return 0.0
        self.refused += 1
        return self.sent[0] + self.window - now


def refusal(status: int, code: str, message: str = "Refused.", **more: Any) -> Reply:
    """An error in the service's words."""
    return Reply.of(status, {"error": {"code": code, "message": message, **more}})


class Operations:
    """The service behind the socket.

    Args:
        workspace: what it knows.
        plan: what the account may do.
        dialect: how it speaks.
        builds_many: whether one dataset can be built of many jobs.
        thin_lists: whether items of lists tell nothing but id and state.
        records_early: whether an execution has its records before a dataset is built.
    """

    def __init__(
        self,
        workspace: Workspace,
        plan: Plan,
        dialect: Dialect,
        *,
        builds_many: bool,
        thin_lists: bool,
        records_early: bool,
    ) -> None:
        self.workspace = workspace
        self.plan = plan
        self.shapes = Shapes(dialect, workspace)
        self.builds_many = builds_many
        self.thin_lists = thin_lists
        self.records_early = records_early

    def good(self, data: Any, status: int = 200) -> Reply:
        return Reply.of(status, self.shapes.envelope(data, status))

    def carry_out(self, request: Request) -> Reply:
        """The answer to a request, if the plan allows it."""
        if request.operation != "usage.limits":
            if self.plan.refusal is not None:
                return self.plan.refusal
            if wait := self.plan.slot():
                seconds = str(int(wait) + 1)
                reply = refusal(429, "RATE_LIMIT_EXCEEDED", "Too many requests.")
                return Reply(reply.status, reply.body, {**reply.headers, "Retry-After": seconds})
        handler = getattr(self, request.operation.replace(".", "_"), None)
        if handler is None:
            return Reply.of(404, {"detail": "Not Found"})
        reply: Reply = handler(request, *(self._number(text) for text in request.ids))
        return reply

    @staticmethod
    def _number(text: str) -> int | str:
        digits = text.rpartition("_")[2]
        return int(digits) if digits.isdecimal() else text

    # Documents.

    def documents_upload(self, request: Request) -> Reply:
        files, form = request.parts()
        if self.plan.no_uploads is not None:
            return self.plan.no_uploads
        if len(files) > self.plan.files:
            return refusal(self.plan.too_many, "VALIDATION_ERROR", "Too many files.")
        for _, content in files:
            if poison := re.search(rb"^fate: poison (\d+)", content[:READ], re.MULTILINE):
                return refusal(
                    int(poison[1]), "VALIDATION_ERROR" if int(poison[1]) < 500 else "INTERNAL_ERROR"
                )
        credits_left = self.workspace.credits
        if credits_left is not None and len(files) > credits_left:
            return refusal(self.plan.quota_status, "QUOTA_EXCEEDED", "The credits are used.")
        taken = self.workspace.take(files, form)
        if not any(t.job for t in taken):
            return refusal(422, "VALIDATION_ERROR", taken[0].refused or "")
        return self.good(self.shapes.taken(taken), 202)

    def documents_list(self, request: Request) -> Reply:
        newest_first = [self.shapes.document(d) for d in reversed(self.workspace.documents)]
        return self.good(self.shapes.page(newest_first, request.query))

    def documents_get(self, request: Request, number: int) -> Reply:
        document = self.workspace.document(number)
        if document is None:
            return refusal(404, "DOCUMENT_NOT_FOUND")
        told = self.shapes.document(document)
        return self.good(told | {"processing_history": self.shapes.history(document)})

    def documents_reprocess(self, request: Request, number: int) -> Reply:
        document = self.workspace.document(number)
        if document is None:
            return refusal(404, "DOCUMENT_NOT_FOUND")
        if not document.file_held:
            return refusal(400, "DOCUMENT_FILE_NOT_AVAILABLE")
        said = json.loads(request.body or b"{}").get("pipeline_config") or {}
        with self.workspace.lock:
            job = self.workspace.run(document, mask=said.get("mask_pii", True), locale="und")
        data = {
            "job_id": self.shapes.id(job.id, "job"),
            "job_type": "data_process",
            "status": "queued",
        }
        return self.good(data, 202)

    # Jobs.

    def jobs_list(self, request: Request) -> Reply:
        builds = [self.shapes.build_job(dataset) for dataset in reversed(self.workspace.datasets)]
        jobs = [
            self.shapes.job(job, thin=self.thin_lists)
            for job in reversed(list(self.workspace.jobs.values()))
            if not job.is_gone
        ]
        asked = int(request.query.get("page_size") or request.query.get("limit") or 20)
        size = str(min(asked, self.plan.page))
        query = request.query | {"page_size": size, "limit": size}
        return self.good(self.shapes.page(builds + jobs, query))

    def jobs_get(self, request: Request, number: int) -> Reply:
        for dataset in self.workspace.datasets:
            if dataset.build_id == number:
                return self.good(self.shapes.build_job(dataset))
        job = self.workspace.jobs.get(number)
        if job is None or job.is_gone:
            return refusal(404, "NOT_FOUND", "There is no such job.")
        job.looks += 1
        return self.good(self.shapes.job(job))

    def executions_get(self, request: Request, number: int) -> Reply:
        job = self._job_of_execution(number)
        if job is None:
            return refusal(404, "NOT_FOUND", "There is no such execution.")
        early = self.records_early or any(job in d.jobs for d in self.workspace.datasets)
        return self.good(self.shapes.execution(job, records=early))

    def _job_of_execution(self, number: int) -> Job | None:
        return self.workspace.jobs.get(number - TO_EXECUTION)

    # Datasets.

    def datasets_build(self, request: Request) -> Reply:
        if not self.builds_many:
            return Reply.of(405, {"detail": "Method Not Allowed"})
        said = json.loads(request.body)
        numbers = [self._number(str(execution)) for execution in said["execution_ids"]]
        jobs = [self._job_of_execution(int(number)) for number in numbers]
        return self._built(said["name"], [job for job in jobs if job is not None])

    def datasets_build_one(self, request: Request, number: int) -> Reply:
        job = self._job_of_execution(number)
        if job is None:
            return refusal(404, "NOT_FOUND", "There is no such execution.")
        if job.degraded:
            return refusal(400, "NO_OUTPUT_DATA")
        return self._built(json.loads(request.body or b"{}").get("name"), [job])

    def _built(self, name: str | None, jobs: list[Job]) -> Reply:
        try:
            dataset = self.workspace.build(name, jobs)
        except NameTakenError:
            return refusal(409, "VALIDATION_ERROR", "The name is taken.")
        if self.shapes.dialect == "D":
            return self.good(self.shapes.dataset(dataset), 201)
        data = {"job_id": dataset.build_id, "job_type": "dataset_build", "status": "queued"}
        return self.good(data | {"reference_id": jobs[0].execution_id}, 202)

    def datasets_list(self, request: Request) -> Reply:
        wanted, source = request.query.get("q", ""), request.query.get("source_execution_id")
        found = [
            told
            for dataset in reversed(self.workspace.datasets)
            if wanted in (told := self.shapes.dataset(dataset))["name"]
            and (source is None or str(told["source_execution_id"]) == source)
        ]
        return self.good(self.shapes.page(found, request.query))

    def _with_dataset(self, number: int) -> Dataset | Reply:
        return self.workspace.dataset(number) or refusal(
            404, "NOT_FOUND", "There is no such dataset."
        )

    def datasets_get(self, request: Request, number: int) -> Reply:
        found = self._with_dataset(number)
        return found if isinstance(found, Reply) else self.good(self.shapes.dataset(found))

    def datasets_delete(self, request: Request, number: int) -> Reply:
        found = self._with_dataset(number)
        if isinstance(found, Reply):
            return found
        self.workspace.datasets.remove(found)
        return Reply(204, b"")

    def datasets_export(self, request: Request, number: int, kind: str = "") -> Reply:
        found = self._with_dataset(number)
        if isinstance(found, Reply):
            return found
        rows = self.workspace.rows(found)
        lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
        return Reply(200, lines, {"Content-Type": "application/x-ndjson"})

    def datasets_rows(self, request: Request, number: int) -> Reply:
        found = self._with_dataset(number)
        if isinstance(found, Reply):
            return found
        rows = self.workspace.rows(found)
        pagination = {"page": 1, "page_size": 200, "total_rows": len(rows), "has_next": False}
        data = {"dataset_id": found.id, "columns": [], "rows": rows, "pagination": pagination}
        return self.good(data)

    def datasets_profile(self, request: Request, number: int) -> Reply:
        found = self._with_dataset(number)
        if isinstance(found, Reply):
            return found
        quality = {"grade_distribution": {"A": len(found.jobs)}, "avg_score": 91.0}
        return self.good({"quality": quality, "privacy": {"pii_findings_count": 0}})

    # Usage.

    def usage_current(self, request: Request) -> Reply:
        left = self.workspace.credits
        used = sum(self.workspace.paid.values())
        credits_ = {
            "used": used,
            "limit": None if left is None else left + used,
            "remaining": left,
        }
        return self.good({"plan": self.plan.name, "trial": None, "usage": {"credits": credits_}})

    def usage_limits(self, request: Request) -> Reply:
        used = len(self.plan.sent)
        if self.shapes.dialect == "D":
            limit = {"rpm": self.plan.limit, "used": used, "remaining": 1, "reset_in_seconds": 1}
            return self.good({"plan": self.plan.name, "rate_limit": limit})
        flat = {"limit": self.plan.limit, "used": used, "remaining": 1, "reset_in_seconds": 1}
        unlimited = self.plan.limit is None
        told = {"plan": self.plan.name, "unlimited": unlimited, "window_seconds": self.plan.window}
        return self.good(told | flat)


ID = "/([^/]+)"
ROUTES = [
    ("POST", "/data-process/async", "documents.upload"),
    ("GET", "/documents", "documents.list"),
    ("GET", "/documents" + ID, "documents.get"),
    ("POST", "/documents" + ID + "/reprocess", "documents.reprocess"),
    ("GET", "/jobs", "jobs.list"),
    ("GET", "/jobs" + ID, "jobs.get"),
    ("GET", "/executions" + ID, "executions.get"),
    ("POST", "/datasets", "datasets.build"),
    ("GET", "/datasets", "datasets.list"),
    ("POST", "/datasets/build-from-execution" + ID, "datasets.build_one"),
    ("GET", "/datasets" + ID, "datasets.get"),
    ("DELETE", "/datasets" + ID, "datasets.delete"),
    ("GET", "/datasets" + ID + "/export" + ID, "datasets.export"),
    ("GET", "/datasets" + ID + "/export", "datasets.export"),
    ("GET", "/datasets" + ID + "/profile", "datasets.profile"),
    ("GET", "/datasets" + ID + "/rows", "datasets.rows"),
    ("GET", "/usage", "usage.current"),
    ("GET", "/usage/rate-limits", "usage.limits"),
]


def route(method: str, path: str) -> tuple[str, tuple[str, ...]]:
    """The operation of a request and the ids in its path."""
    for allowed, pattern, operation in ROUTES:
        found = re.fullmatch("/v1" + pattern, path)
        if allowed == method and found:
            return operation, found.groups()
    return "unknown", ()
