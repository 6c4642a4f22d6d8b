"""Which export is due: by its schedule, made up once if it was missed, or because somebody asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from flexorchd.account import Account, StoppingError
from flexorchd.client import FlexOrchError
from flexorchd.clock import Clock, utc
from flexorchd.exports.assemble import NothingToExportError
from flexorchd.exports.run import BuildFailedError, ExportSpec, RunSteps, is_final
from flexorchd.formats import MissingExtraError
from flexorchd.ledger.exports import Run
from flexorchd.ledger.ledger import Ledger
from flexorchd.output import OutputMissingError
from flexorchd.rules import naming, retry, schedule

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Scheduled:
    """An export, and when it runs; without a cron line, by hand."""

    spec: ExportSpec
    cron: str | None
    timezone: str


class ExportStage:
    """Starts runs that are due and takes unfinished ones further.

    Args:
        ledger: where runs are recorded.
        steps: takes one run further.
        account: whose pauses count.
        exports: the configured exports by name; a reload changes them.
        clock: the time.
        jitter: a number in [0, 1) that spreads retries.
    """

    name = "exports"

    def __init__(
        self,
        ledger: Ledger,
        steps: RunSteps,
        account: Account,
        exports: Callable[[], Mapping[str, Scheduled]],
        clock: Clock,
        jitter: Callable[[], float],
    ) -> None:
        self._ledger = ledger
        self._steps = steps
        self._account = account
        self._exports = exports
        self._clock = clock
        self._jitter = jitter

    def step(self) -> float | None:
        """Start what is due, then take each unfinished run one step further."""
        if wait := self._account.wait():
            return wait
        self.start_due()
        waits = [self._advance(run) for run in self._ledger.exports.unfinished()]
        if waits:
            return min(waits)
        return self._until_next_slot()

    def start_due(self) -> None:
        """Commit to the runs whose slot has come; several missed slots are made up once."""
        now = self._clock.now()
        open_runs = {run.export for run in self._ledger.exports.unfinished()}
        for name, export in self._exports().items():
            if export.cron is None or name in open_runs:
                continue
            last = self._ledger.exports.last_slot(name)
            slot = schedule.latest_missed(
                export.cron, export.timezone, utc(now if last is None else last), utc(now)
            )
            if slot is not None:
                with self._ledger.database.write():
                    if self._ledger.exports.claim(name, slot.timestamp()):
                        self.start(name, slot.timestamp())

    def start(self, name: str, slot_at: float | None = None) -> Run:
        """Commit to a run now."""
        now = self._clock.now()
        taken = {run.folder for run in self._ledger.exports.runs(name)}
        at = now
        while (folder := naming.run_name(utc(at))) in taken:
            at += 1
        log.info("export.started", export=name, scheduled=slot_at is not None)
        return self._ledger.exports.start(name, slot_at, folder, f"{name}-{folder}-{{run}}", now)

    def _advance(self, run: Run) -> float:
        now = self._clock.now()
        if run.due_at is not None and run.due_at > now:
            return run.due_at - now
        export = self._exports().get(run.export)
        if export is None:
            message = "The export is no longer in the configuration."
            self._ledger.exports.end(run.id, "failed", now, "EXPORT_REMOVED", message)
            return 0.0
        try:
            return self._steps.advance(run, export.spec)
        except StoppingError:
            return retry.LONGEST_PAUSE
        except (FlexOrchError, BuildFailedError, NothingToExportError, MissingExtraError) as error:
            code = getattr(error, "code", "EXPORT_FAILED")
            return self._failed(run, code, str(error), final=is_final(error))
        except OutputMissingError as missing:
            return self._failed(run, "OUTPUT_MISSING", str(missing), final=False)
        except OSError as error:
            message = f"{error.strerror}: {error.filename}"
            return self._failed(run, retry.errno_code(error.errno), message, final=False)

    def _failed(self, run: Run, code: str, message: str, *, final: bool) -> float:
        now = self._clock.now()
        if final:
            self._ledger.exports.end(run.id, "failed", now, code, message)
            log.error("export.failed", export=run.export, code=code, reason=message)
            return 0.0
        pause = self._account.wait() or retry.pause(run.attempt, self._jitter())
        self._ledger.exports.postpone(run.id, now + pause, code, message)
        log.warning("export.waits", export=run.export, code=code, next_try_in=round(pause, 1))
        return pause

    def _until_next_slot(self) -> float | None:
        now = datetime.fromtimestamp(self._clock.now(), UTC)
        slots = [
            schedule.next_slot(export.cron, export.timezone, now)
            for export in self._exports().values()
            if export.cron is not None
        ]
        return (min(slots) - now).total_seconds() if slots else None
