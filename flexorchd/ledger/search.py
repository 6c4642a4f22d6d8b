"""Files as people look for them: by state, by watch, by path, hash or job, with their whole story."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from flexorchd.ledger.connection import Database
from flexorchd.ledger.placed import Placed


@dataclass(frozen=True, slots=True)
class Found(Placed):
    """One file with all that the ledger knows of it: a row of the view `file_states`."""

    id: int
    watch_id: int
    directory_id: int
    watch: str
    directory: bytes
    name: bytes
    size: int
    mtime_ns: int
    seen_at: float
    gone_at: float | None
    reason: str | None
    version_id: int | None
    file_due_at: float | None
    file_state: str
    version_state: str | None
    found_at: float | None
    ended_at: float | None
    output_path: bytes | None
    output_sha256: bytes | None
    error_code: str | None
    error_message: str | None
    delivery_attempt: int | None
    delivery_due_at: float | None
    after: str | None
    after_reason: str | None
    warning: str | None
    document_id: int | None
    sha256: bytes | None
    document_state: str | None
    job_id: str | None
    account_id: int | None
    settings_id: int | None
    document_due_at: float | None
    document_attempt: int | None
    document_error_code: str | None
    document_error_message: str | None
    grade: str | None
    degraded: int | None
    document_type: str | None
    pii_count: int | None
    original_version_id: int | None
    service_duplicate: int | None
    sent_at: float | None
    hold_code: str | None
    state: str

    @property
    def is_duplicate(self) -> bool:
        """Whether another file, here or at the service, brought this content first."""
        return self.document_id is not None and (
            bool(self.service_duplicate) or self.version_id != self.original_version_id
        )

    @property
    def failure_code(self) -> str | None:
        """Why it failed, or why it waits."""
        return self.error_code or self.document_error_code


_COLUMNS = ", ".join(field.name for field in fields(Found))


class Search:
    """Reads the view `file_states`."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def counts(self) -> dict[str, dict[str, int]]:
        """How many files of each watch are in each state: watch to state to number."""
        counts: dict[str, dict[str, int]] = {}
        for watch, state, number in self._db.read.execute(
            "SELECT watch, state, count(*) FROM file_states GROUP BY watch, state"
        ):
            counts.setdefault(watch, {})[state] = number
        return counts

    def files(
        self,
        *,
        state: str | None = None,
        watch: str | None = None,
        code: str | None = None,
        since: float | None = None,
        text: str | None = None,
        limit: int = -1,
        offset: int = 0,
    ) -> list[Found]:
        """Files that meet every condition given, those that changed last first.

        Args:
            state: as people see it.
            watch: the watch's name.
            code: why they failed or wait.
            since: ended (or seen) at or after this time.
            text: what their path contains, in any case.
            limit: at most so many; -1 is all.
            offset: leave out so many.
        """
        return self._found(
            "WHERE (:state IS NULL OR state = :state) AND (:watch IS NULL OR watch = :watch) "
            "AND (:code IS NULL OR coalesce(error_code, document_error_code) = :code) "
            "AND (:since IS NULL OR coalesce(ended_at, seen_at) >= :since) "
            "AND (:text IS NULL OR "
            "instr(lower(CAST(directory || x'2f' || name AS TEXT)), lower(:text))) "
            "ORDER BY coalesce(ended_at, seen_at) DESC, id DESC LIMIT :limit OFFSET :offset",
            {
                "state": state,
                "watch": watch,
                "code": code,
                "since": since,
                "text": text,
                "limit": limit,
                "offset": offset,
            },
        )

    def by_ids(self, ids: Sequence[int]) -> list[Found]:
        """These files."""
        found: list[Found] = []
        for start in range(0, len(ids), 500):
            some = ids[start : start + 500]
            found += self._found(f"WHERE id IN ({', '.join('?' * len(some))})", some)
        return found

    def at(self, watch_id: int, directory: bytes, name: bytes) -> Found | None:
        """The file at a path."""
        found = self._found(
            "WHERE watch_id = ? AND directory = ? AND name = ?", (watch_id, directory, name)
        )
        return found[0] if found else None

    def below(self, watch_id: int, directory: bytes) -> list[Found]:
        """The files in a folder and its folders; ``b""`` is the watch itself."""
        return self._found(
            "WHERE watch_id = :watch AND (:top = x'' OR directory = :top OR "
            "(directory >= :top || x'2f' AND directory < :top || x'30')) ORDER BY directory, name",
            {"watch": watch_id, "top": directory},
        )

    def by_hash(self, prefix: str) -> list[Found]:
        """The files whose content's SHA-256 begins with these hex digits."""
        return self._found("WHERE lower(hex(sha256)) LIKE ? || '%'", (prefix.lower(),))

    def by_job(self, job_id: str) -> list[Found]:
        """The files that a job served."""
        return self._found("WHERE job_id = ?", (job_id,))

    def of_document(self, document_id: int) -> list[Found]:
        """The files with this content and these settings."""
        return self._found("WHERE document_id = ? ORDER BY version_id", (document_id,))

    def file_of_version(self, version_id: int) -> Found | None:
        """The file that a version belongs to."""
        found = self._found("WHERE id = (SELECT file_id FROM versions WHERE id = ?)", (version_id,))
        return found[0] if found else None

    def sent_looks(self, watch_id: int) -> dict[bytes, tuple[int, int, int]]:
        """Size, mtime_ns and inode of a watch's files that have been sent or have ended, by path."""
        rows = self._db.read.execute(
            "SELECT d.path, f.name, f.size, f.mtime_ns, f.inode FROM files AS f "
            "JOIN directories AS d ON d.id = f.directory_id JOIN versions AS v ON v.id = f.version_id "
            "LEFT JOIN documents AS c ON c.id = v.document_id "
            "WHERE d.watch_id = ? AND f.state = 'followed' AND coalesce(c.state, '') != 'queued'",
            (watch_id,),
        )
        return {(r[0] + b"/" + r[1] if r[0] else r[1]): (r[2], r[3], r[4]) for r in rows.fetchall()}

    def is_sent(self, sha256: bytes, settings: tuple[object, ...]) -> bool:
        """Whether content has been sent under these settings: locale, masking, strategy, type."""
        row = self._db.read.execute(
            "SELECT 1 FROM documents AS c JOIN settings AS s ON s.id = c.settings_id "
            "WHERE c.sha256 = ? AND c.state != 'queued' AND s.locale = ? AND s.mask_pii = ? "
            "AND s.mask_strategy = ? AND s.document_type = ? LIMIT 1",
            (sha256, *settings),
        ).fetchone()
        return row is not None

    def oldest_waiting(self) -> float | None:
        """When the oldest file that is not at its end was seen, held ones included."""
        row = self._db.read.execute(
            "SELECT min(seen_at) FROM (SELECT seen_at FROM files WHERE state IN ('settling', 'settled') "
            "AND gone_at IS NULL UNION ALL SELECT v.found_at FROM documents AS c JOIN versions AS v "
            "ON v.document_id = c.id AND v.state = 'following' "
            "WHERE c.state IN ('queued', 'uploading', 'processing') "
            "UNION ALL SELECT found_at FROM versions WHERE state = 'ready')"
        ).fetchone()
        return None if row[0] is None else float(row[0])

    def _found(
        self, where: str, parameters: Sequence[object] | Mapping[str, object]
    ) -> list[Found]:
        cursor: sqlite3.Cursor = self._db.read.cursor()
        cursor.row_factory = None
        return [
            Found(*row)
            for row in cursor.execute(f"SELECT {_COLUMNS} FROM file_states {where}", parameters)
        ]
