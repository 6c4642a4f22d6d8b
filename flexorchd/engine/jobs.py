"""The runner: takes queued jobs from the store, has them processed, and keeps their ends.

What runs is known only here, in memory; in the store a job is queued until it has ended. So there
is nothing to recover after a kill: what had not ended is still queued.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from flexorchd.engine.config import Limits
from flexorchd.engine.executor import Pool
from flexorchd.engine.failure import Failure
from flexorchd.engine.model import Outcome
from flexorchd.engine.store import Store, executions
from flexorchd.engine.store import jobs as job_rows
from flexorchd.engine.store.jobs import Queued
from flexorchd.engine.store.moments import now

_log = logging.getLogger(__name__)

_ATTEMPTS = 6
_LONGEST_PAUSE = 60.0
_IDLE_SECONDS = 5.0

NO_ORIGINAL = Failure(
    "DOCUMENT_FILE_NOT_AVAILABLE",
    "The uploaded file is no longer kept.",
    "Upload the document again.",
)
WORKER_LOST = Failure(
    "WORKER_LOST",
    "No worker of this engine could finish the document; the engine's log says why.",
    "Look at the log, mend the worker, and upload the document again.",
)
Ended = Callable[[sqlite3.Connection, int, Outcome | Failure, datetime], None]


@dataclass(frozen=True, slots=True)
class _Retry:
    job: Queued
    attempt: int
    not_before: float


class Runner:
    """Works through the queue until it is stopped.

    Args:
        store: holds the queue.
        pool: does the work.
        limits: for each document.
        ocr_languages: languages to read scans in.
        ended: called inside the transaction that ends a job.
        kept: called when such a transaction is on disk.
    """

    def __init__(
        self,
        store: Store,
        pool: Pool,
        limits: Limits,
        ocr_languages: Sequence[str],
        ended: Ended,
        kept: Callable[[], None],
    ) -> None:
        self._store = store
        self._pool = pool
        self._limits = limits
        self._ocr_languages = ocr_languages
        self._ended = ended
        self._announce = kept
        self._lock = threading.Lock()
        self._running: set[int] = set()
        self._retries: list[_Retry] = []
        self._last_taken = 0
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="job-runner", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """Stop working; what has not ended stays queued."""
        self._stopping = True
        self._wake.set()
        self._thread.join()
        self._pool.close()

    def wake(self) -> None:
        """There may be something to do."""
        self._wake.set()

    def is_running(self, job_id: int) -> bool:
        """Whether the job is being worked on at this moment."""
        with self._lock:
            return job_id in self._running

    def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                pause = self._fill()
            except Exception:  # noqa: BLE001 - a runner that ends silently would stop all work
                _log.exception("the job runner could not take jobs; trying again")
                pause = _IDLE_SECONDS
            self._wake.wait(pause)

    def _fill(self) -> float:
        """Start what fits; the seconds until there may be more to do without being woken."""
        with self._lock:
            free = self._pool.capacity() - len(self._running)
            due = [retry for retry in self._retries if retry.not_before <= time.monotonic()]
            due = due[: max(free, 0)]
            self._retries = [retry for retry in self._retries if retry not in due]
        for retry in due:
            self._start(retry.job, retry.attempt)
        for job in self._store.jobs.queued(self._last_taken, max(free - len(due), 0)):
            self._last_taken = job.job_id
            self._start(job, 1)
        return 0.5 if self._retries else _IDLE_SECONDS

    def _start(self, job: Queued, attempt: int) -> None:
        with self._lock:
            self._running.add(job.job_id)
        started = now()
        try:
            data = self._store.originals.read(job.sha256)
        except FileNotFoundError:
            self._keep(job, attempt, started, NO_ORIGINAL)
            return
        try:
            future = self._pool.process(
                data,
                job.filename,
                job.settings,
                self._limits.of(len(data)),
                self._store.mask_key,
                self._ocr_languages,
            )
        except RuntimeError as error:
            self._try_again(job, attempt, error)
            return
        future.add_done_callback(partial(self._done, job, attempt, started))

    def _done(
        self,
        job: Queued,
        attempt: int,
        started: datetime,
        future: Future[Outcome | Failure],
    ) -> None:
        try:
            end = future.result()
        except CancelledError:
            return
        except Exception as error:  # noqa: BLE001 - whatever befell a worker, the job goes on
            if attempt < _ATTEMPTS:
                self._try_again(job, attempt, error)
                return
            end = WORKER_LOST
        self._keep(job, attempt, started, end)

    def _keep(self, job: Queued, attempt: int, started: datetime, end: Outcome | Failure) -> None:
        def work(database: sqlite3.Connection) -> None:
            moment = now()
            if isinstance(end, Failure):
                alive = job_rows.fail(database, job.job_id, end, moment)
            else:
                alive = bool(executions.keep(database, job.job_id, end, started, moment))
            if alive:
                self._ended(database, job.job_id, end, moment)

        if not self._stopping:
            kept = self._store.connection.submit(work)
            kept.add_done_callback(partial(self._kept, job, attempt))

    def _kept(self, job: Queued, attempt: int, kept: Future[None]) -> None:
        error = kept.exception()
        if isinstance(error, Exception):
            self._try_again(job, attempt, error)
            return
        with self._lock:
            self._running.discard(job.job_id)
        self._announce()
        self._wake.set()

    def _try_again(self, job: Queued, attempt: int, error: Exception) -> None:
        if self._stopping:
            return  # its worker was ended with the engine; it stays queued
        pause = min(2.0**attempt, _LONGEST_PAUSE)
        _log.warning(
            "job %d: attempt %d failed (%s: %s); trying again in %.0f s",
            job.job_id,
            attempt,
            type(error).__name__,
            error,
            pause,
        )
        with self._lock:
            self._running.discard(job.job_id)
            self._retries.append(_Retry(job, attempt + 1, time.monotonic() + pause))
        self._wake.set()
