"""Export runs: which jobs each published dataset holds, and how far an unfinished run has come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flexorchd.ledger.connection import Database


@dataclass(frozen=True, slots=True)
class Run:
    """One run of an export."""

    id: int
    export: str
    slot_at: float | None
    state: str
    started_at: float
    finished_at: float | None
    due_at: float | None
    attempt: int
    folder: str
    dataset_name: str
    dataset_id: str | None
    build_job_id: str | None
    assembled: str | None
    records: int | None
    bytes: int | None
    error_code: str | None
    error_message: str | None


@dataclass(frozen=True, slots=True)
class Exportable:
    """A delivered job that an export may hold, with the newest result that carries it.

    A job's id means nothing without its account. `output_path` is None where another result has taken the
    place of this job's.
    """

    account_id: int
    job_id: str
    document_id: int
    execution_id: str | None
    grade: str | None
    degraded: bool
    output_path: bytes | None
    ended_at: float


_COLUMNS = (
    "id, export, slot_at, state, started_at, finished_at, due_at, attempt, folder, dataset_name, "
    "dataset_id, build_job_id, assembled, records, bytes, error_code, error_message"
)

_DELIVERED = """
SELECT c.account_id, c.job_id, c.id, c.execution_id, c.grade, c.degraded, v.output_path, max(v.ended_at)
FROM versions AS v JOIN documents AS c ON c.id = v.document_id JOIN files AS f ON f.id = v.file_id
JOIN directories AS d ON d.id = f.directory_id JOIN watches AS w ON w.id = d.watch_id
WHERE v.state = 'delivered' AND c.job_id IS NOT NULL {condition}
GROUP BY c.account_id, c.job_id ORDER BY min(v.ended_at), min(v.id)
"""

_NEWEST_OF_PATH = """
AND v.id = (SELECT max(n.id) FROM versions AS n WHERE n.file_id = v.file_id AND n.state = 'delivered')
"""

_IN_NO_PUBLISHED_RUN = """
AND NOT EXISTS (SELECT 1 FROM export_jobs AS j JOIN export_runs AS r ON r.id = j.run_id
  WHERE j.account_id = c.account_id AND j.job_id = c.job_id AND r.export = ?
    AND r.state IN ('published', 'pruned'))
