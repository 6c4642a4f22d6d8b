"""The same facts in the shapes of the published clients (L) and of the REST guides (D)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from tests.service.workspace import Dataset, Document, Job, Taken, Workspace

Dialect = Literal["L", "D"]
SCORES = {"A": 91.0, "B": 71.0, "C": 51.0, "D": 21.0}


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


class Shapes:
    """Puts what the workspace knows into words."""

    def __init__(self, dialect: Dialect, workspace: Workspace) -> None:
        self.dialect = dialect
        self._workspace = workspace

    def id(self, number: int, prefix: str) -> int | str:
        return number if self.dialect == "L" else f"{prefix}_{number}"

    def envelope(self, data: Any, status: int) -> Any:
        if self.dialect == "D":
            return {"data": data}
        return {"status": "accepted" if status == 202 else "success", "data": data, "error": None}

    # Uploads.

    def taken(self, taken: Sequence[Taken]) -> Any:
        """The answer to an upload. L says of a repeat nothing but the job that there was."""
        if self.dialect == "L":
            jobs = [self._entry(t, t.job) for t in taken if t.job]
            rejected = [{"filename": t.name, "error": t.refused} for t in taken if t.refused]
            return {"accepted": len(jobs), "rejected": rejected, "jobs": jobs}
        jobs_ = [t.job for t in taken if t.job]
        if len(taken) == 1 and taken[0].repeated:
            known = self.id(jobs_[0].document.id, "doc")
            job = self.id(jobs_[0].id, "job")
            return {"is_duplicate": True, "existing_document_id": known, "existing_job_id": job}
        return {"job_ids": [self.id(job.id, "job") for job in jobs_], "status": "queued"}

    def _entry(self, taken: Taken, job: Job) -> dict[str, Any]:
        status = self._workspace.status(job)
        return {"filename": taken.name, "job_id": job.id, "status": status}

    # Documents.

    def document(self, document: Document) -> dict[str, Any]:
        return {
            "id": self.id(document.id, "doc"),
            "filename": document.name,
            "file_ext": document.name.rpartition(".")[2],
            "status": "processed",
            "created_at": iso(document.created_at),
            "processing_count": len(document.jobs),
        }

    def history(self, document: Document) -> list[dict[str, Any]]:
        return [
            {"job_id": self.id(job.id, "job"), "status": self._workspace.status(job)}
            for job in document.jobs
        ]

    # Jobs.

    def job(self, job: Job, *, thin: bool = False) -> dict[str, Any]:
        head = {"id": self.id(job.id, "job"), "status": self._workspace.status(job)}
        if thin:
            return head
        head["created_at"] = iso(job.created_at)
        if self.dialect == "L":
            return head | self._job_l(job, head["status"])
        return head | self._job_d(job, head["status"])

    def _job_l(self, job: Job, status: Any) -> dict[str, Any]:
        execution = {
            "execution_id": job.execution_id,
            "status": status,
            "degraded": job.degraded,
            "failure_reason": None,
            "privacy": self._privacy(job),
        }
        told: dict[str, Any] = {
            "job_type": "data_process",
            "error": None,
            "result_meta": {"pipeline_stage": "quality" if status == "completed" else "extract"},
        }
        if status == "failed":
            told["result_meta"]["step_failures"] = [
                {"step": "extract", "error_type": job.fate[1], "error": "It cannot be read."}
            ]
            return told | {
                "execution_summary": execution | {"failure_reason": "It cannot be read."}
            }
        if status == "completed":
            told["execution_summary"] = execution
            told["processing_summary"] = {
                "execution_id": job.execution_id,
                "document_id": job.document.id,
                "quality": {"grade": job.grade, "score": SCORES[job.grade], "warnings": []},
                "privacy": self._privacy(job),
                "row_count": len(job.records),
                "has_dataset": False,
            }
        return told

    def _job_d(self, job: Job, status: Any) -> dict[str, Any]:
        told: dict[str, Any] = {
            "execution_id": self.id(job.execution_id, "exec"),
            "document_id": self.id(job.document.id, "doc"),
        }
        if status == "failed":
            return told | {"error": {"code": job.fate[1], "message": "It cannot be read."}}
        if status == "completed":
            told |= {"quality": {"grade": job.grade, "score": SCORES[job.grade]}} | self._privacy(
                job
            )
        return told

    def _privacy(self, job: Job) -> dict[str, Any]:
        masked = job.mask and job.findings > 0
        types = {"email": job.findings} if job.findings else {}
        return {
            "pii_findings_count": job.findings,
            "privacy_applied": masked,
            "pii_type_summary": types,
        }

    def execution(self, job: Job, *, records: bool) -> dict[str, Any]:
        return {
            "id": self.id(job.execution_id, "exec"),
            "status": self._workspace.status(job),
            "document_id": self.id(job.document.id, "doc"),
            "result_meta": {
                "document_type": "general",
                "detected_language": "en",
                "grade": job.grade,
                "score": SCORES[job.grade],
                "warnings": [],
            },
            "privacy": self._privacy(job),
            "output_summary": {"row_count": len(job.records), "pii_type_summary": {}},
            "records": job.records if records else [],
            "dataset": None,
            "degraded": job.degraded,
        }

    # Datasets.

    def dataset(self, dataset: Dataset) -> dict[str, Any]:
        return {
            "id": self.id(dataset.id, "ds"),
            "name": dataset.name,
            "slug": dataset.name,
            "status": "ready",
            "row_count": sum(len(job.records) for job in dataset.jobs),
            "created_at": iso(dataset.created_at),
            "source_execution_id": self.id(dataset.jobs[0].execution_id, "exec")
            if len(dataset.jobs) == 1
            else None,
        }

    def build_job(self, dataset: Dataset) -> dict[str, Any]:
        summary = {"dataset_id": self.id(dataset.id, "ds"), "name": dataset.name, "status": "ready"}
        return {
            "id": self.id(dataset.build_id, "job"),
            "job_type": "dataset_build",
            "status": "completed",
            "created_at": iso(dataset.created_at),
            "dataset_summary": summary,
        }

    def page(self, items: Sequence[Any], query: dict[str, str]) -> dict[str, Any]:
        number, size = int(query.get("page", "1")), int(query.get("page_size", "20"))
        part = list(items[(number - 1) * size : number * size])
        return {"items": part, "total": len(items), "page": number, "page_size": size}
