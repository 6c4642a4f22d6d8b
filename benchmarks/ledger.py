"""The ledger with a million files of distinct content: its size, its speed, its group commit.

`python -m benchmarks.ledger [--quick]`

A thousand files go the whole road by the ledger's own operations. Then the ledger is multiplied: the same
rows under other ids, in other folders, with other random hashes, so that its indexes are as scattered as a
grown one's. At either size more files go the road, five hundred at a time. Times are CPU seconds: the disk's
share is the same for all that is compared.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import verify
from benchmarks.bare_ledger import BareRoad
from benchmarks.goals import Figures, Finding, at_least, at_most, report
from benchmarks.rig import scratch
from flexorchd.ledger.accounts import SettingsRow
from flexorchd.ledger.files import FoundBy, PendingFile, Sighting
from flexorchd.ledger.following import Fingerprint
from flexorchd.ledger.jobs import JobEnd
from flexorchd.ledger.ledger import Ledger
from flexorchd.ledger.versions import Delivered

THOUSAND, BATCH = 1000, 500
MEGABYTES, TIMES_THOUSAND, START_SECONDS, OF_BARE = 450.0, 1.5, 1.0, 0.8

JOB = (
    '{"id": "1", "status": "completed", "quality_grade": "A", "quality_score": 0.91, '
    '"pii_findings_count": 1, "privacy_applied": true, "is_duplicate": false, '
    '"original_job_id": null, "processing_summary": "1 row, grade A", '
    '"created_at": "2026-01-01T00:00:00+00:00"}'
)

MULTIPLIED = {
    "directories": {"id": "id + :folder", "path": "CAST('month-' || :folder AS BLOB)"},
    "files": {
        "id": "id + :row",
        "directory_id": "directory_id + :folder",
        "inode": "inode + :row",
        "version_id": "version_id + :row",
    },
    "documents": {
        "id": "id + :row",
        "sha256": "randomblob(32)",
        "version_id": "version_id + :row",
        "job_id": "CAST(CAST(job_id AS INTEGER) + :row AS TEXT)",
    },
    "versions": {
        "id": "id + :row",
        "file_id": "file_id + :row",
        "document_id": "document_id + :row",
        "output_sha256": "randomblob(32)",
    },
}
"""What differs in a copy of a row."""


class Road:
    """The way of files through a ledger, operation by operation, each of them timed.

    Attributes:
        ledger: the ledger.
        seconds: CPU seconds of each operation, a number for every batch.
    """

    def __init__(self, path: Path) -> None:
        self.ledger = Ledger(path)
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self._watch = self.ledger.watches.configure({"inbox": b"/inbox"})["inbox"]
        self._account = self.ledger.accounts.add("hosted", "http://localhost", "f", "…", 0.0)
        self._settings = self.ledger.accounts.settings_id(
            SettingsRow("und", True, "redact", "auto")
        )

    @contextmanager
    def _timed(self, operation: str) -> Iterator[None]:
        began = time.process_time()
        yield
        self.seconds[operation].append(time.process_time() - began)

    def travel(self, folder: bytes, first: int, number: int) -> None:
        """From the first sight of so many files to their delivery."""
        self._find(folder, first, number)
        self._send(first, number)
        self._deliver(number)

    def _find(self, folder: bytes, first: int, number: int) -> None:
        files = self.ledger.files
        found = [sighting(folder, index) for index in range(first, first + number)]
        with self._timed("observe"):
            files.observe(self._watch, found)
        with self._timed("known"):
            known = files.known(files.directory_id(self._watch, folder) or 0)
        with self._timed("settling"):
            settling = files.settling(2.0, number)
        with self._timed("mark_settled"):
            files.mark_settled([(file.id, None) for file in settling], 2.0)
        with self._timed("settled"):
            settled = files.settled(2.0, number)
        prints = [fingerprint(file, self._settings, self._account) for file in settled]
        with self._timed("fingerprinted"):
            self.ledger.documents.fingerprinted(prints, 3.0)
        assert len(known) >= len(settled) == number, "not all were found"

    def _send(self, first: int, number: int) -> None:
        uploads = self.ledger.uploads
        with self._timed("waiting"):
            waiting = self.ledger.documents.waiting(self._account, 3.0, number)
        intents = [(one.document_id, one.version_id, "letter-1234567890.pdf") for one in waiting]
        with self._timed("intend"):
            uploads.intend(intents, 4.0, 4.0)
        with self._timed("accepted"), self.ledger.database.write():
            for job, one in enumerate(waiting, first + 1):
                uploads.accepted(
                    one.document_id, str(job), is_duplicate=False, now=5.0, poll_at=5.0
                )
        assert len(waiting) == number, "not all were queued"

    def _deliver(self, number: int) -> None:
        jobs, versions = self.ledger.jobs, self.ledger.versions
        with self._timed("processing"):
            due = jobs.processing(self._account, 6.0, number)
        ends = [JobEnd(one.document_id, JOB, "A", False, 1) for one in due]
        with self._timed("completed"):
            jobs.completed(ends, 6.0)
        with self._timed("ready"):
            ready = versions.ready(7.0, number)
        published = [
            Delivered(
                one.version_id,
                b"results/inbox/" + one.path + b".json",
                os.urandom(32),
                failed=False,
                after=False,
            )
            for one in ready
        ]
        with self._timed("delivered"):
            versions.delivered(published, 8.0)
        assert len(ready) == number, "not all were delivered"


def sighting(folder: bytes, index: int) -> Sighting:
    return Sighting(
        directory=folder,
        name=b"document-%06d.pdf" % index,
        size=20_000 + index,
        mtime_ns=1_700_000_000_000_000_000 + index,
        ctime_ns=1_700_000_000_000_000_000 + index,
        inode=1_000_000 + index,
        ignored=None,
        seen_at=1.0,
        due_at=1.0,
        found_by=FoundBy.EVENT,
    )


def fingerprint(file: PendingFile, settings_id: int, account_id: int) -> Fingerprint:
    look = (file.size, file.mtime_ns, file.ctime_ns, file.inode)
    return Fingerprint(file.id, *look, os.urandom(32), settings_id, account_id, None)


def multiply(ledger: Ledger, times: int) -> None:
    """So many copies of all rows on the road."""
    with ledger.database.write() as db:
        folders = db.execute("SELECT max(id) FROM directories").fetchone()[0]
        rows = db.execute("SELECT max(id) FROM files").fetchone()[0]
        copies = [_copy(db, table, differs) for table, differs in MULTIPLIED.items()]
        for number in range(1, times + 1):
            for copy in copies:
                offsets = {"folder": number * folders, "row": number * rows}
                db.execute(copy, {**offsets, "last": folders if "directories" in copy else rows})
    ledger.database.writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _copy(db: sqlite3.Connection, table: str, differs: dict[str, str]) -> str:
    columns = [row["name"] for row in db.execute(f"PRAGMA table_info({table})")]
    values = ", ".join(differs.get(column, column) for column in columns)
    names = ", ".join(columns)
    return f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE id <= :last"


def start_up(path: Path) -> float:
    """Wall seconds until a ledger is open and has answered what a daemon asks at its start."""
    began = time.perf_counter()
    ledger = Ledger(path)
    try:
        ledger.progress.now()
        ledger.watches.configure({"inbox": b"/inbox"})
        ledger.uploads.orphan_uploads(1, 0.0)
        ledger.files.look_now(0.0)
    finally:
        ledger.close()
    return time.perf_counter() - began


@dataclass(frozen=True, slots=True)
class Roads:
    """The same road in a ledger of a thousand files and in one of many; and the bare writes of both."""

    small: Road
    large: Road
    bare_small: BareRoad
    bare_large: BareRoad

    def close(self) -> None:
        for road in (self.small.ledger, self.large.ledger, self.bare_small, self.bare_large):
            road.close()


def travel(base: Path, times: int, batches: int) -> Roads:
    """Grow a ledger of a thousand files to so many times as many, and take batches along both."""
    road = Road(base / "small")
    road.travel(b"first", 0, THOUSAND)
    road.ledger.close()
    shutil.copy(base / "small", base / "large")
    grown = Ledger(base / "large")
    multiply(grown, times - 1)
    grown.close()
    for size in ("small", "large"):
        shutil.copy(base / size, base / f"bare-{size}")
    roads = Roads(
        Road(base / "small"),
        Road(base / "large"),
        BareRoad(base / "bare-small"),
        BareRoad(base / "bare-large"),
    )
    for batch in range(batches):
        for road, bare in ((roads.small, roads.bare_small), (roads.large, roads.bare_large)):
            road.travel(b"more-%d" % batch, THOUSAND * times + batch * BATCH, BATCH)
            bare.repeat(road.ledger.database.read, BATCH, JOB)
    return roads


def check(road: Road, number: int) -> None:
    """Every file was delivered, and the database is whole."""
    db = road.ledger.database.read
    delivered = db.execute("SELECT count(*) FROM file_states WHERE state = 'delivered'").fetchone()
    verify.equal("files delivered", delivered[0], number)
    strays = db.execute("PRAGMA foreign_key_check").fetchall()
    verify.equal("rows that belong to none", len(strays), 0)


def measure(*, quick: bool) -> Iterator[Finding]:
    """The goals of this benchmark."""
    times, batches = (100, 5) if quick else (1000, 9)
    files = THOUSAND * times + BATCH * batches
    with scratch() as base:
        roads = travel(base, times, batches)
        check(roads.large, files)
        verify.equal("files that the bare writes delivered", roads.bare_large.delivered(), files)
        roads.close()
        size = (base / "large").stat().st_size
        yield at_most("Ledger: MB for a million files", size / files, MEGABYTES, "{:.0f}")
        started = statistics.median(start_up(base / "large") for _ in range(3))
        yield at_most(f"Ledger: start-up with {files} files, s", started, START_SECONDS)
    small, large = medians(roads.small.seconds), medians(roads.large.seconds)
    slowest = max(small, key=lambda operation: large[operation] / small[operation])
    what = f"Ledger: slowest operation ({slowest}), times its speed on a thousand"
    yield at_most(what, large[slowest] / small[slowest], TIMES_THOUSAND)
    bare = medians(roads.bare_small.seconds)
    ratio = sum(bare.values()) / sum(small[operation] for operation in bare)
    yield at_least("Ledger: writes in groups, of bare executemany's speed", ratio, OF_BARE)
    yield _figures(roads, files)


def _figures(roads: Roads, files: int) -> Figures:
    """Each operation in both ledgers, and the writes beside bare ones of the same rows."""
    kinds = (roads.small, roads.large, roads.bare_small, roads.bare_large)
    small, large, bare_small, bare_large = (medians(kind.seconds) for kind in kinds)

    def each(seconds: dict[str, float], operation: str) -> str:
        return f"{seconds[operation] / BATCH * 1e6:.1f}" if operation in seconds else ""

    rows = [
        [one, *(each(seconds, one) for seconds in (small, large, bare_small, bare_large))]
        for one in small
    ]
    rows.append(
        [
            "the whole road",
            *(f"{sum(s.values()) / BATCH * 1e6:.0f}" for s in (small, large)),
            "",
            "",
        ]
    )
    columns = ["operation", "with 1000 files", f"with {files}", "bare, 1000", f"bare, {files}"]
    return Figures(f"The ledger: CPU µs a file, {BATCH} in a transaction", columns, rows)


def medians(seconds: Mapping[str, list[float]]) -> dict[str, float]:
    return {operation: statistics.median(taken) for operation, taken in seconds.items()}


if __name__ == "__main__":
    report(measure(quick="--quick" in sys.argv))
