"""The daemon: builds the stages, joins them, and owns their life.

Signals only set flags; readiness is told when it is true; the watchdog is fed only while every stage has
stepped of late.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from types import FrameType

import structlog

from flexorchd import systemd
from flexorchd.config import Loaded
from flexorchd.control.approve import approve
from flexorchd.control.export import exporter
from flexorchd.control.requests import ControlStage, Handler
from flexorchd.control.retry import retry
from flexorchd.exports.publish import sweep
from flexorchd.exports.run import ExportSpec, RunSteps
from flexorchd.exports.stage import ExportStage, Scheduled
from flexorchd.parts import Parts
from flexorchd.pipeline.account_watch import AccountStage
from flexorchd.pipeline.after import AfterStage
from flexorchd.pipeline.deliver import DeliverStage
from flexorchd.pipeline.fingerprint import FingerprintStage
from flexorchd.pipeline.guards import Guards, Limits
from flexorchd.pipeline.poll import PollStage
from flexorchd.pipeline.settle import SettleStage
from flexorchd.pipeline.stage import Runner, Stage
from flexorchd.pipeline.upload import UploadStage
from flexorchd.state import Knocks

log = structlog.get_logger()

STOP_SECONDS = 8.0
TICK_SECONDS = 1.0
STUCK_SECONDS = 300.0


class Daemon:
    """All stages of one flexorchd, from start to stop.

    Args:
        parts: what they share.
        reload: reads the configuration again, for SIGHUP.
    """

    def __init__(self, parts: Parts, reload: Callable[[], Loaded] | None = None) -> None:
        self.parts = parts
        self.stopping = threading.Event()
        self._reload = reload
        self._reload_wanted = threading.Event()
        self._closing = ExitStack()
        self.limits = limits_of(parts)
        self.deliver = self._deliver_stage()
        self.export_stage = self._export_stage()
        self.stages: list[Stage] = [
            AccountStage(parts.ledger, parts.client_for("account"), parts.account, parts.clock),
            self._settle_stage(),
            self._fingerprint_stage(),
            self._upload_stage(),
            PollStage(
                parts.ledger, parts.client_for("poll"), parts.account, parts.clock, parts.bells
            ),
            self.deliver,
            AfterStage(parts.ledger, parts.after, parts.clock, parts.jitter),
            self.export_stage,
            ControlStage(parts, self.handlers()),
        ]
        self.runners: list[Runner] = []

    # -- building -------------------------------------------------------------------------------------

    def _settle_stage(self) -> SettleStage:
        parts = self.parts
        return SettleStage(parts.ledger, self._settle_seconds, parts.clock, parts.bells)

    def _settle_seconds(self) -> dict[int, float]:
        return {self.parts.watch_ids[w.name]: w.settle for w in self.parts.config.watches}

    def _fingerprint_stage(self) -> FingerprintStage:
        parts = self.parts
        return FingerprintStage(
            parts.ledger, self._settings_ids, lambda: parts.account.id, parts.clock, parts.bells
        )

    def _settings_ids(self) -> dict[int, int]:
        return {
            self.parts.watch_ids[w.name]: self.parts.settings_id(w)
            for w in self.parts.config.watches
        }

    def _upload_stage(self) -> UploadStage:
        parts = self.parts
        self.guards = Guards(
            parts.ledger,
            parts.account.id,
            self.limits,
            self._scanned,
            parts.clock,
            lambda: parts.bells.ring("deliver"),
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

    def _deliver_stage(self) -> DeliverStage:
        parts = self.parts
        stage = DeliverStage(
            parts.ledger,
            parts.client_for("deliver"),
            parts.account,
            parts.output,
            parts.clock,
            parts.bells,
            details=parts.config.output.details,
            after=lambda watch: parts.after(watch) is not None,
            routes=parts.routes,
            jitter=parts.jitter,
        )
        self._closing.callback(stage.close)
        return stage

    def _export_stage(self) -> ExportStage:
        parts = self.parts
        steps = RunSteps(
            parts.ledger,
            parts.client_for("export"),
            parts.output,
            parts.account.id,
            parts.state.path / "rows",
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

    def handlers(self) -> Mapping[str, Handler]:
        """What each kind of request does."""
        return {"approve": approve, "retry": retry, "export": exporter(self.export_stage)}


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
