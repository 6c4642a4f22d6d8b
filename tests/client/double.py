"""A small FlexOrch service that speaks one dialect: the shapes are what is known of the wire.

It keeps its state, so that a scenario can run against it from upload to export, and counts what it
took, so that a test can say that nothing was paid for twice.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs

import httpx

from tests.client.workspace import Workspace

KEY = "dfx_test_0123456789"
LIMIT = 100_000
RECORD = {"invoice_number": "INV-7", "vendor_name": "Acme", "total_amount": 1487.50}


@dataclass
class Held:
    """A document at the service, its one job and execution, all under one number."""

    number: int
    name: str
    content: bytes
    created: datetime
    looks: int = 0
    feedback: dict[str, Any] | None = None

    @property
    def failed(self) -> bool:
        return b"broken" in self.content

    @property
    def status(self) -> str:
        if self.looks < 2:
            return ("queued", "running")[self.looks]
        return "failed" if self.failed else "completed"


@dataclass
class Double(Workspace):
    """Answers requests in one dialect: S, D or L."""

    dialect: str
    thin_lists: bool = False
    held: list[Held] = field(default_factory=list)
    datasets: list[dict[str, Any]] = field(default_factory=list)
    builds: dict[int, int | str] = field(default_factory=dict)
    requests: list[httpx.Request] = field(default_factory=list)
    taken: Counter[str] = field(default_factory=Counter)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        if request.headers.get("X-API-KEY") != KEY:
            return self.refuse(401, "INVALID_API_KEY", "Invalid API key.")
        for method, pattern, name in ROUTES:
            match = re.fullmatch("/v1" + pattern, request.url.path)
            if method == request.method and match:
                handler: Callable[..., httpx.Response] = getattr(self, name)
                return handler(request, *match.groups())
        return self.plain(404, {"detail": "Not Found"})

    # Answers in the dialect's envelope.

    def good(self, data: Any, status: int = 200) -> httpx.Response:
        if self.dialect == "L":
            word = "accepted" if status == 202 else "success"
            return self.plain(status, {"status": word, "data": data, "error": None})
        return self.plain(status, {"data": data} if self.dialect == "D" else data)

    def refuse(self, status: int, code: str, message: str) -> httpx.Response:
        return self.plain(status, {"error": {"code": code, "message": message}})

    def plain(self, status: int, body: Any) -> httpx.Response:
        date = format_datetime(datetime.now(UTC), usegmt=True)
        return httpx.Response(status, json=body, headers={"Date": date})

    def page(self, request: httpx.Request, items: list[Any]) -> httpx.Response:
        """L and D know pages; S knows limit and offset for jobs. Each ignores the other's words."""
        asked = request.url.params
        number, size = int(asked.get("page", "1")), int(asked.get("page_size", "20"))
        start = (number - 1) * size
        if self.dialect == "S" and "limit" in asked:
            start, size = int(asked["offset"]), int(asked["limit"])
        part = items[start : start + size]
        return self.good({"items": part, "total": len(items), "page": number, "page_size": size})

    def id(self, number: int, prefix: str = "job") -> int | str:
        return number if self.dialect == "L" else f"{prefix}_{number}"

    def find(self, text: str) -> Held | None:
        digits = text.rsplit("_", 1)[-1]
        return next((held for held in self.held if str(held.number) == digits), None)

    # Documents.

    def upload(self, request: httpx.Request) -> httpx.Response:
        kind = request.headers["Content-Type"]
        if kind.startswith("multipart/form-data"):
            return self.take(files_of(request))
        if self.dialect == "L" and kind.startswith("application/x-www-form-urlencoded"):
            source = json.loads(parse_qs(request.content.decode())["source"][0])
        elif self.dialect != "L" and kind == "application/json":
            source = json.loads(request.content)["source"]
        else:
            return self.refuse(415, "UNSUPPORTED_MEDIA", "Not the way to name a source.")
        return self.take([(key, key.encode()) for key in source["keys"]])

    def take(self, files: list[tuple[str, bytes]]) -> httpx.Response:
        refused = [self.refusal(name, content) for name, content in files]
        if self.dialect != "L" and any(refused):
            return self.refuse(*next(filter(None, refused)))
        jobs, rejected = [], []
        for (name, content), refusal in zip(files, refused, strict=True):
            if refusal:
                rejected.append({"filename": name, "error": refusal[2]})
            else:
                jobs.append(self.entry(name, self.hold(name, content)))
        if self.dialect == "L":
            data = {"accepted": len(jobs), "rejected": rejected, "jobs": jobs}
            return self.good(data, 202)
        repeated = [job for job in jobs if job["is_duplicate"]]
        if repeated and len(jobs) == 1:
            existing = repeated[0]["job_id"]
            return self.good({"is_duplicate": True, "existing_job_id": existing})
        return self.good({"job_ids": [job["job_id"] for job in jobs], "status": "queued"}, 202)

    def refusal(self, name: str, content: bytes) -> tuple[int, str, str] | None:
        if name.endswith(".csv"):
            return 415, "UNSUPPORTED_FILE", "Unsupported file type: .csv"
        if len(content) > LIMIT:
            return 413, "FILE_TOO_LARGE", "File exceeds the limit of 10 MB of your plan."
        return None

    def hold(self, name: str, content: bytes) -> Held:
        self.taken[name] += 1
        for held in self.held:
            if held.content == content:
                return held
        held = Held(len(self.held) + 1, name, content, datetime.now(UTC))
        self.held.append(held)
        return held

    def entry(self, name: str, held: Held) -> dict[str, Any]:
        job = {"filename": name, "job_id": self.id(held.number), "status": held.status}
        return job if self.dialect == "L" else {**job, "is_duplicate": held.name != name}

    def list_documents(self, request: httpx.Request) -> httpx.Response:
        return self.page(request, [self.document(held) for held in reversed(self.held)])

    def get_document(self, request: httpx.Request, number: str) -> httpx.Response:
        held = self.find(number)
        if held is None:
            return self.refuse(404, "DOCUMENT_NOT_FOUND", "No such document.")
        history = [{"job_id": self.id(held.number), "status": held.status}]
        return self.good({**self.document(held), "processing_history": history})

    def document(self, held: Held) -> dict[str, Any]:
        return {
            "id": self.id(held.number, "doc"),
            "filename": held.name,
            "status": "processed",
            "created_at": held.created.isoformat(),
        }

    def reprocess(self, request: httpx.Request, number: str) -> httpx.Response:
        held = self.find(number)
        if held is None:
            return self.refuse(404, "DOCUMENT_NOT_FOUND", "No such document.")
        data = {"job_id": self.id(held.number), "job_type": "data_process", "status": "queued"}
        return self.good(data, 202)

    # Jobs.

    def list_jobs(self, request: httpx.Request) -> httpx.Response:
        jobs = [self.job(held) for held in reversed(self.held)]
        if self.thin_lists:
            jobs = [{key: job[key] for key in job if key in ("id", "status")} for job in jobs]
        return self.page(request, jobs)

    def get_job(self, request: httpx.Request, number: str) -> httpx.Response:
        if number.isdecimal() and int(number) in self.builds:
            return self.good(self.build_job(int(number)))
        held = self.find(number)
        if held is None:
            return self.refuse(404, "NOT_FOUND", "No such job.")
        held.looks += 1
        return self.good(self.job(held))

    def job(self, held: Held) -> dict[str, Any]:
        return {"S": self.job_s, "D": self.job_d, "L": self.job_l}[self.dialect](held)

    def job_s(self, held: Held) -> dict[str, Any]:
        job = {"id": self.id(held.number), "status": held.status, "execution_id": held.number}
        job |= {"is_duplicate": False, "created_at": held.created.isoformat()}
        if held.status == "failed":
            return job | {"failure_reason": "MALFORMED", "pii_findings_count": 0}
        if held.status == "completed":
            job |= {"quality_grade": "A", "quality_score": 0.91, "pii_findings_count": 2}
            job |= {"privacy_applied": True, "processing_summary": "All well."}
        return job

    def job_d(self, held: Held) -> dict[str, Any]:
        job = {"id": self.id(held.number), "status": held.status, "execution_id": held.number}
        job |= {"created_at": held.created.isoformat().replace("+00:00", "Z")}
        if held.status == "failed":
            return job | {"error": {"code": "MALFORMED", "message": "It cannot be read."}}
        if held.status == "completed":
            job |= {"quality": {"grade": "A", "score": 91}, "pii_findings_count": 2}
            job |= {"privacy_applied": True}
        return job

    def job_l(self, held: Held) -> dict[str, Any]:
        job: dict[str, Any] = {"id": held.number, "job_type": "data_process", "error": None}
        job |= {"status": held.status, "result_meta": {"pipeline_stage": "privacy"}}
        privacy = {"pii_findings_count": 2, "privacy_applied": True, "masked_record_count": 1}
        privacy |= {"pii_type_summary": {"email": 1, "iban": 1}}
        execution = {"execution_id": held.number, "status": held.status, "degraded": False}
        execution |= {"failure_reason": None, "privacy": privacy}
        if held.status == "failed":
            failures = [{"step": "extract", "error_type": "MALFORMED", "error": "bad"}]
            job["result_meta"] = {"step_failures": failures}
            execution |= {"failure_reason": "It cannot be read."}
            return job | {"execution_summary": execution}
        if held.status == "completed":
            summary = {"execution_id": held.number, "document_id": held.number, "row_count": 1}
            summary |= {"quality": {"grade": "A", "score": 91.0, "warnings": []}}
            job |= {"execution_summary": execution, "processing_summary": summary}
        return job

    def give_feedback(self, request: httpx.Request, number: str) -> httpx.Response:
        held, said = self.find(number), json.loads(request.content)
        if held is None:
            return self.refuse(404, "NOT_FOUND", "No such job.")
        if (said["rating"] in ("up", "down")) != (self.dialect == "L"):
            return self.refuse(422, "VALIDATION_ERROR", "rating: no such value")
        held.feedback = {"id": 1, "job_id": self.id(held.number), **said}
        return self.good(held.feedback)

    def get_feedback(self, request: httpx.Request, number: str) -> httpx.Response:
        held = self.find(number)
        return self.good(held.feedback if held else None)

    def get_execution(self, request: httpx.Request, number: str) -> httpx.Response:
        held = self.find(number)
        if held is None:
            return self.refuse(404, "NOT_FOUND", "No such execution.")
        meta = {"document_type": "invoice", "detected_language": "de", "grade": "A", "score": 91.0}
        summary = {"columns": list(RECORD), "row_count": 1, "pii_type_summary": {"email": 1}}
        data = {"id": held.number, "status": held.status, "document_id": held.number}
        data |= {"result_meta": meta, "privacy": {"privacy_applied": True}, "degraded": False}
        data |= {"output_summary": summary, "records": [RECORD], "dataset": None}
        return self.good(data)

    # Datasets.

    def build(self, request: httpx.Request) -> httpx.Response:
        if self.dialect == "L":
            return self.plain(405, {"detail": "Method Not Allowed"})
        said = json.loads(request.content)
        if any(dataset["name"] == said["name"] for dataset in self.datasets):
            return self.refuse(409, "VALIDATION_ERROR", "The name is taken.")
        return self.good(self.add_dataset(said["name"], len(said["execution_ids"])), 201)

    def build_one(self, request: httpx.Request, execution: str) -> httpx.Response:
        said = json.loads(request.content or b"{}")
        name = said.get("name", f"dataset_execution_{execution}")
        if any(dataset["name"] == name for dataset in self.datasets):
            return self.refuse(409, "VALIDATION_ERROR", "The name is taken.")
        dataset = self.add_dataset(name, 1, execution)
        number = 1000 + len(self.builds)
        self.builds[number] = dataset["id"]
        data = {"job_id": number, "job_type": "dataset_build", "status": "queued"}
        return self.good({**data, "reference_id": execution}, 202)

    def build_job(self, number: int) -> dict[str, Any]:
        dataset = next(d for d in self.datasets if d["id"] == self.builds[number])
        summary = {"dataset_id": dataset["id"], "name": dataset["name"], "status": "ready"}
        job = {"id": number, "job_type": "dataset_build", "status": "completed"}
        return {**job, "dataset_summary": summary}

    def add_dataset(self, name: str, count: int, execution: str | None = None) -> dict[str, Any]:
        number = len(self.datasets) + 1
        dataset = {"id": self.id(number, "ds"), "name": name, "slug": name, "status": "ready"}
        dataset |= {"row_count": count, "created_at": datetime.now(UTC).isoformat()}
        if self.dialect == "L":
            dataset |= {"source_execution_id": execution}
            dataset |= {"privacy": {"pii_type_summary": {"email": 1, "iban": 1}}}
        self.datasets.append(dataset)
        return dataset

    def list_datasets(self, request: httpx.Request) -> httpx.Response:
        wanted = request.url.params.get("q", "")
        source = request.url.params.get("source_execution_id")
        found = [d for d in reversed(self.datasets) if wanted in d["name"] and d["status"]]
        if source:
            found = [d for d in found if str(d.get("source_execution_id")) == source]
        return self.page(request, found)

    def dataset(self, number: str) -> dict[str, Any] | None:
        known = (d for d in self.datasets if str(d["id"]) == number and d["status"])
        return next(known, None)

    def get_dataset(self, request: httpx.Request, number: str) -> httpx.Response:
        found = self.dataset(number)
        return self.good(found) if found else self.refuse(404, "NOT_FOUND", "No such dataset.")

    def delete_dataset(self, request: httpx.Request, number: str) -> httpx.Response:
        found = self.dataset(number)
        if found is None:
            return self.refuse(404, "NOT_FOUND", "No such dataset.")
        found["status"] = None
        return httpx.Response(204)

    def export_path(self, request: httpx.Request, number: str, name: str) -> httpx.Response:
        if self.dialect != "L":
            return self.plain(404, {"detail": "Not Found"})
        return self.export(number, name)

    def export_query(self, request: httpx.Request, number: str) -> httpx.Response:
        if self.dialect == "L":
            return self.plain(404, {"detail": "Not Found"})
        return self.export(number, request.url.params["format"])

    def export(self, number: str, name: str) -> httpx.Response:
        found = self.dataset(number)
        if found is None:
            return self.refuse(404, "NOT_FOUND", "No such dataset.")
        line = json.dumps(RECORD).encode() + b"\n"
        content = line * found["row_count"] if name == "jsonl" else b"content as " + name.encode()
        return httpx.Response(200, content=content)

    def get_profile(self, request: httpx.Request, number: str) -> httpx.Response:
        found = self.dataset(number)
        if found is None:
            return self.refuse(404, "NOT_FOUND", "No such dataset.")
        grades = {"A": found["row_count"]}
        if self.dialect == "L":
            quality = {"grade_distribution": grades, "avg_score": 0.91, "below_threshold_count": 0}
            return self.good({"quality": quality, "formats": ["jsonl"], "columns": []})
        profile = {"record_count": found["row_count"], "total_tokens": 8, "pii_type_count": 2}
        return self.good({**profile, "avg_quality_score": 91, "grade_counts": grades})

    def get_rows(self, request: httpx.Request, number: str) -> httpx.Response:
        pagination = {"page": 1, "page_size": 200, "total_rows": 1, "has_next": False}
        data = {"columns": list(RECORD), "rows": [RECORD], "pagination": pagination}
        return self.good(data)


