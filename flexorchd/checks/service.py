"""`flexorchd check --api`: one tiny document through the whole service, and a report of how it answered.

What the client knows of the wire comes from documents and published clients; this lets anybody with an
account prove it against the service itself.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from flexorchd.client import FlexOrch, FlexOrchError, Job, Upload

TEXT = (
    b"Invoice\nInvoice number: CHECK-1\nInvoice date: 2026-01-31\n"
    b"A test of the connection, %s. Nothing here is real.\nTotal: EUR 1.00\n"
)
FORMATS = ("jsonl", "csv", "parquet", "markdown", "arrow")
JOB_SECONDS = 300.0

Result = TypeVar("Result")


@dataclass(slots=True)
class Step:
    """One call: what it was, how it ended, how long it took."""

    name: str
    good: bool
    seconds: float
    said: str


@dataclass(slots=True)
class ApiCheck:
    """Walks the whole surface once.

    Attributes:
        client: of the account that is to be checked.
        steps: what was done so far.
        cost: credits that it used, where the service tells.
    """

    client: FlexOrch
    steps: list[Step] = field(default_factory=list)
    cost: int | None = None
    _refused: bool = False

    def run(self) -> Iterator[Step]:
        """Upload, follow, build, export, delete; a step that fails ends what depends on it."""
        before = self._do("usage", lambda: self.client.usage.current())
        yield self.steps[-1]
        if self._refused:
            return
        self._do("rate limits", lambda: self.client.usage.rate_limits())
        yield self.steps[-1]
        job = self._do("upload", self._upload)
        yield self.steps[-1]
        if job is None:
            return
        done = self._do("follow the job", partial(job.wait_until_done, JOB_SECONDS))
        yield self.steps[-1]
        if done is None or done.status != "completed":
            return
        yield from self._look_at(done)
        yield from self._build(done)
        after = self._do("usage afterwards", lambda: self.client.usage.current())
        yield self.steps[-1]
        if before and after and None not in (before.credits_used, after.credits_used):
            self.cost = int(after.credits_used or 0) - int(before.credits_used or 0)

    def _upload(self) -> Job:
        data = TEXT % str(time.time_ns()).encode()
        upload = Upload(f"flexorchd-check-{time.time_ns()}.txt", len(data), lambda: iter([data]))
        submission = self.client.documents.submit([upload], locale="en")
        if 0 in submission.refused:
            raise submission.refused[0]
        return self.client.jobs.get(submission.accepted[0].job_id)

    def _look_at(self, job: Job) -> Iterator[Step]:
        self._do("list of jobs", lambda: self.client.jobs.list(limit=5))
        yield self.steps[-1]
        self._do("list of documents", lambda: self.client.documents.list(page_size=5))
        yield self.steps[-1]
        self._do("details", lambda: self.client.documents.details(job))
        yield self.steps[-1]

    def _build(self, job: Job) -> Iterator[Step]:
        name = f"flexorchd-check-{time.time_ns()}"
        dataset = self._do("build a dataset", lambda: self.client.datasets.build([job.id], name))
        yield self.steps[-1]
        if dataset is None:
            return
        for form in FORMATS:
            self._do(
                f"export as {form}",
                partial(self.client.datasets.export_to, dataset.id, form, io.BytesIO()),
            )
            yield self.steps[-1]
        self._do("profile", lambda: self.client.datasets.profile(dataset.id))
        yield self.steps[-1]
        self._do("delete the dataset", lambda: self.client.datasets.delete(dataset.id))
        yield self.steps[-1]

    def _do(self, name: str, call: Callable[[], Result]) -> Result | None:
        began = time.monotonic()
        try:
            found = call()
        except (FlexOrchError, KeyError) as error:
            code = getattr(error, "code", type(error).__name__)
            self._refused = getattr(error, "scope", None) == "account"
            self.steps.append(Step(name, False, time.monotonic() - began, f"{code}: {error}"))
            return None
        self.steps.append(Step(name, True, time.monotonic() - began, ""))
        return found

    def report(self, version: str) -> dict[str, Any]:
        """All of it as JSON, without any secret, fit to be attached to a bug."""
        return {
            "schema": "flexorchd.api-check/1",
            "flexorchd": version,
            "steps": [
                {"name": s.name, "good": s.good, "seconds": round(s.seconds, 3), "said": s.said}
                for s in self.steps
            ],
            "dialects": dict(self.client.dialects),
            "credits_used": self.cost,
        }
