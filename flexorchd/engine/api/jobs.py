"""Jobs: one, and the list of them."""

from __future__ import annotations

from flexorchd.engine.api.envelope import Answer, listing, not_found
from flexorchd.engine.api.operation import Operation
from flexorchd.engine.api.paging import Paging
from flexorchd.engine.api.views import job_view
from flexorchd.engine.service import Engine
from flexorchd.engine.store.rows import Job


def routes(engine: Engine) -> list[Operation]:
    """The operations of this resource."""
    jobs = _Jobs(engine)
    return [
        Operation("GET", "/jobs", jobs.page),
        Operation("GET", "/jobs/{job_id}", jobs.get),
    ]


class _Jobs:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def page(self, query: Paging) -> Answer:
        """List jobs of both types, newest first."""
        jobs, total = self._engine.store.jobs.page(query.size, query.start)
        views = [self._view(job) for job in jobs]
        return listing(views, total, query.number, query.size)

    def get(self, job_id: int) -> Answer:
        """Show a job: its state, and its result or the reason of its failure."""
        job = self._engine.store.jobs.get(job_id)
        if job is None:
            raise not_found("job", job_id)
        return Answer(self._view(job))

    def _view(self, job: Job) -> dict[str, object]:
        execution = job.execution
        dataset = self._engine.datasets.newest_of(execution.id) if execution else None
        return job_view(job, running=self._engine.runner.is_running(job.id), dataset=dataset)
