"""Feedback on results, in the words of any client."""

from __future__ import annotations

from typing import Literal

import msgspec

from flexorchd.engine.api.envelope import Answer, not_found
from flexorchd.engine.api.operation import Operation
from flexorchd.engine.service import Engine
from flexorchd.engine.store.moments import now

_RATINGS = {"positive": "up", "negative": "down"}


class Opinion(msgspec.Struct, frozen=True):
    """What someone thinks of a result."""

    rating: Literal["up", "down", "positive", "negative"]
    issue: (
        Literal[
            "wrong_doc_type",
            "missing_fields",
            "wrong_values",
            "pii_missed",
            "pii_over_masked",
            "other",
            "wrong_fields",
            "missed_pii",
            "incorrect_summary",
            "poor_extraction",
            "missing_data",
            "wrong_classification",
            "pii_not_masked",
        ]
        | None
    ) = None
    notes: str | None = None


def routes(engine: Engine) -> list[Operation]:
    """The operations of this resource."""
    feedback = _Feedback(engine)
    return [
        Operation("POST", "/jobs/{job_id}/feedback", feedback.put),
        Operation("GET", "/jobs/{job_id}/feedback", feedback.get),
    ]


class _Feedback:
    def __init__(self, engine: Engine) -> None:
        self._store = engine.store

    def put(self, job_id: int, body: Opinion) -> Answer:
        """Keep feedback on a job, in place of an earlier one."""
        self._require(job_id)
        rating = _RATINGS.get(body.rating, body.rating)
        return Answer(self._store.feedback.put(job_id, (rating, body.issue, body.notes), now()))

    def get(self, job_id: int) -> Answer:
        """Show the feedback on a job; null if there is none."""
        self._require(job_id)
        return Answer(self._store.feedback.get(job_id))

    def _require(self, job_id: int) -> None:
        if self._store.jobs.get(job_id) is None:
            raise not_found("job", job_id)
