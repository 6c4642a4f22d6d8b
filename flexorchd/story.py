"""One file's whole story, in sentences, for `why` and for the page.

Ignored by which rule, waiting for what and until when, a copy of what, refused why, delivered where.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flexorchd.clock import iso
from flexorchd.ledger.following import FORGOTTEN
from flexorchd.ledger.ledger import Ledger
from flexorchd.ledger.search import Found
from flexorchd.rules import retry
from flexorchd.rules.naming import display


@dataclass(frozen=True, slots=True)
class Line:
    """One event or fact: when (ISO 8601, UTC; None for what holds now) and what."""

    at: str | None
    what: str


def story(ledger: Ledger, file: Found) -> list[Line]:
    """What happened to a file, in order, and what is next."""
    return [*_past(ledger, file), *_present(ledger, file)]


def _past(ledger: Ledger, file: Found) -> Iterator[Line]:
    yield Line(iso(file.seen_at), f"seen in watch {file.watch}, {file.size} bytes")
    if file.sha256 is not None:
        yield Line(None, f"its content is SHA-256 {file.sha256.hex()}")
    if file.is_duplicate:
        yield Line(None, _copy_of(ledger, file))
    if file.sent_at is not None and not file.is_duplicate:
        yield Line(iso(file.sent_at), f"taken as job {file.job_id}")
    if file.warning:
        yield Line(None, file.warning)
    if file.version_state == "delivered" and file.output_path is not None:
        output = Path(ledger.memory.get("output") or "")
        grade = f", grade {file.grade}" if file.grade else ""
        yield Line(iso(file.ended_at), f"delivered to {output / display(file.output_path)}{grade}")
    if file.after == "done":
        yield Line(None, "the source was archived or deleted, as its watch says")
    elif file.after == "skipped":
        yield Line(None, f"the source was left where it is: {file.after_reason}")
    if file.gone_at is not None:
        yield Line(iso(file.gone_at), "the source is no longer in its folder")


def _copy_of(ledger: Ledger, file: Found) -> str:
    original = (
        ledger.search.file_of_version(file.original_version_id)
        if file.original_version_id is not None
        else None
    )
    if original is None or original.id == file.id:
        return f"the service knew this content already, as job {file.job_id}"
    return f"it is a copy of {original.watch}/{display(original.path)} (job {file.job_id})"


def _present(ledger: Ledger, file: Found) -> Iterator[Line]:
    match file.state:
        case "ignored" if file.reason == FORGOTTEN or file.version_state == "forgotten":
            yield Line(None, "ignored: its content was forgotten on request and is not sent again")
        case "ignored":
            yield Line(None, f"ignored: {file.reason}")
        case "vanished":
            yield Line(None, "vanished: the source went before its content was sent")
        case "settling":
            yield Line(
                None,
                f"settling: next look {iso(file.file_due_at) or 'soon'}"
                + (f" ({file.reason})" if file.reason else ""),
            )
        case "held":
            yield Line(None, f"held: {file.hold_code}. {retry.remedy(file.hold_code or '')}")
        case "queued":
            yield from _waiting(file, "queued")
        case "uploading":
            yield from _waiting(file, "its upload has no answer yet")
        case "processing" if file.version_state == "ready":
            yield Line(None, f"its result is to be written{_until(file.delivery_due_at)}")
            if file.after_reason:
                yield Line(None, f"last try: {file.after_reason}")
        case "processing":
            yield from _waiting(file, f"job {file.job_id} is being processed")
        case "failed":
            code = file.failure_code or "FAILED"
            message = file.error_message or file.document_error_message or code
            yield Line(iso(file.ended_at), f"failed: {code}. {message}")
            yield Line(None, f"what to do: {retry.remedy(code)}")
        case _:
            pass


def _waiting(file: Found, what: str) -> Iterator[Line]:
    yield Line(None, what + _until(file.document_due_at))
    if file.document_error_code:
        yield Line(
            None,
            f"last try: {file.document_error_code}. {file.document_error_message or ''}".strip(),
        )


def _until(due_at: float | None) -> str:
    return "" if due_at is None else f", next try {iso(due_at)}"
