"""The watchers of one flexorchd: one a configured folder, replaced when the configuration changes."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from flexorchd.config import WatchConfig
from flexorchd.parts import Parts
from flexorchd.pipeline.stage import Runner
from flexorchd.rules.selection import Selection
from flexorchd.watch.watcher import Watched, Watcher

log = structlog.get_logger()

JOIN_SECONDS = 5.0
"""What a watcher gets to end in that a changed configuration replaces."""
LAST_SECONDS = 0.5
"""What all get at the very end, since they were asked before: see `ask_to_stop`."""


class WatchSet:
    """Starts, replaces and stops watchers.

    Args:
        parts: what they share.
        events: whether they go on watching; otherwise each scans once.
    """

    def __init__(self, parts: Parts, *, events: bool) -> None:
        self._parts = parts
        self._events = events
        self._watchers: dict[str, Watcher] = {}
        self._runners: dict[str, Runner] = {}
        self._configs: dict[str, WatchConfig] = {}

    @property
    def watchers(self) -> list[Watcher]:
        """All of them."""
        return list(self._watchers.values())

    @property
    def runners(self) -> list[Runner]:
        """Their threads."""
        return list(self._runners.values())

    def start(self) -> None:
        """Watch every configured folder."""
        for watch in self._parts.config.watches:
            self._start(watch)

    def reconfigure(self) -> None:
        """Make the watchers those of the configuration in force: unchanged ones go on undisturbed."""
        wanted = {watch.name: watch for watch in self._parts.config.watches}
        changed = [name for name, watch in self._configs.items() if wanted.get(name) != watch]
        self._stop(changed, JOIN_SECONDS)
        for name, watch in wanted.items():
            if name not in self._watchers:
                self._start(watch)
                log.info("watch.configured", watch=name)

    def _start(self, watch: WatchConfig) -> None:
        watcher = self._watcher(watch)
        runner = Runner(watcher, self._parts.bells, self._parts.clock)
        self._watchers[watch.name] = watcher
        self._runners[watch.name] = runner
        self._configs[watch.name] = watch
        runner.start()

    def _watcher(self, watch: WatchConfig) -> Watcher:
        parts = self._parts
        name = f"watch {watch.name}"
        return Watcher(
            Watched(
                id=parts.watch_ids[watch.name],
                name=watch.name,
                root=parts.roots[watch.name],
                selection=Selection(watch.include, watch.exclude),
                recursive=watch.recursive,
                settle=watch.settle,
                rescan=watch.rescan,
                polling=watch.polling,
                once=not self._events,
            ),
            parts.ledger,
            parts.clock,
            wake=lambda: parts.bells.ring(name),
            ring=lambda: parts.bells.ring("settle"),
            on_first_scan_done=lambda: parts.bells.ring("upload"),
        )

    def scanned(self) -> set[int]:
        """The watches (by id) whose first scan of this run is done."""
        ids = self._parts.watch_ids
        return {ids[n] for n, watcher in self._watchers.items() if watcher.scanned_once.is_set()}

    def all_scanned(self) -> bool:
        """Whether the first scan of every folder is done, folders that are held left out."""
        return all(w.scanned_once.is_set() or w.held is not None for w in self.watchers)

    def look_for_silence(self) -> None:
        """Hold the watches whose folder does not answer."""
        for watcher in self.watchers:
            watcher.look_from_outside()

    def in_place(self, watch_id: int) -> bool:
        """Whether a watch's folder is there, so that a file which is not is gone."""
        ids = self._parts.watch_ids
        return any(w.in_place() for n, w in self._watchers.items() if ids.get(n) == watch_id)

    def ask_to_stop(self) -> None:
        """Ask every watcher to end its scan and its thread."""
        for watcher in self.watchers:
            watcher.stop()
        for runner in self.runners:
            runner.stop()

    def close(self) -> None:
        """Stop watching."""
        self._stop(list(self._watchers), LAST_SECONDS)

    def _stop(self, names: Sequence[str], seconds: float) -> None:
        ending = [(self._watchers.pop(name), self._runners.pop(name)) for name in names]
        for name in names:
            del self._configs[name]
        for watcher, runner in ending:
            watcher.stop()
            runner.stop()
        deadline = self._parts.clock.monotonic() + seconds
        for watcher, runner in ending:
            # One that waits for a dead mount is left behind, with all that it holds.
            if runner.join(max(0.0, deadline - self._parts.clock.monotonic())):
                watcher.close()
