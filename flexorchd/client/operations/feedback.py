"""Feedback on a job, in the words of either dialect."""

from __future__ import annotations

from flexorchd.client.dialects import FEEDBACK, ISSUES, RATINGS
from flexorchd.client.memory import Memory
from flexorchd.client.models import Feedback
from flexorchd.client.reading import Body
from flexorchd.client.wire import Call, Steps, path


def submit(
    memory: Memory, job_id: str, rating: str, issue: str | None, notes: str | None
) -> Steps[None]:
    """Say how good an extraction is.

    Raises:
        ValueError: an unknown rating or issue.
    """
    if rating not in RATINGS:
        raise ValueError(f"rating must be one of {', '.join(RATINGS)}; it is {rating!r}")
    if issue is not None and issue not in ISSUES:
        raise ValueError(f"issue must be one of {', '.join(ISSUES)}; it is {issue!r}")
    rating_l, rating_d = RATINGS[rating]
    issue_l, issue_d, note = ISSUES[issue] if issue else (None, None, None)
    noted = "\n".join(filter(None, (note, notes))) or None
    where = path("jobs", job_id, "feedback")
    said = {"rating": rating_d, "issue": issue_d, "notes": notes}
    yield from memory.speak(
        "feedback",
        first=Call(
            "jobs.submit_feedback",
            "POST",
            where,
            json={"rating": rating_l, "issue": issue_l, "notes": noted},
        ),
        second=Call(
            "jobs.submit_feedback",
            "POST",
            where,
            json={name: value for name, value in said.items() if value is not None},
        ),
    )


def get(job_id: str) -> Steps[Feedback | None]:
    """What was said about the job."""
    answer = yield Call("jobs.feedback", "GET", path("jobs", job_id, "feedback"))
    if not answer.data:
        return None
    body = Body(answer.call, answer.data, FEEDBACK)
    return Feedback(
        job_id=body.identity("job") or job_id,
        rating=body.require("rating", body.text("rating")),
        issue=body.text("issue"),
        notes=body.text("notes"),
        created_at=body.beyond.moment("created"),
    )
