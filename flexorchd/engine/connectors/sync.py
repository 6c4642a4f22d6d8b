"""Takes files out of connected storage: those asked for, or by schedule those that are new."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cronsim import CronSim, CronSimError

from flexorchd.engine.connectors.kinds import open_storage
from flexorchd.engine.connectors.storage import Storage, StorageError
from flexorchd.engine.intake import Intake, Received, Rejected, refusal
from flexorchd.engine.model import Settings
from flexorchd.engine.plans import Plan
from flexorchd.engine.store import Store
from flexorchd.engine.store.connectors import Connector
from flexorchd.engine.store.jobs import Accepted
from flexorchd.engine.store.moments import now
from flexorchd.engine.store.schedules import Counts, Schedule

_log = logging.getLogger(__name__)
_TICK_SECONDS = 5.0


def next_run(cron_expression: str, after: datetime) -> datetime:
    """The next moment of a five-field cron expression, in UTC.

    Raises:
        ValueError: not a cron expression, or one that never comes.
    """
    try:
        return next(CronSim(cron_expression, after.astimezone(UTC)))
    except (CronSimError, StopIteration) as error:
        raise ValueError(
            f"{cron_expression!r} is not a cron expression of five fields, such as '0 2 * * *'."
        ) from error


class Syncs:
    """Reads connected storage into the intake, and runs the schedules."""

    def __init__(self, store: Store, intake: Intake, plan: Plan, roots: Sequence[Path]) -> None:
        self._store = store
        self._intake = intake
        self._plan = plan
        self._roots = roots
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._tick, name="schedules", daemon=True)

    def start(self) -> None:
        """Begin to run the schedules."""
        self._store.schedules.interrupt_runs(now())
        self._thread.start()

    def stop(self) -> None:
        """Stop; a storage that hangs is not waited for."""
        self._stopping.set()
        self._thread.join()

    @contextlib.contextmanager
    def storage(self, connector: Connector) -> Iterator[Storage]:
        """A connector's storage, opened.

        Raises:
            StorageError: it cannot be used.
        """
        storage = open_storage(connector.type, connector.config, self._roots)
        self._store.connectors.used(connector.id, now())
        try:
            yield storage
        finally:
            storage.close()

    def storage_of(self, connector_id: int) -> contextlib.AbstractContextManager[Storage]:
        """The storage of the connector with this id, opened.

        Raises:
            StorageError: there is none, or it cannot be used.
        """
        connector = self._store.connectors.get(connector_id)
        if connector is None:
            raise StorageError(f"There is no connector {connector_id}.")
        return self.storage(connector)

    def take(
        self, connector: Connector, keys: Sequence[str], settings: Settings
    ) -> list[Accepted | Rejected]:
        """Take these files in; one answer a key.

        Raises:
            StorageError: the storage itself cannot be used.
        """
        with self.storage(connector) as storage:
            return [self._take_one(storage, key, settings) for key in keys]

    def trigger(self, connector: Connector, schedule: Schedule) -> dict[str, Any]:
        """Begin a run of a schedule; its log entry."""
        moment = now()
        following = next_run(schedule.cron_expression, moment)
        log = self._store.schedules.begin_run(schedule.id, following, moment)
        run = threading.Thread(target=self._run, args=(connector, schedule, log["id"]), daemon=True)
        run.start()
        return log

    def _take_one(self, storage: Storage, key: str, settings: Settings) -> Accepted | Rejected:
        refused = refusal(key, 1, self._plan)
        if refused:
            return refused
        try:
            data = storage.read(key, self._plan.max_file_bytes)
        except StorageError as error:
            return Rejected(key, "VALIDATION_ERROR", 422, str(error))
        path, descriptor = self._store.originals.incoming()
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        received = Received(key, path, len(data), hashlib.sha256(data).hexdigest())
        return self._intake.take([received], settings, "connector")[0]

    def _run(self, connector: Connector, schedule: Schedule, log_id: int) -> None:
        counts, error = Counts(), None
        try:
            self._take_new(connector, schedule, counts)
        except StorageError as problem:
            error = str(problem)
        except Exception as problem:  # noqa: BLE001 - the run's log must say that it ended
            _log.exception("a scheduled sync broke off")
            error = f"The run broke off ({type(problem).__name__}); the engine's log says why."
        if not self._stopping.is_set():
            self._store.schedules.end_run(log_id, counts, error, now())

    def _take_new(self, connector: Connector, schedule: Schedule, counts: Counts) -> None:
        seen = self._store.connectors.seen(connector.id)
        with self.storage(connector) as storage:
            for file in storage.list(schedule.prefix_filter or ""):
                if self._stopping.is_set():
                    return
                counts.found += 1
                if seen.get(file.key) == file.version:
                    counts.skipped += 1
                    continue
                answer = self._take_one(storage, file.key, Settings())
                if isinstance(answer, Rejected):
                    counts.failed += 1
                    continue
                counts.new += not answer.is_duplicate
                counts.skipped += answer.is_duplicate
                self._store.connectors.mark_seen(connector.id, file.key, file.version)

    def _tick(self) -> None:
        while not self._stopping.wait(_TICK_SECONDS):
            for schedule in self._store.schedules.due(now()):
                connector = self._store.connectors.get(schedule.connector_id)
                if connector is not None:
                    self.trigger(connector, schedule)
