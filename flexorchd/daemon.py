"""The daemon: owns the life of all stages, from start to stop.

Signals only set flags; readiness is told when it is true; the watchdog is fed only while every stage has
stepped of late.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from types import FrameType

import structlog

from flexorchd.config import Loaded
from flexorchd.errors import FlexorchdError
from flexorchd.exports.publish import sweep
from flexorchd.monitoring import systemd
from flexorchd.monitoring.health import stuck
from flexorchd.monitoring.heartbeat import HeartbeatStage
from flexorchd.once import Leaving, Once
from flexorchd.output import OutputMissingError
from flexorchd.parts import Parts
from flexorchd.pipeline.stage import Runner, Stage
from flexorchd.servers import Servers
from flexorchd.signals import Terminal, handled
from flexorchd.stages import Stages, limits_of
from flexorchd.state import Knocks
from flexorchd.vital_signs import VitalSigns
from flexorchd.watch_set import WatchSet

log = structlog.get_logger()

STOP_SECONDS = 3.5
"""What the stages get to end their steps in; one that hangs is left behind, its work is on record.

A stop takes ten seconds at most: these, and what watchers, pages and the engine get after them.
"""
TICK_SECONDS = 1.0
STATUS_SECONDS = 5.0
PASS_TICK_SECONDS = 0.05
TRIES_OF_AN_EXPORT = 5
"""After so many in vain, with pauses of two minutes in all, a single pass leaves an export to the next."""
ANSWER_SECONDS = 30.0
WRITING = frozenset({"deliver", "exports", "control"})
"""Stages that wait for the output."""
WRONG_KEY = frozenset({"INVALID_API_KEY", "UNAUTHORIZED"})


class Daemon:
    """All stages of one flexorchd, from start to stop.

    Args:
        parts: what they share.
        reload: reads the configuration again, for SIGHUP.
        reload_wanted: set when it is to be read again, such as by a signal that came while parts were made.
    """

    def __init__(
        self,
        parts: Parts,
        reload: Callable[[], Loaded] | None = None,
        reload_wanted: threading.Event | None = None,
    ) -> None:
        self.parts = parts
        self.stopping = threading.Event()
        self._reload = reload
        self._terminal = Terminal()
        self._reload_wanted = reload_wanted or threading.Event()
        self._closing = ExitStack()
        self.watches = WatchSet(parts, events=False)
        self.stages = Stages(parts, lambda: self.watches)
        self._closing.callback(self.stages.close)
        self.health = VitalSigns(
            parts,
            lambda: [*self.watches.runners, *self._answerable()],
            lambda: self.watches.all_scanned(),
            self.stopping.is_set,
        )
        self.runners: list[Runner] = []
        self._status_at = 0.0

    def _answerable(self) -> list[Runner]:
        """The stages that only hang if something is wrong with this process."""
        waits = WRITING if self.stages.output_watch.silent else frozenset()
        return [runner for runner in self.runners if runner.stage.name not in waits]

    # -- life -----------------------------------------------------------------------------------------

    def run(self) -> int:
        """Run until a signal says to stop; the exit code."""
        with self._signals():
            self._start(watch=True)
            try:
                self._serve_until_stopped()
            finally:
                self._stop()
        return 0

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
        with self._signals():
            self._run(self.stages.acting())
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
        listening = self._listen() if watch or parts.loaded.given("web.listen") else []
        self._closing.callback(self.watches.close)
        # A single pass runs its exports last.
        stages = [s for s in self.stages.all if watch or s is not self.stages.exports]
        self._run([*stages, *listening])
        self.watches.start()
        log.info("daemon.started", watches=len(parts.watch_ids), output=str(parts.output.root))

    def _run(self, stages: Iterable[Stage]) -> None:
        runners = [Runner(stage, self.parts.bells, self.parts.clock) for stage in stages]
        self.runners += runners
        for runner in runners:
            runner.start()

    def _listen(self) -> list[Stage]:
        """Open the status page and the webhook receiver; the stages that go with them."""
        parts = self.parts
        servers = Servers(parts, self.health)
        self._closing.callback(servers.close)
        stages = []
        if (registration := servers.registration()) is not None:
            stages.append(registration)
        if (url := parts.config.web.ping_url) is not None:
            secret = url.get_secret_value()
            stages.append(HeartbeatStage(secret, parts.ledger, self.health, parts.clock))
        return stages

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
        began = self.parts.clock.monotonic()
        interval = systemd.watchdog_seconds()
        while not self.stopping.wait(min(TICK_SECONDS, (interval or 60.0) / 3)):
            if not told_ready and self._is_ready(began):
                systemd.notify(READY=1)
                told_ready = True
            if self._reload_wanted.is_set():
                self._reload_wanted.clear()
                self._read_again()
            self._tend()
            self._tell_status()
            if not stuck(self.health.stages()):
                systemd.notify(WATCHDOG=1)

    def _is_ready(self, began: float) -> bool:
        """Whether folders are watched and the service answers; one that is away must not hold up a boot."""
        waited = self.parts.clock.monotonic() - began
        return self.watches.all_scanned() and (
            self.parts.account.answered or waited > ANSWER_SECONDS
        )

    def _tend(self) -> None:
        """Start the engine again if it has died; its jobs are durable, and so are ours."""
        self.watches.look_for_silence()
        if self.parts.engine is not None and self.parts.engine.revive():
            self.parts.bells.ring_all()

    def _read_again(self) -> None:
        """Take a changed configuration over; a bad one is refused, and the old one stays in force."""
        systemd.reloading()
        try:
            if self._reload is not None:
                self.parts.take_over(self._reload())
                self.stages.guards.limits = limits_of(self.parts)
                self.watches.reconfigure()
                self.parts.bells.ring_all()
        except FlexorchdError as error:
            log.error("reload.refused", reason=str(error))
        systemd.notify(READY=1)

    def _tell_status(self) -> None:
        """Now and then, and only where somebody listens: the ledger is asked for it."""
        now = self.parts.clock.monotonic()
        if systemd.listens() and now >= self._status_at:
            self._status_at = now + STATUS_SECONDS
            systemd.notify(STATUS=self._status_line())

    def _status_line(self) -> str:
        if self.parts.account.paused:
            return f"Paused: {self.parts.account.paused}"
        open_work = self.parts.ledger.progress.now()
        return f"{open_work.moving} files on their way, {open_work.held} held"

    def _stop(self) -> None:
        """Stop every stage."""
        systemd.notify(STOPPING=1)
        self.parts.account.stop()
        self.watches.ask_to_stop()
        for runner in self.runners:
            runner.stop()
        deadline = self.parts.clock.monotonic() + STOP_SECONDS
        left = [
            runner.stage.name
            for runner in self.runners
            if not runner.join(max(0.0, deadline - self.parts.clock.monotonic()))
        ]
        if left:
            log.warning("daemon.left_behind", stages=left)
        self._closing.close()
        log.info("daemon.stopped")

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
            self.parts.config.output.details,
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
        exports = self.parts.ledger.exports
        self.stages.exports.start_due()
        self._run([self.stages.exports])
        while (unfinished := exports.unfinished()) and not self.stopping.wait(PASS_TICK_SECONDS):
            self._tend()
            waiting = [run for run in unfinished if run.attempt >= TRIES_OF_AN_EXPORT]
            if (paused := self.parts.account.stays_paused) or waiting:
                reason = waiting[0].error_message if waiting else paused
                log.warning("run.left", reason=f"an export waits: {reason}")
                return False
        return not exports.failed_since(began)

    # -- signals --------------------------------------------------------------------------------------

    def _signals(self) -> AbstractContextManager[None]:
        return handled(
            {
                signal.SIGTERM: self._on_stop,
                signal.SIGINT: self._on_stop,
                signal.SIGHUP: self._on_reload,
            }
        )

    def _on_stop(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.stopping.set()

    def _on_reload(self, number: int, frame: FrameType | None) -> None:
        if self._terminal.left():
            self._on_stop(number, frame)
        self._reload_wanted.set()


@contextmanager
def knocking(parts: Parts) -> Iterator[None]:
    """While the block runs, commands that knock wake the stage that answers them."""
    knocks = Knocks(parts.state, lambda: parts.bells.ring("control"))
    try:
        yield
    finally:
        knocks.close()
