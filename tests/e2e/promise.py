"""The promise, checked: every settled file reaches an end; a document is paid for once; a result appears whole,
once a path; no source is moved before its result is there.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.process import Place

ENDS_BADLY = re.compile(rb"^fate: (failed|rejected|gone)", re.MULTILINE)
REFUSED = re.compile(rb"^fate: rejected", re.MULTILINE)

Key = tuple[str, str]
"""A watch's name and a path below it."""


@dataclass
class Promise:
    """What was dropped into a place, and what has to become of it.

    Attributes:
        place: the place.
        dropped: the content of each file.
        may_cost: how often a content may have been paid for, where somebody asked for it again.
        archive: watches whose sources are archived, and where; None deletes them.
    """

    place: Place
    archive: dict[str, Path | None] = field(default_factory=dict)
    dropped: dict[Key, bytes] = field(default_factory=dict)
    may_cost: dict[bytes, int] = field(default_factory=dict)

    def drop(self, path: str, content: str, watch: str = "in") -> None:
        self.dropped[watch, path] = self.place.drop(path, content, watch)

    def failures_are_paid_again(self) -> None:
        """Without the ledger nothing says of a document without a result that it was tried."""
        for content in self.dropped.values():
            if ENDS_BADLY.search(content):
                self.may_cost[content] = self.may_cost.get(content, 1) + 1

    # At any moment, also right after a kill.

    def holds_now(self) -> None:
        """Whatever is visible is whole, and no source is gone without its result."""
        for path in self.place.output.rglob("*.json"):
            if not any(part.startswith(".flexorchd-") for part in path.parts):
                json.loads(path.read_bytes())
        for (watch, path), content in self.dropped.items():
            if not self._source_is_there(watch, path, content):
                result = self.place.result(path, watch)
                assert result, f"the source of {watch}/{path} is gone, and it has no result"
                assert result["file"]["sha256"] == hashlib.sha256(content).hexdigest()
        self._datasets_are_whole()

    def _source_is_there(self, watch: str, path: str, content: bytes) -> bool:
        """Under its name, or aside for the moment in which it is moved; between the two looks it may be put back."""
        source = self.place.source(path, watch)
        return source.exists() or _is_aside(source, content) or source.exists()

    def _datasets_are_whole(self) -> None:
        for manifest in self.place.output.glob("datasets/*/2*/manifest.json"):
            for file in json.loads(manifest.read_bytes())["files"]:
                data = (manifest.parent / file["name"]).read_bytes()
                assert hashlib.sha256(data).hexdigest() == file["sha256"], manifest

    # At the end.

    def holds(self, *, paid: int = 1) -> None:
        """All of it.

        Args:
            paid: how often a document may have been paid for at most.
        """
        self.holds_now()
        self._every_file_has_its_end()
        self._paid_once(paid)
        self._nothing_is_left_over()
        self._sources_are_where_they_belong()
        self._the_ledger_is_sound()

    def _every_file_has_its_end(self) -> None:
        watches = {watch for watch, _ in self.dropped}
        results = {(w, p): r for w in watches for p, r in self.place.results(w).items()}
        failures = {(w, p): f for w in watches for p, f in self.place.failures(w).items()}
        good = {key for key, content in self.dropped.items() if not ENDS_BADLY.search(content)}
        assert set(results) == good
        assert set(failures) == set(self.dropped) - good
        for key, result in results.items():
            content = self.dropped[key]
            assert result["file"]["sha256"] == hashlib.sha256(content).hexdigest(), key
            assert result["document"]["records"][0]["text"] == content.decode(), key

    def _paid_once(self, most: int) -> None:
        assert self.place.service
        for key, content in self.dropped.items():
            payments = self.place.service.workspace.payments(content)
            most = self.may_cost.get(content, most)
            least = 0 if REFUSED.search(content) else 1
            assert least <= payments <= most, f"{key} was paid for {payments} times"

    def _nothing_is_left_over(self) -> None:
        left = [p for p in self.place.home.rglob(".flexorchd-*") if p.name.endswith(".tmp")]
        assert left == []

    def _sources_are_where_they_belong(self) -> None:
        for (watch, path), content in self.dropped.items():
            source = self.place.source(path, watch)
            if watch not in self.archive or ENDS_BADLY.search(content):
                assert source.read_bytes() == content
                continue
            assert not source.exists(), f"{watch}/{path} was not moved"
            folder = self.archive[watch]
            if folder is not None:
                beside = (folder / watch / path).parent.iterdir()
                assert content in {file.read_bytes() for file in beside if file.is_file()}

    def _the_ledger_is_sound(self) -> None:
        path = self.place.home / "state/ledger.sqlite3"
        db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert db.execute("PRAGMA foreign_key_check").fetchall() == []
            states = Counter(row[0] for row in db.execute("SELECT state FROM file_states"))
            assert set(states) <= {"delivered", "failed", "ignored"}, states
            assert db.execute("SELECT count(*) FROM intents").fetchone() == (0,)
        finally:
            db.close()

    def exported_once(self, export: str) -> None:
        """Every delivered job is in exactly one published run of an export of scope ``new``."""
        held = Counter(
            job
            for folder in self.place.datasets(export)
            for job in self.place.manifest(folder)["job_ids"]
        )
        jobs = {
            result["job"]["id"]
            for watch in {watch for watch, _ in self.dropped}
            for result in self.place.results(watch).values()
        }
        assert set(held) == jobs
        assert set(held.values()) <= {1}
        rows = sum(len(self.place.rows(folder, export)) for folder in self.place.datasets(export))
        assert rows == len(jobs)
        latest = self.place.output / "datasets" / export / "latest"
        assert latest.resolve() == self.place.datasets(export)[-1]


def _is_aside(source: Path, content: bytes) -> bool:
    for file in source.parent.glob(".flexorchd-*.tmp"):
        with suppress(FileNotFoundError):
            if file.read_bytes() == content:
                return True
    return False
