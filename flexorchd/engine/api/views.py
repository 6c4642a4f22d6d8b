"""Rows of the store in the shapes of the wire: pure functions.

Where clients read the same value from different places, it stands in each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from flexorchd.engine.datasets.dataset import Dataset
from flexorchd.engine.failure import Failure
from flexorchd.engine.store.rows import Document, Execution, Job

_NO_PRIVACY = {
    "privacy_applied": False,
    "pii_findings_count": 0,
    "masked_record_count": 0,
    "pii_type_summary": {},
}
_DOCUMENT_STATUS = {"queued": "queued", "completed": "processed", "failed": "failed"}


def job_view(job: Job, *, running: bool, dataset: Dataset | None) -> dict[str, Any]:
    """A job as ``GET /jobs/{id}`` and the items of ``GET /jobs`` show it."""
    execution, failure = job.execution, job.failure
    reason = str(failure) if failure else None
    status = "running" if running and job.status == "queued" else job.status
    view: dict[str, Any] = {
        "id": job.id,
        "job_id": job.id,
        "job_type": job.type,
        "status": status,
        "document_id": job.document_id,
        "filename": job.filename,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "completed_at": job.completed_at,
        "execution_id": execution.id if execution else None,
        "has_dataset": dataset is not None or job.dataset_summary is not None,
        "result_meta": _result_meta(status, failure),
        "error": reason,
        "failure_reason": reason,
        "dataset_summary": job.dataset_summary,
    }
    if job.type == "data_process":
        view["execution_summary"] = _execution_summary(job, reason)
        view["processing_summary"] = _processing_summary(execution, dataset)
    if execution is not None:
        view |= {
            "quality": _quality(execution),
            "quality_grade": execution.grade,
            "quality_score": execution.score,
            "pii_findings_count": execution.pii_findings_count,
            "privacy_applied": execution.privacy_applied,
            "degraded": execution.degraded,
        }
    return view


def execution_view(
    execution: Execution,
    records: Sequence[Mapping[str, Any]],
    text: str | None,
    dataset: Dataset | None,
) -> dict[str, Any]:
    """An execution with its records and its whole text."""
    detail = execution.detail
    return {
        "id": execution.id,
        "job_id": execution.job_id,
        "document_id": execution.document_id,
        "status": "completed",
        "degraded": execution.degraded,
        "created_at": execution.created_at,
        "result_meta": {
            "document_type": execution.document_type,
            "detected_language": execution.language,
            "grade": execution.grade,
            "score": execution.score,
            "warnings": detail["warnings"],
            "privacy_applied": execution.privacy_applied,
            "pii_findings_count": execution.pii_findings_count,
            "classification": detail["classification"],
            "field_confidence": detail["confidence"],
            "content_kind": detail["content_kind"],
            "page_count": detail["page_count"],
            "title": detail["title"],
            "attachments": detail["attachments"],
            "step_failures": [],
        }
        | _findings(execution),
        "privacy": _privacy(execution),
        "output_summary": {
            "row_count": execution.row_count,
            "column_count": len(execution.columns),
            "columns": execution.columns,
            "pii_type_summary": execution.pii_types,
            "masked_record_count": execution.masked_record_count,
        },
        "records": records,
        "text": text,
        "dataset": dataset_view(dataset),
    }


def document_view(
    document: Document, jobs: Iterable[Job], datasets: Sequence[Dataset]
) -> dict[str, Any]:
    """A document with its history; `jobs` and `datasets` newest first."""
    history = list(jobs)
    latest = history[0] if history else None
    return {
        "id": document.id,
        "filename": document.filename,
        "file_ext": PurePosixPath(document.filename.lower()).suffix,
        "size_bytes": document.size,
        "status": _DOCUMENT_STATUS[latest.status] if latest else "queued",
        "storage_path": f"originals/{document.sha256}" if document.has_original else "",
        "source": document.source,
        "created_at": document.created_at,
        "processing_count": len(history),
        "latest_execution": _latest(latest),
        "dataset": dataset_view(datasets[0] if datasets else None),
        "processing_history": [_past(job) for job in history],
        "related_datasets": [dataset_view(dataset) for dataset in datasets],
    }


def dataset_view(dataset: Dataset | None) -> dict[str, Any] | None:
    """A dataset as other things mention it."""
    if dataset is None:
        return None
    return {
        "id": dataset.id,
        "name": dataset.name,
        "slug": dataset.slug,
        "status": dataset.status,
        "row_count": dataset.row_count,
    }


def _result_meta(status: str, failure: Failure | None) -> dict[str, Any]:
    if failure is not None:
        return {
            "pipeline_stage": failure.step,
            "step_failures": [
                {
                    "step": failure.step,
                    "error_type": failure.code,
                    "error": failure.message,
                    "remedy": failure.remedy,
                }
            ],
        }
    stage = {"running": "extract", "completed": "quality"}.get(status)
    return {"pipeline_stage": stage, "step_failures": []}


def _execution_summary(job: Job, reason: str | None) -> dict[str, Any]:
    execution = job.execution
    return {
        "execution_id": execution.id if execution else None,
        "status": job.status,
        "degraded": execution.degraded if execution else False,
        "failure_reason": reason,
        "privacy": _privacy(execution) if execution else _NO_PRIVACY,
    }


def _processing_summary(
    execution: Execution | None, dataset: Dataset | None
) -> dict[str, Any] | None:
    if execution is None:
        return None
    return {
        "execution_id": execution.id,
        "document_id": execution.document_id,
        "document_type": execution.document_type,
        "detected_language": execution.language,
        "quality": _quality(execution),
        "privacy": _privacy(execution),
        "pii_type_summary": execution.pii_types,
        "row_count": execution.row_count,
        "column_count": len(execution.columns),
        "has_dataset": dataset is not None,
        "fields": execution.detail["fields"],
    } | _findings(execution)


def _findings(execution: Execution) -> dict[str, Any]:
    """How the result was come by."""
    detail = execution.detail
    return {
        "classification_method": detail["classification"]["method"],
        "extraction_method_per_field": detail["methods"],
        "masked_record_count": execution.masked_record_count,
        "eidas_detected": bool(detail["signatures"]),
        "eidas_formats": detail["signatures"],
    }


def _quality(execution: Execution) -> dict[str, Any]:
    return {
        "grade": execution.grade,
        "score": execution.score,
        "warnings": execution.detail["warnings"],
        "field_fill_rate": execution.field_fill_rate,
        "ocr_confidence": execution.detail["ocr_confidence"],
        "noise": execution.detail["noise"],
    }


def _privacy(execution: Execution) -> dict[str, Any]:
    return {
        "privacy_applied": execution.privacy_applied,
        "pii_findings_count": execution.pii_findings_count,
        "masked_record_count": execution.masked_record_count,
        "pii_type_summary": execution.pii_types,
    }


def _past(job: Job) -> dict[str, Any]:
    return {
        "job_id": job.id,
        "status": job.status,
        "executed_at": job.completed_at or job.created_at,
        "quality_grade": job.execution.grade if job.execution else None,
    }


def _latest(job: Job | None) -> dict[str, Any] | None:
    if job is None or job.execution is None:
        return None
    return {
        "id": job.execution.id,
        "job_id": job.id,
        "status": job.status,
        "document_type": job.execution.document_type,
        "quality_grade": job.execution.grade,
        "quality_score": job.execution.score,
        "executed_at": job.completed_at,
    }
