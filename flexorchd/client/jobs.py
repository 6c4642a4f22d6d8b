"""`client.jobs`: jobs as they stand, until done, and feedback on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flexorchd.client.driver import Driver
from flexorchd.client.models import Feedback, Job, JobPage
from flexorchd.client.operations import feedback, jobs
from flexorchd.client.operations.listing import PAGE_SIZE, Walk


class Jobs:
    """Knows the jobs of the workspace."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def get(self, job_id: str) -> Job:
        """The job as it is now.

        Raises:
            NotFoundError: there is no such job.
        """
        return self._bound(self._driver.run(jobs.get(job_id)))

    def list(self, limit: int = 20, offset: int = 0) -> list[Job]:
        """Jobs of the workspace, newest first, builds of datasets among them.

        A completed job that the list gives without its results is fetched singly; `page` gives
        the list as it is.

        Args:
            limit: 1 to 100.
            offset: jobs to skip, at least 0.

        Raises:
            ValueError: out of these bounds; nothing was sent.
        """
        page = self.page(limit, offset)
        if page.unreadable:
            raise page.unreadable[0]
        return [self._complete(job) for job in page.jobs]

    def page(self, limit: int = PAGE_SIZE, offset: int = 0) -> JobPage:
        """The same jobs exactly as listed, in one request where `offset` is a multiple of `limit`.

        Completed jobs may lack their results (`Job.is_complete_record`), and an item that cannot
        be read is told beside the others instead of hiding them.

        Raises:
            ValueError: `limit` or `offset` is out of bounds; nothing was sent.
        """
        _check("limit", limit, 1, PAGE_SIZE)
        _check("offset", offset, 0, None)
        page = self._driver.run(jobs.window(limit, offset))
        return replace(page, jobs=tuple(self._bound(job) for job in page.jobs))

    def iterate(self) -> Iterator[Job]:
        """All jobs, newest first, each once: those that arrive meanwhile only shift the pages.

        Raises:
            FlexOrchError: as `list`, at any step.
        """
        walk = Walk()
        while not walk.is_over:
            page = self.page(PAGE_SIZE, (walk.number - 1) * PAGE_SIZE)
            if page.unreadable:
                raise page.unreadable[0]
            yield from map(self._complete, walk.step(page.jobs, page.total))

    def submit_feedback(
        self, job_id: str, rating: str, issue: str | None = None, *, notes: str | None = None
    ) -> None:
        """Say how good an extraction is; a second time replaces the first.

        Args:
            job_id: the job.
            rating: ``positive`` or ``negative`` (or the service's ``up`` and ``down``).
            issue: ``wrong_fields``, ``missed_pii``, ``incorrect_summary``, ``poor_extraction``, or
                a further code of the service (`dialects.ISSUES`).
            notes: free text.

        Raises:
            ValueError: an unknown rating or issue; nothing was sent.
            NotFoundError: there is no such job.
        """
        self._driver.run(feedback.submit(self._driver.memory, job_id, rating, issue, notes))

    def feedback(self, job_id: str) -> Feedback | None:
        """What was said about the job, if anything was."""
        return self._driver.run(feedback.get(job_id))

    def wait(self, job: Job, timeout: float = 300, poll_interval: float = 2) -> Job:
        """See `Job.wait_until_done`."""
        return self._bound(self._driver.run(jobs.wait(job.id, job, timeout, poll_interval)))

    def _complete(self, job: Job) -> Job:
        return self._bound(self._driver.run(jobs.complete(job)))

    def _bound(self, job: Job) -> Job:
        return replace(job, _waiter=self)


def _check(name: str, value: int, least: int, most: int | None) -> None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole or value < least or (most is not None and value > most):
        bounds = f"{least} to {most}" if most is not None else f"at least {least}"
        raise ValueError(f"{name} must be a whole number, {bounds}; it is {value!r}")
