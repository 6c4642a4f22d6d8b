"""The keyword index: passages of the datasets that were asked to be searchable."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Sequence
from itertools import islice

from flexorchd import formats
from flexorchd.engine.datasets.errand import Errand
from flexorchd.engine.datasets.rows import DatasetRows
from flexorchd.engine.store.connection import Connection

_log = logging.getLogger(__name__)
_AT_ONCE = 200  # passages in one transaction


class Indexer:
    """Indexes one dataset after the other.

    An index that is ``indexing`` when the engine starts is begun anew.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._errand = Errand("dataset-index", self._run)
        self.wake = self._errand.wake
        self.close = self._errand.close

    def _run(self) -> None:
        for dataset_id, slug, version in self._waiting():
            if not self._errand.stopping.is_set():
                self._index(dataset_id, slug, version)

    def _waiting(self) -> list[tuple[int, str, int]]:
        with self._connection.read() as database:
            rows = database.execute(
                "SELECT id, slug, version FROM datasets WHERE index_status = 'indexing' ORDER BY id"
            ).fetchall()
        return [(row["id"], row["slug"], row["version"]) for row in rows]

    def _index(self, dataset_id: int, slug: str, version: int) -> None:
        try:
            self._fill(dataset_id, slug, version)
            self._end(dataset_id, version, "ready")
        except sqlite3.ProgrammingError:  # the store is closed; the next start begins anew
            self._errand.stopping.set()
        except Exception:  # noqa: BLE001 - whatever befell it, the next dataset has its turn
            _log.exception("dataset %d could not be indexed", dataset_id)
            self._end(dataset_id, version, "failed")

    def _fill(self, dataset_id: int, slug: str, version: int) -> None:
        rows = DatasetRows(self._connection, dataset_id, with_text=True)
        total = sum(1 for _ in formats.chunks(rows, slug))
        passages = formats.chunks(rows, slug)
        current = self._connection.write(
            lambda database: _begin(database, dataset_id, version, total)
        )
        while (
            current
            and not self._errand.stopping.is_set()
            and (part := list(islice(passages, _AT_ONCE)))
        ):
            current = self._connection.write(_adding(dataset_id, version, part))

    def _end(self, dataset_id: int, version: int, status: str) -> None:
        if self._errand.stopping.is_set():
            return
        self._connection.write(
            lambda database: database.execute(
                "UPDATE datasets SET index_status = ? WHERE id = ? AND version = ?"
                " AND index_status = 'indexing'",
                (status, dataset_id, version),
            )
        )


def _begin(database: sqlite3.Connection, dataset_id: int, version: int, total: int) -> bool:
    database.execute("DELETE FROM dataset_chunks WHERE dataset_id = ?", (dataset_id,))
    database.execute(
        "UPDATE datasets SET total_chunks = ? WHERE id = ? AND version = ?",
        (total, dataset_id, version),
    )
    return _is_current(database, dataset_id, version)


def _adding(
    dataset_id: int, version: int, part: Sequence[formats.Chunk]
) -> Callable[[sqlite3.Connection], bool]:
    """The work of adding passages; False once the dataset is gone or has changed."""

    def add(database: sqlite3.Connection) -> bool:
        if not _is_current(database, dataset_id, version):
            return False
        database.executemany(
            "INSERT OR IGNORE INTO dataset_chunks"
            " (dataset_id, execution_id, chunk_id, chunk_index, token_count, text)"
            " SELECT ?, id, ?, ?, ?, ? FROM executions WHERE job_id = ?",
            [
                (
                    dataset_id,
                    chunk["chunk_id"],
                    chunk["chunk_index"],
                    chunk["token_count"],
                    chunk["text"],
                    chunk["metadata"]["job_id"],
                )
                for chunk in part
            ],
        )
        return True

    return add


def _is_current(database: sqlite3.Connection, dataset_id: int, version: int) -> bool:
    found = "SELECT 1 FROM datasets WHERE id = ? AND version = ? AND index_status = 'indexing'"
    return database.execute(found, (dataset_id, version)).fetchone() is not None
