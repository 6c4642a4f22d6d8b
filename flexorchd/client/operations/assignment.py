"""Whose answer is whose: the files of one request, and the parts of its answer.

An answer counts for a file when the echoed name is the one that was sent, or when all were accepted
and the counts agree. Everything else stays unassigned: it is cheaper to look for a document than to
give one file's job to another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from flexorchd.client.dialects import UPLOADED
from flexorchd.client.errors import FlexOrchError, UnexpectedAnswerError
from flexorchd.client.models import Accepted, JobStatus, Submission
from flexorchd.client.reading import Body, kind
from flexorchd.client.verdict import refused_file
from flexorchd.client.wire import Answer

IN_STATES = ("queued", "running", "completed", "failed")


@dataclass(frozen=True, slots=True)
class Entry:
    """One part of an answer: a job, a refusal, or neither where it could not be read."""

    filename: str | None
    outcome: Accepted | FlexOrchError | None


def assign(names: Sequence[str], answer: Answer) -> Submission:
    """Give the parts of an upload's answer to the files that were sent.

    Args:
        names: the file names of the request, each different.
        answer: what came back.

    Raises:
        UnexpectedAnswerError: the answer is in no known shape.
    """
    entries = list(_entries(answer))
    matched = _by_name(names, entries)
    for index, place in _by_order(names, entries, matched, _told_count(answer)).items():
        matched.setdefault(index, place)
    outcomes = {index: entries[place].outcome for index, place in matched.items()}
    accepted = {i: o for i, o in sorted(outcomes.items()) if isinstance(o, Accepted)}
    refused = {i: o for i, o in sorted(outcomes.items()) if isinstance(o, FlexOrchError)}
    rest = (i for i in range(len(names)) if i not in accepted and i not in refused)
    return Submission(accepted, refused, tuple(rest), answer.date)


def _by_name(names: Sequence[str], entries: Sequence[Entry]) -> dict[int, int]:
    """The entries that echo a name, once each: place in the request to place in the answer."""
    echoes = Counter(entry.filename for entry in entries)
    places = {entry.filename: place for place, entry in enumerate(entries)}
    return {i: places[name] for i, name in enumerate(names) if echoes[name] == 1}


def _by_order(
    names: Sequence[str], entries: Sequence[Entry], matched: Mapping[int, int], told: int | None
) -> dict[int, int]:
    """The entries in the order of the files, when nothing speaks against it."""
    if len(entries) != len(names):
        return {}
    in_order = {i: i for i in range(len(names))}
    if len(names) == 1:
        return in_order
    kept_order = all(index == place for index, place in matched.items())
    echoed_twice = max(
        Counter(e.filename for e in entries if e.filename in names).values(), default=0
    )
    all_accepted = all(isinstance(entry.outcome, Accepted) for entry in entries)
    if all_accepted and kept_order and echoed_twice < 2 and told in (None, len(names)):
        return in_order
    reasons = {str(entry.outcome) for entry in entries if isinstance(entry.outcome, FlexOrchError)}
    all_alike = len(reasons) == 1 and all(
        isinstance(entry.outcome, FlexOrchError) for entry in entries
    )
    return in_order if all_alike and not matched else {}


def _entries(answer: Answer) -> Iterator[Entry]:
    """The parts of an answer, whichever dialect it is in."""
    body, call = answer.data, answer.call
    if not isinstance(body, Mapping):
        raise UnexpectedAnswerError(call, f"expected the jobs of the files, got {kind(body)}")
    jobs, refusals, ids = (_list(body.get(name)) for name in ("jobs", "rejected", "job_ids"))
    if jobs is not None or refusals is not None:  # L
        yield from (_entry(call, job, answer.date) for job in jobs or ())
        yield from (_refusal(call, refusal) for refusal in refusals or ())
    elif ids is not None:  # D
        status = {"status": body.get("status")}
        yield from (_entry(call, {"job_id": job, **status}, answer.date) for job in ids)
    elif "job_id" in body or "existing_job_id" in body:  # D's repeat of one file
        yield _entry(call, body, answer.date)
    else:
        raise UnexpectedAnswerError(call, "the answer names no jobs")


def _list(value: object) -> Sequence[Any] | None:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else None


def _told_count(answer: Answer) -> int | None:
    told = answer.data.get("accepted")
    return told if isinstance(told, int) and not isinstance(told, bool) else None


def _entry(call: str, data: Any, answered: datetime) -> Entry:
    if not isinstance(data, Mapping):
        return Entry(None, None)
    body = Body(call, data, UPLOADED).beyond
    job_id, existing = body.identity("job"), body.identity("existing")
    if job_id is None:
        return Entry(body.text("filename"), None)
    status = body.text("status")
    duplicate = bool(body.flag("duplicate"))
    accepted = Accepted(
        job_id=job_id,
        is_duplicate=duplicate,
        existing_job_id=(existing or job_id) if duplicate else None,
        status=cast(JobStatus, status) if status in IN_STATES else None,
        created_at=answered,
        document_id=body.identity("document"),
    )
    return Entry(body.text("filename"), accepted)


def _refusal(call: str, data: Any) -> Entry:
    if isinstance(data, str):
        return Entry(None, refused_file(call, data, None))
    if not isinstance(data, Mapping):
        return Entry(None, None)
    body = Body(call, data, UPLOADED).beyond
    return Entry(
        body.text("filename"), refused_file(call, body.text("error") or "", body.text("code"))
    )
