"""Files out of connected storage: known by connector and key, never by content."""

from __future__ import annotations

from flexorchd.ledger.connection import Database


class Pulls:
    """Puts connector files on the road behind the upload."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def taken(
        self,
        watch: str,
        path: bytes,
        job_id: str,
        *,
        settings_id: int,
        account_id: int,
        now: float,
        poll_at: float,
    ) -> None:
        """The service has taken a key under a job; its result is followed like any other.

        Args:
            watch: what stands for a watch, `naming.connector_watch`.
            path: the key as a path, `naming.connector_key`.
            job_id: the job.
            settings_id: what it was sent with.
            account_id: whose job it is.
            now: seconds since the epoch.
            poll_at: when to ask for the job.
        """
        directory, _, name = path.rpartition(b"/")
        with self._db.write() as db:
            db.execute(
                "INSERT INTO watches (name, root) VALUES (?, x'') ON CONFLICT DO NOTHING", (watch,)
            )
            db.execute(
                "INSERT INTO directories (watch_id, path) SELECT id, ? FROM watches "
                "WHERE name = ? ON CONFLICT DO NOTHING",
                (directory, watch),
            )
            file_id = db.execute(
                "INSERT INTO files (directory_id, name, size, mtime_ns, ctime_ns, inode, state, "
                "seen_at) SELECT d.id, ?, 0, 0, 0, 0, 'followed', ? FROM directories AS d "
                "JOIN watches AS w ON w.id = d.watch_id WHERE w.name = ? AND d.path = ? "
                "ON CONFLICT DO UPDATE SET seen_at = excluded.seen_at RETURNING id",
                (name, now, watch, directory),
            ).fetchone()["id"]
            document_id = db.execute(
                "INSERT INTO documents (settings_id, account_id, size, state, due_at, job_id, sent_at) "
                "VALUES (?, ?, 0, 'processing', ?, ?, ?)",
                (settings_id, account_id, poll_at, job_id, now),
            ).lastrowid
            version_id = db.execute(
                "INSERT INTO versions (file_id, document_id, size, mtime_ns, found_at, state) "
                "VALUES (?, ?, 0, 0, ?, 'following')",
                (file_id, document_id, now),
            ).lastrowid
            db.execute("UPDATE files SET version_id = ? WHERE id = ?", (version_id, file_id))
            db.execute(
                "UPDATE documents SET version_id = ? WHERE id = ?", (version_id, document_id)
            )
