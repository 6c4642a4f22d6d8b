"""The floor of the ledger's writes: `executemany` of the same rows into the same tables, and nothing asked.

It takes a ledger that has taken a batch down the road, reads what was written there, and writes it to a
second file with the same schema, one transaction an operation.
"""

from __future__ import annotations

import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOUND = (
    "INSERT INTO files (directory_id, name, size, mtime_ns, ctime_ns, inode, state, seen_at, "
    "looked_at, due_at) VALUES (?, ?, ?, ?, ?, ?, 'settling', ?, ?, 1.0)"
)
DOCUMENT = (
    "INSERT INTO documents (id, sha256, settings_id, account_id, size, state, due_at, version_id) "
    "VALUES (?, ?, ?, ?, ?, 'queued', 3.0, ?)"
)
VERSION = (
    "INSERT INTO versions (id, file_id, document_id, size, mtime_ns, found_at, state) "
    "VALUES (?, ?, ?, ?, ?, ?, 'following')"
)
FOLLOWED = "UPDATE files SET state = 'followed', due_at = NULL, version_id = ? WHERE id = ?"
COMPLETED = (
    "UPDATE documents SET state = 'completed', due_at = NULL, job = ?, grade = ?, degraded = ?, "
    "pii_count = ? WHERE id = ?"
)
READY = "UPDATE versions SET state = 'ready', due_at = 6.0 WHERE document_id = ?"
DELIVERED = (
    "UPDATE versions SET state = 'delivered', output_path = ?, output_sha256 = ?, ended_at = ?, "
    "due_at = NULL WHERE id = ?"
)
FORGET_JOB = "UPDATE documents SET job = NULL WHERE id = ?"


class BareRoad:
    """Writes what a ledger wrote.

    Args:
        path: of the second ledger, with the schema and the parents of the rows.

    Attributes:
        seconds: CPU seconds of each operation, a number for every batch.
    """

    def __init__(self, path: Path) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self._db = sqlite3.connect(path, isolation_level=None)
        for pragma in (
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "cache_size=-8000",
        ):
            self._db.execute(f"PRAGMA {pragma}")

    @contextmanager
    def _timed(self, operation: str) -> Iterator[None]:
        began = time.process_time()
        self._db.execute("BEGIN IMMEDIATE")
        yield
        self._db.execute("COMMIT")
        self.seconds[operation].append(time.process_time() - began)

    def repeat(self, ledger: sqlite3.Connection, number: int, job: str) -> None:
        """Write the last so many rows of that ledger."""
        rows = [
            tuple(row)
            for row in ledger.execute(
                "SELECT f.directory_id, f.name, f.size, f.mtime_ns, f.ctime_ns, f.inode, f.seen_at, "
                "f.looked_at, f.id, c.id, c.sha256, c.settings_id, c.account_id, v.id, c.grade, "
                "c.degraded, c.pii_count, v.output_path, v.output_sha256, v.ended_at, d.watch_id, "
                "d.path FROM files AS f JOIN versions AS v ON v.id = f.version_id "
                "JOIN documents AS c ON c.id = v.document_id "
                "JOIN directories AS d ON d.id = f.directory_id ORDER BY f.id DESC LIMIT ?",
                (number,),
            )
        ][::-1]
        self._db.execute(
            "INSERT INTO directories (id, watch_id, path) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (rows[0][0], rows[0][20], rows[0][21]),
        )
        self._write(rows, job)

    def _write(self, rows: list[tuple[object, ...]], job: str) -> None:
        many = self._db.executemany
        found = [row[:8] for row in rows]
        with self._timed("observe"):
            many(FOUND, found)
        documents = [(r[9], r[10], r[11], r[12], r[2], r[13]) for r in rows]
        versions = [(r[13], r[8], r[9], r[2], r[3], r[6]) for r in rows]
        followed = [(r[13], r[8]) for r in rows]
        with self._timed("fingerprinted"):
            many(DOCUMENT, documents)
            many(VERSION, versions)
            many(FOLLOWED, followed)
        ended = [(job, r[14], r[15], r[16], r[9]) for r in rows]
        documents_alone = [(r[9],) for r in rows]
        with self._timed("completed"):
            many(COMPLETED, ended)
            many(READY, documents_alone)
        delivered = [(r[17], r[18], r[19], r[13]) for r in rows]
        with self._timed("delivered"):
            many(DELIVERED, delivered)
            many(FORGET_JOB, documents_alone)

    def delivered(self) -> int:
        """How many files were taken to their end."""
        count = "SELECT count(*) FROM versions WHERE state = 'delivered'"
        return int(self._db.execute(count).fetchone()[0])

    def close(self) -> None:
        self._db.close()