"""


class Exports:
    """The `exports`, `export_runs` and `export_jobs` tables."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def configure(self, names: Iterable[str], now: float) -> None:
        """Remember when each export was first seen: it is first due at its next slot."""
        with self._db.write() as db:
            for name in names:
                db.execute(
                    "INSERT INTO exports (name, first_seen_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    (name, now),
                )

    def names(self) -> list[str]:
        """Every export that was ever configured."""
        return [row[0] for row in self._db.read.execute("SELECT name FROM exports ORDER BY name")]

    def last_slot(self, name: str) -> float | None:
        """The last slot that was run, else when the export was first seen."""
        row = self._db.read.execute(
            "SELECT coalesce(last_slot_at, first_seen_at) FROM exports WHERE name = ?", (name,)
        ).fetchone()
        return None if row is None else float(row[0])

    def start(
        self, export: str, slot_at: float | None, folder: str, dataset_name: str, now: float
    ) -> Run:
        """Commit to a run before anything is asked of the service.

        Args:
            export: its name.
            slot_at: the slot of the schedule that it serves, or None when run by hand.
            folder: the name of the folder that it will publish.
            dataset_name: the name at the service, unique to this run once its id is put in for ``{run}``.
            now: seconds since the epoch.
        """
        with self._db.write() as db:
            run_id = db.execute(
                "INSERT INTO export_runs (export, slot_at, state, started_at, due_at, folder, "
                "dataset_name) VALUES (?, ?, 'started', ?, ?, ?, '')",
                (export, slot_at, now, now, folder),
            ).lastrowid
            row = db.execute(
                f"UPDATE export_runs SET dataset_name = ? WHERE id = ? RETURNING {_COLUMNS}",
                (dataset_name.format(run=run_id), run_id),
            ).fetchone()
        return Run(*row)

    def claim(self, export: str, slot_at: float) -> bool:
        """Take a slot of the schedule; False where it, or a later one, has been taken."""
        with self._db.write() as db:
            claimed = db.execute(
                "UPDATE exports SET last_slot_at = :slot_at "
                "WHERE name = :export AND coalesce(last_slot_at, first_seen_at) < :slot_at",
                {"slot_at": slot_at, "export": export},
            )
            return claimed.rowcount == 1

    def unfinished(self) -> list[Run]:
        """Runs that a crash or an outage left open."""
        return self._runs("WHERE state = 'started' ORDER BY id")

    def failed_since(self, since: float) -> list[Run]:
        """Runs that failed after a time."""
        return self._runs("WHERE state = 'failed' AND finished_at >= ? ORDER BY id", since)

    def runs(self, export: str, limit: int = 100) -> list[Run]:
        """The runs of an export, the newest first."""
        return self._runs("WHERE export = ? ORDER BY id DESC LIMIT ?", export, limit)

    def published(self, export: str) -> list[Run]:
        """The runs whose folders are published and not pruned, the newest first."""
        return self._runs("WHERE export = ? AND state = 'published' ORDER BY id DESC", export)

    def all_published(self) -> list[Run]:
        """Every run whose folder is published and not pruned."""
        return self._runs("WHERE state = 'published' ORDER BY id")

    def get(self, run_id: int) -> Run:
        """One run."""
        return self._runs("WHERE id = ?", run_id)[0]

    def _runs(self, where: str, *parameters: object) -> list[Run]:
        rows = self._db.read.execute(
            f"SELECT {_COLUMNS} FROM export_runs {where}",
            parameters,
        )
        return [Run(*row) for row in rows]

    def exportable(
        self, export: str, watches: Sequence[str] | None, *, only_new: bool
    ) -> list[Exportable]:
        """Delivered jobs, each once, for the scope ``new`` or ``all``; grades are not looked at."""
        condition = ""
        values: list[object] = []
        if watches is not None:
            condition += f" AND w.name IN ({', '.join('?' * len(watches))})"
            values += watches
        if only_new:
            condition += _IN_NO_PUBLISHED_RUN
            values.append(export)
        else:
            condition += _NEWEST_OF_PATH
        rows = self._db.read.execute(_DELIVERED.format(condition=condition), values)
        return [Exportable(r[0], r[1], r[2], r[3], r[4], bool(r[5]), r[6], r[7]) for r in rows]

    def building(
        self, run_id: int, *, dataset_id: str | None = None, build_job_id: str | None = None
    ) -> None:
        """What the service has begun for this run."""
        with self._db.write() as db:
            db.execute(
                "UPDATE export_runs SET dataset_id = coalesce(?, dataset_id), "
                "build_job_id = coalesce(?, build_job_id) WHERE id = ?",
                (dataset_id, build_job_id, run_id),
            )

    def chose(self, run_id: int, jobs: Iterable[Exportable]) -> None:
        """The jobs that an unfinished run holds; they count as exported once it is published."""
        with self._db.write() as db:
            db.execute("DELETE FROM export_jobs WHERE run_id = ?", (run_id,))
            db.executemany(
                "INSERT INTO export_jobs (run_id, account_id, job_id, document_id) VALUES (?, ?, ?, ?)",
                [(run_id, job.account_id, job.job_id, job.document_id) for job in jobs],
            )

    def chosen(self, run_id: int) -> list[str]:
        """The jobs that a run holds."""
        rows = self._db.read.execute(
            "SELECT job_id FROM export_jobs WHERE run_id = ? ORDER BY document_id", (run_id,)
        )
        return [row[0] for row in rows]

    def look_again(self, run_id: int, due_at: float) -> None:
        """The service is still at it: look then."""
        with self._db.write() as db:
            db.execute("UPDATE export_runs SET due_at = ? WHERE id = ?", (due_at, run_id))

    def postpone(self, run_id: int, due_at: float, code: str, message: str) -> None:
        """The run met something that can pass: go on then."""
        with self._db.write() as db:
            db.execute(
                "UPDATE export_runs SET due_at = ?, attempt = attempt + 1, error_code = ?, "
                "error_message = ? WHERE id = ?",
                (due_at, code, message, run_id),
            )

    def publish(self, run_id: int, *, assembled: str, records: int, size: int, now: float) -> None:
        """The folder is durable: the run is published, and with it the jobs that it chose."""
        with self._db.write() as db:
            db.execute(
                "UPDATE export_runs SET state = 'published', finished_at = ?, due_at = NULL, "
                "assembled = ?, records = ?, bytes = ?, error_code = NULL, error_message = NULL "
                "WHERE id = ?",
                (now, assembled, records, size, run_id),
            )

    def put_back(
        self, export: str, folder: str, job_ids: Sequence[str], *, records: int, at: float
    ) -> None:
        """A published folder tells of a run that the ledger has lost; jobs it does not know are left out."""
        with self._db.write() as db:
            known = db.execute(
                "SELECT 1 FROM export_runs WHERE export = ? AND folder = ?", (export, folder)
            ).fetchone()
            if known:
                return
            run_id = db.execute(
                "INSERT INTO export_runs (export, state, started_at, finished_at, folder, "
                "dataset_name, records) VALUES (?, 'published', ?, ?, ?, '', ?)",
                (export, at, at, folder, records),
            ).lastrowid
            db.executemany(
                "INSERT OR IGNORE INTO export_jobs (run_id, account_id, job_id, document_id) "
                "SELECT ?, account_id, job_id, id FROM documents WHERE job_id = ?",
                [(run_id, job_id) for job_id in job_ids],
            )

    def end(
        self,
        run_id: int,
        state: str,
        now: float,
        code: str | None = None,
        message: str | None = None,
    ) -> None:
        """The run ends ``empty``, ``failed`` or ``pruned``; it records no jobs."""
        with self._db.write() as db:
            db.execute(
                "UPDATE export_runs SET state = ?, finished_at = coalesce(finished_at, ?), "
                "due_at = NULL, error_code = ?, error_message = ? WHERE id = ?",
                (state, now, code, message, run_id),
            )

    def runs_holding(self, document_ids: Sequence[int]) -> list[Run]:
        """Published runs that hold any of these documents."""
        marks = ", ".join("?" * len(document_ids))
        return self._runs(
            "WHERE state = 'published' AND id IN "
            f"(SELECT run_id FROM export_jobs WHERE document_id IN ({marks})) ORDER BY id",
            *document_ids,
        )
