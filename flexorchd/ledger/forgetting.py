"""Erase what the ledger knows of some content; a hash stays, so that it is not sent again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flexorchd.ledger.connection import Database


@dataclass(frozen=True, slots=True)
class Remains:
    """What has to go elsewhere before the ledger lets go.

    Attributes:
        outputs: results and failures, as paths below the output.
        document_ids: documents of the content, under whatever settings.
        job_ids: their jobs.
        file_ids: files with the content, copies included.
        busy: how many of them are on their way at this moment.
    """

    outputs: Sequence[bytes]
    document_ids: Sequence[int]
    job_ids: Sequence[str]
    file_ids: Sequence[int]
    busy: int


class Forgetting:
    """Finds and erases what concerns some content."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def remains(self, hashes: Iterable[bytes], file_ids: Iterable[int]) -> Remains:
        """What is there of these contents, and of these files where no content is known."""
        documents: dict[int, tuple[str | None, str]] = {}
        for sha256 in hashes:
            for row in self._db.read.execute(
                "SELECT id, job_id, state FROM documents WHERE sha256 = ?", (sha256,)
            ):
                documents[row[0]] = (row[1], row[2])
        files, outputs = set(file_ids), []
        for document_id in documents:
            for row in self._db.read.execute(
                "SELECT file_id, output_path FROM versions WHERE document_id = ?", (document_id,)
            ):
                files.add(row[0])
                if row[1] is not None:
                    outputs.append(row[1])
        for file_id in files:
            rows = self._db.read.execute(
                "SELECT output_path FROM versions WHERE file_id = ? AND output_path IS NOT NULL "
                "AND document_id IS NULL",
                (file_id,),
            )
            outputs += [row[0] for row in rows]
        return Remains(
            outputs=outputs,
            document_ids=list(documents),
            job_ids=[job for job, _ in documents.values() if job],
            file_ids=sorted(files),
            busy=sum(state in ("uploading", "processing") for _, state in documents.values()),
        )

    def vanished_before(self, moment: float) -> list[int]:
        """Files whose source went before a time."""
        rows = self._db.read.execute("SELECT id FROM files WHERE gone_at < ?", (moment,))
        return [row[0] for row in rows]

    def erase(self, remains: Remains, hashes: Iterable[bytes], now: float) -> bool:
        """Let go of everything but the hashes and the paths, which are ignored from now on.

        Returns:
            Whether it is out of the file too; its log cannot be emptied while somebody reads for long.
        """
        with self._db.write() as db:
            db.executemany(
                "INSERT INTO forgotten (sha256, forgotten_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
                [(sha256, now) for sha256 in hashes],
            )
            for file_id in remains.file_ids:
                db.execute(
                    "DELETE FROM hooks WHERE version_id IN "
                    "(SELECT id FROM versions WHERE file_id = ?)",
                    (file_id,),
                )
                db.execute("DELETE FROM versions WHERE file_id = ?", (file_id,))
                db.execute(
                    "UPDATE files SET state = 'ignored', reason = 'forgotten', version_id = NULL, "
                    "due_at = NULL WHERE id = ?",
                    (file_id,),
                )
            for document_id in remains.document_ids:
                db.execute("DELETE FROM intents WHERE document_id = ?", (document_id,))
                db.execute("DELETE FROM documents WHERE id = ?", (document_id,))
        # The pages are overwritten (secure_delete); the log that still holds the old ones is folded in.
        return self._db.empty_log()
