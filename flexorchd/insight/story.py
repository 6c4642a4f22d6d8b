"""One file's whole story, in sentences, for `why` and for the page.

Ignored by which rule, waiting for what and until when, a copy of what, refused why, delivered where.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flexorchd.clock import iso
from flexorchd.insight.words import many, size
from flexorchd.ledger.following import FORGOTTEN
from flexorchd.ledger.ledger import Ledger
from flexorchd.ledger.search import Found
from flexorchd.rules import causes, retry
from flexorchd.rules.naming import display
from flexorchd.rules.selection import NOT_INCLUDED

_SETTLING = {
    None: "waits until it stops changing",
    "settling": "waits until it stops changing",
    "incomplete": "waits for its end: what is there is cut short",
    "empty": "waits for its content: it is empty still",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One event or fact.

    Attributes:
        at: when it was (ISO 8601, UTC); None for what holds now.
        what: in a sentence.
        then: when it is tried or looked at again, or None.
    """

    at: str | None
    what: str
    then: str | None = None


def story(ledger: Ledger, file: Found) -> list[Line]:
    """What happened to a file, in order, and what is next."""
    return [*_past(ledger, file), *_present(ledger, file)]


def _past(ledger: Ledger, file: Found) -> Iterator[Line]:
    yield Line(iso(file.seen_at), f"seen in watch {file.watch}, {size(file.size)}")
    if file.sha256 is not None:
        yield Line(None, f"its content is SHA-256 {file.sha256.hex()}")
    if file.is_duplicate:
        yield Line(None, _copy_of(ledger, file))
    if file.warning:
        yield Line(None, file.warning)
    if file.sent_at is not None and not file.is_duplicate:
        yield Line(iso(file.sent_at), f"taken as job {file.job_id}")
    if file.version_state == "delivered" and file.output_path is not None:
        yield from _delivered(ledger, file, file.output_path)
    if file.after == "done":
        yield Line(None, "the source was archived or deleted, as its watch says")
    elif file.after == "skipped":
        yield Line(None, f"the source was left where it is: {file.after_reason}")
    if file.gone_at is not None:
        yield Line(iso(file.gone_at), "the source is no longer in its folder")


def _delivered(ledger: Ledger, file: Found, path: bytes) -> Iterator[Line]:
    output = Path(ledger.memory.get("output") or "")
    yield Line(iso(file.ended_at), f"delivered to {output / display(path)}")
    told = [
        f"read as {file.document_type}" if file.document_type else "",
        f"grade {file.grade}" if file.grade else "",
        many(file.pii_count, "finding") + " of personal data" if file.pii_count else "",
    ]
    if any(told):
        yield Line(None, ", ".join(part for part in told if part))
    if file.document_id is not None:
        for run in ledger.exports.runs_holding([file.document_id])[-3:]:
            yield Line(iso(run.finished_at), f"in the dataset {run.export}/{run.folder}")


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
        case "ignored":
            yield from _ignored(file)
        case "vanished":
            yield Line(None, "vanished: the source went before its content was sent")
        case "settling":
            yield from _settling(file)
        case "held":
            code = file.hold_code or ""
            yield Line(None, f"held: {causes.meaning(code)} ({code})")
            yield Line(None, f"what to do: {retry.remedy(code, file.watch)}")
        case "processing" if file.version_state == "ready":
            yield from _undelivered(ledger, file)
        case "queued":
            yield from _waiting(ledger, file, "waits to be sent")
        case "uploading":
            yield from _waiting(ledger, file, "its upload has no answer yet")
        case "processing":
            yield from _waiting(ledger, file, f"job {file.job_id} is being processed")
        case "failed":
            code = file.failure_code or "FAILED"
            message = file.error_message or file.document_error_message or causes.meaning(code)
            yield Line(iso(file.ended_at), f"failed: {code}. {message}")
            yield Line(None, f"what to do: {_remedy(file, code)}")
        case _:
            pass


def _remedy(file: Found, code: str) -> str:
    """What to do about a failure: nothing can be done about a file that is no longer there."""
    if file.gone_at is None:
        return retry.remedy(code)
    return "`flexorchd retry --failed` takes it off the list, since it is no longer in its folder"


def _ignored(file: Found) -> Iterator[Line]:
    if file.reason == FORGOTTEN or file.version_state == "forgotten":
        yield Line(None, "ignored: its content was forgotten on request and is not sent again")
    elif file.reason == NOT_INCLUDED:
        yield Line(None, "ignored: not in include, the kinds of files that this watch takes")
        yield Line(
            None,
            "what to do: nothing, if it is no document; else save it as a kind that is taken, such as "
            "PDF, and unpack archives",
        )
    else:
        yield Line(None, f"ignored: {file.reason}")


def _settling(file: Found) -> Iterator[Line]:
    code, _, said = (file.reason or "").partition(": ")
    if said and code.isupper():
        yield Line(None, f"cannot be read: {said} ({code})", iso(file.file_due_at))
        yield Line(None, f"what to do: {retry.remedy_for_file(code)}")
    else:
        waits = _SETTLING.get(file.reason, _SETTLING[None])
        yield Line(None, waits, iso(file.file_due_at))


def _undelivered(ledger: Ledger, file: Found) -> Iterator[Line]:
    yield Line(None, "its result is to be written", iso(file.delivery_due_at))
    if file.after_reason:
        yield Line(None, f"last try: {file.after_reason}")
    if held := ledger.memory.get("output_hold"):
        yield Line(None, f"waits for the output: {held['message']}")
        yield Line(None, f"what to do: {retry.remedy(held['code'])}")


def _waiting(ledger: Ledger, file: Found, what: str) -> Iterator[Line]:
    account = None if file.account_id is None else ledger.accounts.get(file.account_id)
    code = account.pause_code if account else None
    away = ledger.memory.get("away")
    yield Line(None, what, None if code or away else iso(file.document_due_at))
    if account and code:
        why = f"nothing is sent at present: {causes.meaning(code)} ({code})"
        yield Line(None, why, iso(account.probe_at))
        yield Line(None, f"what to do: {retry.remedy(code)}")
    elif away:
        yield Line(None, f"the service cannot be reached: {away}")
    if file.document_error_code:
        said = f"last try: {file.document_error_code}. {file.document_error_message or ''}"
        yield Line(None, said.strip())
