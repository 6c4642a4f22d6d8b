"""The daemon: builds the stages, joins them, and owns their life.

Signals only set flags; readiness is told when it is true; the watchdog is fed only while every stage has
stepped of late.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import FrameType

import structlog

from flexorchd import systemd
from flexorchd.config import Loaded
from flexorchd.control.approve import approve
from flexorchd.control.export import exporter
from flexorchd.control.feedback import feedback
from flexorchd.control.forget import forget
from flexorchd.control.pull import pull
from flexorchd.control.requests import ControlStage, Handler
from flexorchd.control.retry import retry
from flexorchd.engine_process import clean_environment
from flexorchd.errors import FlexorchdError
from flexorchd.exports.publish import sweep
from flexorchd.exports.run import ExportSpec, RunSteps
from flexorchd.exports.stage import ExportStage, Scheduled
from flexorchd.heartbeat import HeartbeatStage
from flexorchd.once import Leaving, Once
from flexorchd.output import OutputMissingError
from flexorchd.parts import Parts
from flexorchd.pipeline.account_watch import AccountStage
from flexorchd.pipeline.after import AfterStage
from flexorchd.pipeline.deliver import DeliverStage
from flexorchd.pipeline.fingerprint import FingerprintStage
from flexorchd.pipeline.guards import Guards, Limits
from flexorchd.pipeline.hooks import HookStage
from flexorchd.pipeline.poll import PollStage
from flexorchd.pipeline.settle import SettleStage
from flexorchd.pipeline.stage import Runner, Stage
from flexorchd.pipeline.upkeep import UpkeepStage
from flexorchd.pipeline.upload import UploadStage
from flexorchd.servers import Servers
from flexorchd.state import Knocks
from flexorchd.vital_signs import VitalSigns
from flexorchd.watch_set import WatchSet

log = structlog.get_logger()

STOP_SECONDS = 8.0
TICK_SECONDS = 1.0
STUCK_SECONDS = 300.0
PASS_TICK_SECONDS = 0.05
WRONG_KEY = frozenset({"INVALID_API_KEY", "UNAUTHORIZED"})


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
            HookStage(
                parts.ledger,
                parts.output,
                parts.routes,
                clean_environment(),
                parts.clock,
                parts.jitter,
            ),
            self.export_stage,
            UpkeepStage(parts.ledger, parts.state.backups, parts.clock),
            ControlStage(parts, self.handlers()),
        ]
        self.watches = WatchSet(parts, events=False)
        self.runners: list[Runner] = []

    # -- life -----------------------------------------------------------------------------------------

    def run(self) -> int:
        """Run until a signal says to stop; 0 when all stages have ended in time."""
        with self._signals():
            self._start(watch=True)
            try:
                self._serve_until_stopped()
            finally:
                stopped = self._stop()
        return 0 if stopped else 1

    def run_once(self) -> int:
        """Bring what the first scan finds to an end, run the exports that are due, and stop.

        Returns:
            0 when all was delivered, 1 when a file failed in this run, or had to be left, 2 when the key is
            wrong.
        """
        began = self.parts.clock.now()
        with self._signals():
            self._start(watch=False)
            try:
                left = self._until_ended()
                exports_good = self._run_due_exports()
            finally:
                self._stop()
        if left is None:
            return 1
        if self.parts.account.paused in WRONG_KEY:
            return 2
        for leaving in left:
            log.warning("run.left", files=leaving.files, reason=leaving.reason)
        failed = self.parts.ledger.progress.ended_since(began).get("failed", 0)
        return 1 if left or failed or not exports_good else 0

    def answer(self, request_id: int) -> None:
        """Act on one request without watching anything, for a command that found no daemon."""
        acting = [stage for stage in self.stages if stage.name in ("account", "control", "exports")]
        with self._signals():
            self.runners = [Runner(stage, self.parts.bells, self.parts.clock) for stage in acting]
            for runner in self.runners:
                runner.start()
            try:
                while not self.stopping.wait(PASS_TICK_SECONDS):
                    if self.parts.ledger.requests.get(request_id).finished_at is not None:
                        return
            finally:
                self._stop()

    def _start(self, *, watch: bool) -> None:
        parts = self.parts
        self._sweep()
        self._closing.enter_context(knocking(parts))
        self.watches = WatchSet(parts, events=watch)
        if watch or parts.loaded.given("web.listen"):
            self._listen()
        self._closing.callback(self.watches.close)
        self.runners = [Runner(stage, parts.bells, parts.clock) for stage in self.stages]
        for runner in self.runners:
            runner.start()
        self.watches.start()
        log.info("daemon.started", watches=len(parts.watch_ids), output=str(parts.output.root))

    def _listen(self) -> None:
        health = VitalSigns(
            self.parts,
            self._all_runners,
            lambda: self.watches.all_scanned(),
            self.stopping.is_set,
        )
        servers = Servers(self.parts, health)
        self._closing.callback(servers.close)
        if (registration := servers.registration()) is not None:
            self.stages.append(registration)
        if (url := self.parts.config.web.ping_url) is not None:
            parts = self.parts
            self.stages.append(
                HeartbeatStage(url.get_secret_value(), parts.ledger, health, parts.clock)
            )

    def _sweep(self) -> None:
        """Remove what a killed run left half-written; a held output is left alone."""
        try:
            self.parts.output.check()
            self.parts.output.sweep()
            sweep(self.parts.output.root)
        except (OSError, OutputMissingError) as error:
            log.warning("output.not_swept", reason=str(error))

    def _serve_until_stopped(self) -> None:
        told_ready = False
        interval = systemd.watchdog_seconds()
        while not self.stopping.wait(min(TICK_SECONDS, (interval or 60.0) / 3)):
            if not told_ready and self.watches.all_scanned():
                systemd.notify(READY=1)
                told_ready = True
            if self._reload_wanted.is_set():
                self._reload_wanted.clear()
                self._read_again()
            self._tend()
            systemd.notify(STATUS=self._status_line())
            if self.alive:
                systemd.notify(WATCHDOG=1)

    def _tend(self) -> None:
        """Start the engine again if it has died; its jobs are durable, and so are ours."""
        if self.parts.engine is not None and self.parts.engine.revive():
            self.parts.bells.ring_all()

    @property
    def alive(self) -> bool:
        """Whether every stage has stepped of late."""
        now = self.parts.clock.monotonic()
        return all(r.alive and now - r.last_step < STUCK_SECONDS for r in self._all_runners())

    def _all_runners(self) -> list[Runner]:
        return [*self.runners, *self.watches.runners]

    def _status_line(self) -> str:
        if self.parts.account.paused:
            return f"Paused: {self.parts.account.paused}"
        open_work = self.parts.ledger.progress.now()
        return f"{open_work.moving} files on their way, {open_work.held} held"

    def _stop(self) -> bool:
        """Stop every stage; whether all ended in time."""
        systemd.notify(STOPPING=1)
        self.parts.account.stop()
        self.watches.ask_to_stop()
        for runner in self.runners:
            runner.stop()
        deadline = self.parts.clock.monotonic() + STOP_SECONDS
        stopped = [
            runner.join(max(0.0, deadline - self.parts.clock.monotonic()))
            for runner in self.runners
        ]
        self._closing.close()
        log.info("daemon.stopped")
        return all(stopped)

    # -- a single pass --------------------------------------------------------------------------------

    def _until_ended(self) -> list[Leaving] | None:
        """What is left when the pass is over; None when a signal ended it."""
        while not self.watches.all_scanned() and not self.stopping.wait(PASS_TICK_SECONDS):
            pass
        once = Once(
            self.parts.ledger,
            self.parts.account,
            self.parts.clock,
            max(watch.settle for watch in self.parts.config.watches),
            self.parts.clock.monotonic(),
        )
        while not self.stopping.wait(PASS_TICK_SECONDS):
            self._tend()
            if (left := once.verdict()) is not None:
                return left + self._held_watches()
        return [] if not self.parts.ledger.progress.now().moving else None

    def _held_watches(self) -> list[Leaving]:
        return [
            Leaving(0, f"watch {watch.name}: {watch.hold_message}")
            for watch in self.parts.ledger.watches.all()
            if watch.active and watch.hold_code not in (None, "MAX_BACKLOG")
        ]

    def _run_due_exports(self) -> bool:
        """Bring the exports that are due to an end; whether none failed."""
        began = self.parts.clock.now()
        self.export_stage.start_due()
        self.parts.bells.ring("exports")
        while self.parts.ledger.exports.unfinished() and not self.stopping.wait(PASS_TICK_SECONDS):
            if self.parts.account.paused or self.parts.account.away:
                log.warning("run.left", reason="an export waits for the account or the service")
                return False
        return not self.parts.ledger.exports.failed_since(began)

    # -- signals --------------------------------------------------------------------------------------

    @contextmanager
    def _signals(self) -> Iterator[None]:
        handlers = {
            signal.SIGTERM: self._on_stop,
            signal.SIGINT: self._on_stop,
            signal.SIGHUP: self._on_reload,
        }
        before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_stop(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.stopping.set()

    def _on_reload(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._reload_wanted.set()

    # -- building -------------------------------------------------------------------------------------

    def _read_again(self) -> None:
        """Take a changed configuration over; a bad one is refused, and the old one stays in force."""
        systemd.reloading()
        try:
            if self._reload is not None:
                self.parts.take_over(self._reload())
                self.guards.limits = limits_of(self.parts)
                self.watches.reconfigure()
                self.parts.bells.ring_all()
        except FlexorchdError as error:
            log.error("reload.refused", reason=str(error))
        systemd.notify(READY=1)

    def _settle_stage(self) -> SettleStage:
        parts = self.parts
        return SettleStage(
            parts.ledger,
            self._settle_seconds,
            parts.clock,
            parts.bells,
            lambda watch_id: self.watches.in_place(watch_id),
        )

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
            lambda: self.watches.scanned(),
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
        return {
            "approve": approve,
            "retry": retry,
            "export": exporter(self.export_stage),
            "pull": pull,
            "feedback": feedback,
            "forget": forget,
        }


@contextmanager
def knocking(parts: Parts) -> Iterator[None]:
    """While the block runs, commands that knock wake the stage that answers them."""
    knocks = Knocks(parts.state, lambda: parts.bells.ring("control"))
    try:
        yield
    finally:
        knocks.close()


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
