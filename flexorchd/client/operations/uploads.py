"""Uploads: one request, and the recovery of a lost answer.

An upload costs money, so it is never repeated blindly. A request whose end was never sent was not
taken and may go again. One whose answer was lost is looked for at the service; only what is not
there, twice with a minute between, is sent again, once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flexorchd.client import errors
from flexorchd.client.memory import Memory
from flexorchd.client.models import Accepted, Document, Job, Submission
from flexorchd.client.operations import documents, jobs
from flexorchd.client.operations.assignment import assign
from flexorchd.client.wire import Answer, Call, Repeat, Steps, Upload

PATH = "/data-process/async"
LOOK_AGAIN_AFTER = 60.0
"""Seconds until a document that was not there is looked for once more."""

CLOCK_SLACK = timedelta(seconds=3)
"""How far the service's ``Date`` and its ``created_at`` may lie apart."""

Outcome = Accepted | Exception
"""What became of one file."""

REFUSALS = (
    errors.FileTooLargeError,
    errors.UnsupportedFileError,
    errors.SourceChangedError,
    errors.ValidationError,
    OSError,
)
"""Failures of a whole request that one of its files may have brought about."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How the documents of a request are to be processed; see `Documents.upload`."""

    locale: str = "und"
    pipeline_config: Mapping[str, Any] | None = None

    def form(self) -> dict[str, str]:
        """As form fields."""
        form = {"locale": self.locale}
        if self.pipeline_config is not None:
            form["pipeline_config"] = json.dumps(dict(self.pipeline_config))
        return form


def submit(
    uploads: Sequence[Upload], settings: Settings, repeat: Repeat = Repeat.NEVER
) -> Steps[Submission]:
    """Many files in one request."""
    names = [upload.name for upload in uploads]
    if not names or len(set(names)) < len(names):
        raise ValueError("an upload needs files, each under another name")
    call = Call(
        "documents.upload",
        "POST",
        PATH,
        repeat=repeat,
        form=settings.form(),
        uploads=tuple(uploads),
    )
    try:
        answer = yield call
    except errors.FlexOrchError as error:
        error.scope = _scope(error, len(names))
        raise
    return assign(names, answer)


def send(
    memory: Memory, uploads: Sequence[Upload], settings: Settings, begun: float, *, recover: bool
) -> Steps[list[Outcome]]:
    """Many files in one request, brought to an end for each.

    A request that is refused as a whole is halved until the culprit is alone; what the answer
    leaves open is looked for.

    Args:
        memory: which jobs this client was given already.
        uploads: each under another name.
        settings: how to process them.
        begun: when the sending began, on the monotonic clock.
        recover: whether what an answer leaves open, or a lost one, is looked for and then sent
            again, once; else it is the outcome.
    """
    try:
        submission = yield from submit(uploads, settings, Repeat.UNTAKEN)
    except (errors.FlexOrchError, OSError) as error:
        if is_lost(error) and recover:
            return (yield from _recovered(memory, uploads, settings, begun, error))
        if len(uploads) > 1 and isinstance(error, REFUSALS):
            return (yield from _halved(memory, uploads, settings, begun, recover=recover))
        return [error] * len(uploads)
    outcomes: dict[int, Outcome] = {**submission.accepted, **submission.refused}
    for accepted in submission.accepted.values():
        memory.meet(accepted.job_id)
    rest = [uploads[index] for index in submission.unassigned]
    found = (yield from _looked_for(memory, rest, settings, begun)) if rest and recover else []
    outcomes |= zip(submission.unassigned, found, strict=False)
    return [outcomes.get(index, _unknown()) for index in range(len(uploads))]


def repeats_marked(memory: Memory, outcomes: Sequence[Outcome], mark: int) -> list[Outcome]:
    """The outcomes, with those as duplicates whose job was given for another file before.

    L answers a repeat with the job of the first upload, and with no other mark.

    Args:
        memory: which jobs this client was given.
        outcomes: in the order of the files.
        mark: when the uploads began; jobs given before are those of other files.
    """
    marked: list[Outcome] = []
    seen: set[str] = set()
    for outcome in outcomes:
        if isinstance(outcome, Accepted):
            job_id = outcome.job_id
            if not outcome.is_duplicate and (job_id in seen or memory.has_met(job_id, mark)):
                outcome = replace(outcome, is_duplicate=True, existing_job_id=job_id)
            seen.add(job_id)
        marked.append(outcome)
    return marked


def is_lost(error: Exception) -> bool:
    """Whether the service may have taken the request, although no good answer came."""
    if isinstance(error, errors.TransportError):
        return error.body_complete
    if isinstance(error, errors.UnexpectedAnswerError):
        return error.status is None or 200 <= error.status < 300
    return isinstance(error, errors.ServiceError)


