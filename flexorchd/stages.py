"""Every stage of one flexorchd, built from the parts that they share."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack

from flexorchd.config import Loaded
from flexorchd.control.approve import approve
from flexorchd.control.export import exporter
from flexorchd.control.feedback import feedback
from flexorchd.control.forget import forget
from flexorchd.control.pull import pull
from flexorchd.control.requests import ControlStage, Handler
from flexorchd.control.retry import retry
from flexorchd.engine_process import clean_environment
from flexorchd.exports.run import ExportSpec, RunSteps
from flexorchd.exports.stage import ExportStage, Scheduled
from flexorchd.filesystem.room import no_room
from flexorchd.monitoring.telemetry import tracer
from flexorchd.parts import Parts
from flexorchd.pipeline.account_watch import AccountStage
from flexorchd.pipeline.after import AfterStage
from flexorchd.pipeline.again import AgainStage
from flexorchd.pipeline.clock_watch import ClockStage
from flexorchd.pipeline.deliver import DeliverStage
from flexorchd.pipeline.fingerprint import FingerprintStage
from flexorchd.pipeline.gather import Gather
from flexorchd.pipeline.guards import Guards, Limits
from flexorchd.pipeline.hooks import HookStage
from flexorchd.pipeline.output_watch import OutputWatch
from flexorchd.pipeline.poll import PollStage
from flexorchd.pipeline.settle import SettleStage
from flexorchd.pipeline.stage import Stage
from flexorchd.pipeline.upkeep import UpkeepStage
from flexorchd.pipeline.upload import UploadStage
from flexorchd.watch_set import WatchSet


class Stages:
    """The stages behind the watchers, in the order in which a file meets them.

    Args:
        parts: what they share.
        watches: the watchers at this moment; they are replaced when the configuration changes.

    Attributes:
        guards: what holds documents back; a reload changes its limits.
        exports: the stage that runs exports.
        output_watch: the stage that knows whether the output answers.
        all: every stage.
    """

    def __init__(self, parts: Parts, watches: Callable[[], WatchSet]) -> None:
        self.parts = parts
        self._watches = watches
        self._closing = ExitStack()
        self.exports = self._export_stage()
        self.output_watch = OutputWatch(parts.ledger, parts.output, parts.clock)
        self.all: list[Stage] = [
            ClockStage(parts.ledger, parts.clock),
            self._settle_stage(),
            self._fingerprint_stage(),
            self._upload_stage(),
            PollStage(
                parts.ledger, parts.client_for("poll"), parts.account, parts.clock, parts.bells
            ),
            self._again_stage(),
            self._deliver_stage(),
            self.output_watch,
            AfterStage(parts.ledger, parts.after, parts.clock, parts.bells, parts.jitter),
            self._hook_stage(),
            self.exports,
            AccountStage(
                parts.ledger,
                parts.client_for("account"),
                parts.account,
                parts.clock,
                lambda: self.guards.short,
            ),
            UpkeepStage(parts.ledger, parts.state.backups, parts.clock),
            ControlStage(parts, self._handlers()),
        ]

    def acting(self) -> list[Stage]:
        """Those that a command needs which found no daemon."""
        return [stage for stage in self.all if stage.name in ("account", "control", "exports")]

    def close(self) -> None:
        """End what they hold open; after their last step."""
        self._closing.close()

    def _settle_stage(self) -> SettleStage:
        parts = self.parts
        return SettleStage(
            parts.ledger,
            self._settle_seconds,
            parts.clock,
            parts.bells,
            lambda watch_id: self._watches().in_place(watch_id),
            lambda: no_room(parts.state.path) is None,
        )

    def _settle_seconds(self) -> dict[int, float]:
        return {self.parts.watch_ids[w.name]: w.settle for w in self.parts.config.watches}

    def _fingerprint_stage(self) -> FingerprintStage:
        parts = self.parts
        stage = FingerprintStage(
            parts.ledger,
            self._settings_ids,
            lambda: parts.account.id,
            lambda: parts.ledger.accounts.get(parts.account.id).known_to_take,
            parts.clock,
            parts.bells,
        )
        self._closing.callback(stage.close)
        return stage

    def _settings_ids(self) -> dict[int, int]:
        return {
            self.parts.watch_ids[w.name]: self.parts.settings_id(w)
            for w in self.parts.config.watches
        }

    def _upload_stage(self) -> UploadStage:
        parts = self.parts
        parts.ledger.documents.review_holds(parts.clock.now())
        self.guards = Guards(
            parts.ledger,
            parts.account.id,
            limits_of(parts),
            lambda: self._watches().scanned(),
            parts.clock,
            lambda: parts.bells.ring("deliver"),
            lambda: parts.bells.ring("account"),
        )
        return UploadStage(
            parts.ledger,
            parts.client_for("upload"),
            parts.account,
            self.guards,
            parts.clock,
            parts.bells,
            parts.jitter,
        )

    def _again_stage(self) -> AgainStage:
        parts = self.parts
        return AgainStage(
            parts.ledger,
            parts.client_for("upload"),
            parts.account,
            parts.clock,
            parts.bells,
            parts.jitter,
        )

    def _deliver_stage(self) -> DeliverStage:
        parts = self.parts
        gather = Gather(
            parts.ledger, parts.client_for("deliver"), parts.output, details=self._with_details
        )
        return DeliverStage(
            parts.ledger,
            gather,
            parts.account,
            parts.output,
            parts.clock,
            parts.bells,
            details=self._with_details,
            after=lambda watch: parts.after(watch) is not None,
            routes=parts.routes,
            jitter=parts.jitter,
            trace=tracer(os.environ, self._closing),
        )

    def _with_details(self) -> bool:
        return self.parts.config.output.details

    def _export_stage(self) -> ExportStage:
        parts = self.parts
        steps = RunSteps(
            parts.ledger,
            parts.client_for("export"),
            parts.output,
            parts.account.id,
            parts.state.rows,
            parts.clock,
        )
        return ExportStage(
            parts.ledger,
            steps,
            parts.account,
            lambda: scheduled(parts.loaded),
            parts.clock,
            parts.jitter,
        )

    def _handlers(self) -> Mapping[str, Handler]:
        """What each kind of request does."""
        return {
            "approve": approve,
            "retry": retry,
            "export": exporter(self.exports),
            "pull": pull,
            "feedback": feedback,
            "forget": forget,
        }

    def _hook_stage(self) -> HookStage:
        parts = self.parts
        return HookStage(
            parts.ledger,
            parts.output,
            parts.routes,
            clean_environment(),
            parts.clock,
            parts.jitter,
        )


def scheduled(loaded: Loaded) -> dict[str, Scheduled]:
    """The configured exports, as the export stage takes them."""
    return {
        export.name: Scheduled(
            ExportSpec(
                export.name,
                export.formats,
                export.watches or None,
                export.min_grade,
                export.scope == "new",
                export.keep,
                export.delete_remote,
            ),
            export.schedule,
            export.timezone,
        )
        for export in loaded.config.exports
    }


def limits_of(parts: Parts) -> Limits:
    """The configured guards, as the upload stage takes them."""
    limits = parts.config.limits
    return Limits(
        limits.max_backlog, limits.credits_per_day, limits.reserve, limits.versions_per_day
    )