ID = "/([^/]+)"
ROUTES = [
    ("POST", "/data-process/async", "upload"),
    ("GET", "/documents", "list_documents"),
    ("GET", "/documents" + ID, "get_document"),
    ("POST", "/documents" + ID + "/reprocess", "reprocess"),
    ("GET", "/jobs", "list_jobs"),
    ("GET", "/jobs" + ID, "get_job"),
    ("POST", "/jobs" + ID + "/feedback", "give_feedback"),
    ("GET", "/jobs" + ID + "/feedback", "get_feedback"),
    ("GET", "/executions" + ID, "get_execution"),
    ("POST", "/datasets", "build"),
    ("GET", "/datasets", "list_datasets"),
    ("POST", "/datasets/build-from-execution" + ID, "build_one"),
    ("GET", "/datasets" + ID, "get_dataset"),
    ("DELETE", "/datasets" + ID, "delete_dataset"),
    ("GET", "/datasets" + ID + "/export" + ID, "export_path"),
    ("GET", "/datasets" + ID + "/export", "export_query"),
    ("GET", "/datasets" + ID + "/profile", "get_profile"),
    ("GET", "/datasets" + ID + "/rows", "get_rows"),
    ("GET", "/usage", "usage"),
    ("GET", "/usage/rate-limits", "rate_limits"),
    ("GET", "/usage/history", "history"),
    ("GET", "/usage/quality-trend", "trend"),
    ("POST", "/connectors", "create_connector"),
    ("GET", "/connectors", "list_connectors"),
    ("GET", "/connectors" + ID, "get_connector"),
    ("POST", "/connectors" + ID + "/test", "test_connector"),
    ("DELETE", "/connectors" + ID, "delete_connector"),
    ("POST", "/connectors" + ID + "/schedules", "create_schedule"),
    ("GET", "/connectors" + ID + "/schedules", "list_schedules"),
    ("POST", "/connectors" + ID + "/schedules/s1/trigger", "trigger"),
    ("GET", "/connectors" + ID + "/schedules/s1/logs", "logs"),
    ("DELETE", "/connectors" + ID + "/schedules/s1", "delete_schedule"),
    ("POST", "/webhooks", "register"),
    ("GET", "/webhooks", "list_webhooks"),
    ("DELETE", "/webhooks" + ID, "delete_webhook"),
]


def files_of(request: httpx.Request) -> list[tuple[str, bytes]]:
    """The files of a multipart request, which must carry them in the field `files`."""
    boundary = request.headers["Content-Type"].split("boundary=")[1].encode()
    assert request.content.endswith(b"--" + boundary + b"--\r\n")
    files = []
    for part in request.content.split(b"--" + boundary)[1:-1]:
        head, content = part.split(b"\r\n\r\n", 1)
        name = re.search(rb'name="files"; filename="([^"]*)"', head)
        if name:
            files.append((name[1].decode(), content[:-2]))
    return files
