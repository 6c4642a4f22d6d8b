"""Uploads of many files at once, and what becomes of each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Lock

from flexorchd.client.driver import Driver
from flexorchd.client.errors import BatchUploadError, FlexOrchError
from flexorchd.client.models import Accepted, Job
from flexorchd.client.models.processing import JobWaiter
from flexorchd.client.operations import connected, uploads
from flexorchd.client.operations.batches import batches
from flexorchd.client.operations.uploads import Outcome, Settings
from flexorchd.client.wire import Upload

Progress = Callable[[int, int], None]
"""Called with the bytes sent so far and the bytes in all; a file sent again counts anew."""

AT_ONCE = 4
"""Upload requests of one call under way at the same time."""


class Uploader:
    """Sends files, some requests at a time, and makes jobs of the outcomes."""

    def __init__(self, driver: Driver, waiter: JobWaiter) -> None:
        self._driver = driver
        self._waiter = waiter

    def send(
        self, files: Sequence[Upload], settings: Settings, progress: Progress | None
    ) -> list[Outcome]:
        """What became of each file. Once the account is refused, nothing more is sent."""
        if progress is not None:
            meter = Meter(sum(file.size for file in files), progress)
            files = [meter.over(file) for file in files]
        memory = self._driver.memory
        mark, groups = memory.mark(), batches(files)
        return uploads.repeats_marked(memory, self._send_all(groups, settings), mark)

    def pull(self, connector_id: int, keys: Sequence[str], settings: Settings) -> list[Outcome]:
        """What became of each key of a connector's storage."""
        memory = self._driver.memory
        mark, outcomes = memory.mark(), list[Outcome]()
        for key in keys:
            stopped = account_errors(outcomes)
            outcomes.append(stopped[0] if stopped else self._pull(connector_id, key, settings))
        return uploads.repeats_marked(memory, outcomes, mark)

    def jobs(self, outcomes: Sequence[Outcome]) -> list[Job]:
        """The jobs of the files, in order.

        Raises:
            BatchUploadError: some were not taken.
            FlexOrchError: the account is refused, and none was taken.
        """
        refused = {i: o for i, o in enumerate(outcomes) if isinstance(o, Exception)}
        account = account_errors(outcomes)
        if account and len(refused) == len(outcomes):
            raise account[0]
        jobs = [None if isinstance(o, Exception) else self.job(o) for o in outcomes]
        if refused:
            raise BatchUploadError(jobs, refused)
        return [job for job in jobs if job is not None]

    def job(self, accepted: Accepted) -> Job:
        """The job of a file that was taken."""
        return replace(self._driver.run(uploads.job_of(accepted)), _waiter=self._waiter)

    def _send_all(self, groups: Sequence[Sequence[Upload]], settings: Settings) -> list[Outcome]:
        stopped: list[FlexOrchError] = []

        def send(group: Sequence[Upload]) -> list[Outcome]:
            if stopped:
                return [stopped[0]] * len(group)
            outcomes = self._send(group, settings)
            stopped.extend(account_errors(outcomes))
            return outcomes

        if len(groups) < 2:
            return [outcome for group in groups for outcome in send(group)]
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="flexorch-upload") as pool:
            return [outcome for outcomes in pool.map(send, groups) for outcome in outcomes]

    def _send(self, group: Sequence[Upload], settings: Settings) -> list[Outcome]:
        driver, begun = self._driver, time.monotonic()
        recover = driver.retry_for > 0
        return driver.run(uploads.send(driver.memory, group, settings, begun, recover=recover))

    def _pull(self, connector_id: int, key: str, settings: Settings) -> Outcome:
        driver = self._driver
        try:
            return driver.run(connected.pull(driver.memory, connector_id, key, settings))
        except FlexOrchError as error:
            return error


def account_errors(outcomes: Sequence[Outcome]) -> list[FlexOrchError]:
    """The errors that concern the whole account."""
    return [o for o in outcomes if isinstance(o, FlexOrchError) and o.scope == "account"]


class Meter:
    """Adds up what all files have sent, and tells the caller; one call at a time."""

    def __init__(self, total: int, tell: Callable[[int, int], None] | None) -> None:
        self._total = total
        self._tell = tell
        self._sent: dict[str, int] = {}
        self._lock = Lock()

    def over(self, upload: Upload) -> Upload:
        """The same upload, measured."""
        return replace(upload, chunks=lambda: self._measured(upload))

    def _measured(self, upload: Upload) -> Iterator[bytes]:
        self._add(upload.name, -self._sent.get(upload.name, 0))
        for chunk in upload.chunks():
            yield chunk
            self._add(upload.name, len(chunk))

    def _add(self, name: str, count: int) -> None:
        with self._lock:
            self._sent[name] = self._sent.get(name, 0) + count
            if self._tell and count > 0:
                self._tell(sum(self._sent.values()), self._total)