def job_of(accepted: Accepted) -> Steps[Job]:
    """The job of a file that was taken; asked for where the answer did not tell how it stands."""
    job = replace(
        jobs.queued(accepted.job_id, accepted.created_at),
        status=accepted.status or "queued",
        is_duplicate=accepted.is_duplicate,
        original_job_id=accepted.existing_job_id,
        document_id=accepted.document_id,
    )
    if accepted.status in ("queued", "running"):
        return job
    try:
        return jobs.merged(job, (yield from jobs.get(job.id)))
    except errors.FlexOrchError:
        return job  # the file is taken, and a failed look must not hide that


def _scope(error: errors.FlexOrchError, files: int) -> errors.Scope:
    if isinstance(error, errors.SourceChangedError) or error.scope == "account":
        return error.scope
    if files > 1:
        return "request"
    lone = isinstance(error, errors.ValidationError) and error.code != "MISSING_INPUT"
    return "file" if lone else error.scope


def _halved(
    memory: Memory, uploads: Sequence[Upload], settings: Settings, begun: float, *, recover: bool
) -> Steps[list[Outcome]]:
    middle = len(uploads) // 2
    first = yield from send(memory, uploads[:middle], settings, begun, recover=recover)
    for outcome in first:
        if isinstance(outcome, errors.FlexOrchError) and outcome.scope == "account":
            return first + [outcome] * (len(uploads) - middle)
    return first + (yield from send(memory, uploads[middle:], settings, begun, recover=recover))


def _recovered(
    memory: Memory,
    uploads: Sequence[Upload],
    settings: Settings,
    begun: float,
    error: Exception,
) -> Steps[list[Outcome]]:
    """After a lost answer: look, look again after a minute, and send again what is not there."""
    outcomes: dict[str, Outcome | None] = {upload.name: None for upload in uploads}
    try:
        for delay in (0.0, LOOK_AGAIN_AFTER):
            missing = [name for name, outcome in outcomes.items() if outcome is None]
            if missing:
                outcomes |= yield from _found(memory, missing, begun, error, delay)
    except errors.FlexOrchError as failure:
        doubt = _worse(error, failure)
        return [outcomes[upload.name] or doubt for upload in uploads]
    left = [upload for upload in uploads if outcomes[upload.name] is None]
    if left:
        sent = yield from send(memory, left, settings, begun, recover=False)
        outcomes |= zip((upload.name for upload in left), sent, strict=True)
    return [outcomes[upload.name] or error for upload in uploads]


def _looked_for(
    memory: Memory, uploads: Sequence[Upload], settings: Settings, begun: float
) -> Steps[list[Outcome]]:
    """Files that an answer did not name: looked for, and what is not there sent again singly."""
    unknown = _unknown()
    try:
        found = yield from _found(memory, [u.name for u in uploads], begun, unknown, 0.0)
    except errors.FlexOrchError as failure:
        return [_worse(unknown, failure)] * len(uploads)
    outcomes: list[Outcome] = []
    for upload in uploads:
        outcome = found.get(upload.name)
        if outcome is None:
            (outcome,) = yield from send(memory, [upload], settings, begun, recover=False)
        outcomes.append(outcome)
    return outcomes


def _unknown() -> errors.UnexpectedAnswerError:
    return errors.UnexpectedAnswerError(
        "documents.upload", "the answer does not say what became of this file"
    )


def _worse(doubt: Exception, failure: errors.FlexOrchError) -> Exception:
    """What to tell when looking failed as well: a refused account before a lost answer."""
    first, second = (failure, doubt) if failure.scope == "account" else (doubt, failure)
    first.add_note(f"Whether the upload was taken is not known: {second}")
    return first


def _found(
    memory: Memory, names: Sequence[str], begun: float, doubt: Exception, delay: float
) -> Steps[dict[str, Outcome | None]]:
    """What the service has under each name: the job, `doubt` where that is not certain, or `None`."""
    known = yield from documents.candidates(names, lambda a: _begun_at(a, begun), delay)
    found: dict[str, Outcome | None] = {}
    for name, there in known.items():
        fresh = []
        for document in there.values():
            job_id = yield from documents.job_of(document)
            if job_id is None or not memory.has_met(job_id):
                fresh.append((document, job_id))
        found[name] = _adopted(fresh, doubt)
        outcome = found[name]
        if isinstance(outcome, Accepted):
            memory.meet(outcome.job_id)
    return found


def _adopted(fresh: Sequence[tuple[Document, str | None]], doubt: Exception) -> Outcome | None:
    if not fresh:
        return None
    document, job_id = fresh[0]
    if len(fresh) > 1 or job_id is None or document.created_at is None:
        return doubt
    return Accepted(job_id, False, None, None, document.created_at, document.id)


def _begun_at(answer: Answer, begun: float) -> datetime:
    """The moment `begun` by the service's clock, as one of its answers tells it."""
    age = max(answer.at - begun, 0.0)
    return answer.date.astimezone(UTC) - timedelta(seconds=age) - CLOCK_SLACK
