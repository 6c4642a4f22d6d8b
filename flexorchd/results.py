"""Result and failure documents: the receipts that users, exports and a lost ledger read.

Their form is a promise; see docs/results.md. Whoever changes it raises the schema's number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flexorchd.clock import iso
from flexorchd.formats import exact
from flexorchd.ledger.accounts import SettingsRow
from flexorchd.ledger.versions import Ready
from flexorchd.rules import naming, retry

RESULT_SCHEMA = "flexorchd.result/1"
FAILURE_SCHEMA = "flexorchd.failure/1"

RESULTS, FAILED = b"results", b"failed"


def result_path(watch: str, path: bytes, folder: bytes = RESULTS) -> bytes:
    """Where a file's result lies below the output; `folder` is another one where a route says so."""
    return folder + b"/" + naming.result_path(watch, path)


def failure_path(watch: str, path: bytes) -> bytes:
    """Where a file's failure document lies below the output."""
    return FAILED + b"/" + naming.result_path(watch, path)


def file_facts(ready: Ready) -> dict[str, Any]:
    """Which file it is about, at which version."""
    return {
        "watch": ready.watch,
        **naming.path_fields(ready.path),
        "size": ready.size,
        "modified_at": iso(ready.mtime_ns / 1e9),
        "sha256": ready.sha256.hex() if ready.sha256 else None,
    }


def result(
    ready: Ready,
    *,
    job: Mapping[str, Any],
    document: Mapping[str, Any] | None,
    settings: SettingsRow,
    account: str,
    warnings: Sequence[str],
    now: float,
) -> dict[str, Any]:
    """The result document of one file.

    Args:
        ready: the file's version and its document.
        job: the job as `job_facts` gives it.
        document: as `document_facts` gives it, or None without details.
        settings: what the document was sent with.
        account: whose job it is.
        warnings: sentences for people.
        now: seconds since the epoch.
    """
    return {
        "schema": RESULT_SCHEMA,
        "file": file_facts(ready),
        "job": job,
        "document": document,
        "settings": {
            "locale": settings.locale,
            "mask_pii": settings.mask_pii,
            "mask_strategy": settings.mask_strategy,
            "document_type": settings.document_type,
        },
        "account": account,
        "delivered_at": iso(now),
        "warnings": list(warnings),
    }


def failure(ready: Ready, now: float) -> dict[str, Any]:
    """The failure document of one file: the reason and what to do, and no text of the document."""
    code = ready.error_code or ready.document_error_code or "FAILED"
    return {
        "schema": FAILURE_SCHEMA,
        "file": file_facts(ready),
        "error": {
            "code": code,
            "message": ready.error_message or ready.document_error_message or code,
            "remedy": retry.remedy(code),
            "attempts": max(1, ready.document_attempt),
            "last_attempt_at": iso(ready.failed_at or now),
            "job_id": ready.job_id,
        },
    }


def parse(data: bytes) -> dict[str, Any] | None:
    """A result document, or None where the bytes are none of this schema."""
    try:
        found = exact.loads(data)
    except ValueError:
        return None
    if not isinstance(found, dict) or found.get("schema") != RESULT_SCHEMA:
        return None
    return found
