"""A completed job as a text that the ledger keeps between the poll and the delivery."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime

from flexorchd.client import Job
from flexorchd.formats import exact

_KEPT = tuple(f.name for f in fields(Job) if f.name not in ("raw", "_waiter"))


def freeze(job: Job) -> str:
    """The job's own fields as JSON; what the service sent beyond them is left behind."""
    return exact.dumps({name: getattr(job, name) for name in _KEPT}).decode()


def thaw(text: str) -> Job:
    """The job that was frozen.

    Raises:
        ValueError: not such a text.
    """
    values = exact.loads(text)
    values["created_at"] = datetime.fromisoformat(values["created_at"])
    if values["quality_score"] is not None:
        values["quality_score"] = float(values["quality_score"])
    return Job(**values)
