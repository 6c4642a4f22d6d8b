"""The engine as one object: its parts built, joined, started and stopped in order."""

from __future__ import annotations

import logging
import sqlite3
import threading
from datetime import timedelta

from flexorchd.engine.auto_export import AutoExport
from flexorchd.engine.config import EngineSettings
from flexorchd.engine.connectors.sync import Syncs
from flexorchd.engine.datasets import Datasets
from flexorchd.engine.executor import open_pool
from flexorchd.engine.intake import Intake
from flexorchd.engine.jobs import Runner
from flexorchd.engine.rate import Window
from flexorchd.engine.store import Store
from flexorchd.engine.store.lock import FolderLock
from flexorchd.engine.store.moments import now
from flexorchd.engine.webhooks import Deliverer, owe_job

_log = logging.getLogger(__name__)
_SWEEP_SECONDS = 60.0


class Engine:
    """What answers to the API.

    Attributes:
        settings: as given.
        store: everything it keeps.
        datasets: what was built of its executions.
        plan: the plan it rehearses.
        window: requests in this minute.
        intake: the door for documents.
        runner: works through the jobs.
        deliverer: sends webhooks.
        syncs: reads connected storage.
    """

    def __init__(self, settings: EngineSettings) -> None:
        self.settings = settings
        self.plan = settings.rehearsed_plan
        self.window = Window(self.plan.rpm)
        self._lock = FolderLock(settings.data)
        self.store = Store(settings.data)
        self.datasets = Datasets(self.store.connection)
        pool = open_pool(settings.executor)
        self.runner = Runner(
            *(self.store, pool, settings.limits, settings.ocr_languages), owe_job, self._job_kept
        )
        self.intake = Intake(self.store, self.plan, self.runner.wake)
        self.syncs = Syncs(self.store, self.intake, self.plan, settings.connector_roots)
        self.deliverer = Deliverer(self.store, AutoExport(self.datasets, self.syncs))
        self._stopping = threading.Event()
        self._sweeper = threading.Thread(target=self._sweep, name="originals", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        for part in (self.runner, self.deliverer, self.syncs, self._sweeper):
            part.start()

    def stop(self) -> None:
        """Stop; what has not ended is gone on with at the next start."""
        self._stopping.set()
        self._sweeper.join()
        for part in (self.syncs, self.runner, self.deliverer):
            part.stop()
        self.datasets.close()
        self.store.close()
        self._lock.release()

    def _job_kept(self) -> None:
        self.deliverer.wake()

    def _sweep(self) -> None:
        """Delete originals whose time is over, and what a busy log has kept of what was erased."""
        kept_for = timedelta(seconds=self.settings.keep_originals)
        while True:
            try:
                self.store.documents.drop_originals(now() - kept_for)
                self.store.connection.empty_log()
            except (sqlite3.Error, OSError):
                _log.exception("originals could not be swept; trying again")
            if self._stopping.wait(min(_SWEEP_SECONDS, max(self.settings.keep_originals / 4, 0.5))):
                return
