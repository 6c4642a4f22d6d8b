"""The house itself."""

from __future__ import annotations

import json
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from flexorchd.config import load
from flexorchd.insight.status import Status, snapshot
from flexorchd.parts import Parts
from flexorchd.rules.selection import Selection
from flexorchd.stages import Stages
from flexorchd.watch.findings import Door
from flexorchd.watch.footing import Footing
from flexorchd.watch.scanner import Scanner
from flexorchd.watch_set import WatchSet
from tests.house import configuration
from tests.house.clock import TestClock
from tests.house.outbox import Outbox
from tests.service import Service

SCAN_SECONDS = 20.0
SPINNING = 400


class House(Outbox):
    """A daemon that is stepped by hand.

    Args:
        home: an empty folder; the watches lie in it, state and output too.
        service: where documents go.
        clock: the time.
        watches: tables of the configuration; one watch ``in`` without a settle time by default.
        tables: further tables of the configuration, such as ``limits={...}``.
    """

    def __init__(
        self,
        home: Path,
        service: Service,
        clock: TestClock,
        *,
        watches: Sequence[Mapping[str, Any]] | None = None,
        **tables: Any,
    ) -> None:
        super().__init__(home / "out")
        self.home = home
        self.service = service
        self.clock = clock
        self.watches = [{"name": "in"}] if watches is None else watches
        self.tables = tables
        self.env = {"FLEXORCH_API_KEY": service.key}
        self.open()

    def open(self, **options: Any) -> None:
        """Start the daemon; what was there before is gone on with."""
        tables = dict(self.tables)
        api = {"mode": "hosted", "base_url": self.service.url, "timeout": 2} | tables.pop("api", {})
        output = {"path": self.home / "out"} | tables.pop("output", {})
        file = configuration.write(
            self.home / "flexorchd.toml",
            state_dir=self.home / "state",
            watches=[{"path": self.home / w["name"], "settle": 0, **w} for w in self.watches],
            api=api,
            output=output,
            **{"web": {"listen": ""}, "log": {"level": "warning"}} | tables,
        )
        loaded = load(file, env=self.env, cwd=self.home)
        self.parts = Parts(loaded, self.clock, self.env, **options)
        self.watching = WatchSet(self.parts, events=False)
        self.stages = Stages(self.parts, lambda: self.watching)

    def close(self) -> None:
        """Stop the daemon in good order."""
        self.watching.close()
        self.stages.close()
        self.parts.close()

    def reopen(self, **options: Any) -> None:
        """Stop, and start again."""
        self.close()
        self.open(**options)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # What happens in the folders.

    def drop(self, path: str, content: str | bytes, watch: str = "in") -> bytes:
        """Put a file into a watch."""
        data = content.encode() if isinstance(content, str) else content
        target = self.home / watch / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        return data

    def source(self, path: str, watch: str = "in") -> Path:
        return self.home / watch / path

    # What the daemon does.

    def look(self, watch: str, paths: Iterable[str]) -> None:
        """Look at single files, as events for them make it do."""
        parts = self.parts
        watched = next(w for w in parts.config.watches if w.name == watch)
        root, id_ = os.fsencode(watched.path.resolve()), parts.watch_ids[watch]
        footing = Footing(id_, watch, root, parts.ledger, self.clock)
        selection = Selection(watched.include, watched.exclude)
        door = Door(parts.ledger.files, id_, selection, watched.settle, self.clock, footing, list)
        names: dict[bytes, set[bytes]] = defaultdict(set)
        for path in paths:
            folder, _, name = os.fsencode(path).rpartition(b"/")
            names[folder].add(name)
        if footing.find() is not None:
            Scanner(root, door, recursive=watched.recursive).look(names)

    def scan(self) -> None:
        """Look through every folder."""
        self.watching.close()
        self.watching = WatchSet(self.parts, events=False)
        self.watching.start()
        deadline = time.monotonic() + SCAN_SECONDS
        while not self.watching.all_scanned():
            assert time.monotonic() < deadline, "the scan does not end"
            time.sleep(0.001)

    def run(
        self,
        until: Callable[[], bool] | None = None,
        *,
        seconds: float = 7200.0,
        scan: bool = True,
    ) -> None:
        """Step the stages until nothing is on its way, or `until` holds, for at most so many seconds."""
        if scan:
            self.scan()
        end = self.clock.monotonic() + seconds
        at_once = 0
        while at_once < SPINNING:
            wait = self._round()
            at_once = 0 if wait else at_once + 1
            if until() if until else self._is_idle():
                return
            if self.clock.monotonic() + wait > end:
                assert until is None, "what was waited for did not happen"
                self.clock.advance(end - self.clock.monotonic())
                return
            self.clock.advance(wait)
        raise AssertionError("the daemon spins")

    def _round(self) -> float:
        """Step every stage once; seconds until there is something to do."""
        waits = [self._step(stage) for stage in self.stages.all]
        rung = any(self.parts.bells.bell(stage.name).is_set() for stage in self.stages.all)
        return 0.0 if rung else min((w for w in waits if w is not None), default=30.0)

    def _step(self, stage: Any) -> float | None:
        self.parts.bells.bell(stage.name).clear()
        wait: float | None = stage.step()
        return wait

    def _is_idle(self) -> bool:
        ledger = self.parts.ledger
        rung = any(self.parts.bells.bell(stage.name).is_set() for stage in self.stages.all)
        busy = ledger.progress.now().moving or ledger.exports.unfinished() or ledger.requests.open()
        return not rung and not busy

    def ask(self, kind: str, **arguments: Any) -> tuple[int, list[str]]:
        """What a command asks of the daemon: its exit code, and what it prints."""
        requests, request_id = self.parts.ledger.requests, self.leave(kind, **arguments)
        self.run(lambda: requests.get(request_id).finished_at is not None, scan=False)
        answered = requests.get(request_id)
        return answered.exit_code or 0, answered.outcome["lines"]

    def leave(self, kind: str, **arguments: Any) -> int:
        """What a command leaves when nobody waits for its answer; the request's number."""
        return self.parts.ledger.requests.ask(kind, arguments, self.clock.now())

    # What a person sees.

    def status(self) -> Status:
        return snapshot(
            self.parts.ledger, self.parts.state.path, self.clock.now(), running=True, version="0"
        )

    def states(self, watch: str = "in") -> dict[str, str]:
        """The shown state of each file of a watch."""
        return {
            os.fsdecode(file.path): file.state
            for file in self.parts.ledger.search.files(watch=watch)
        }

    def troubles(self) -> set[str]:
        return {trouble.code for trouble in self.status().troubles}

    def json_status(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(json.dumps(self.status().as_json()))
        return told
