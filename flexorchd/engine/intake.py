"""The door for documents, whichever way they come: what is refused, and what becomes a job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from flexorchd.engine.model import Settings
from flexorchd.engine.plans import Plan, period_start, trial_end
from flexorchd.engine.store import Store
from flexorchd.engine.store.jobs import Accepted, Upload
from flexorchd.engine.store.moments import now
from flexorchd.engine.store.rows import Source
from flexorchd.engine.store.webhooks import owe

KINDS = (
    *(".pdf", ".docx", ".txt", ".xlsx", ".html", ".htm", ".eml", ".msg", ".xml", ".p7m"),
    *(".jpg", ".jpeg", ".png", ".tiff", ".tif"),
)
_SCARCE = 0.2


@dataclass(frozen=True, slots=True)
class Received:
    """A file that has arrived.

    Attributes:
        path: where its bytes lie, among the store's incoming files.
        size: bytes, all of them, even where only some were written because there are too many.
    """

    filename: str
    path: Path
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file that was refused.

    Attributes:
        code: as in the service's errors.
        status: the HTTP status where nothing else was accepted.
        error: a sentence for people.
    """

    filename: str
    code: str
    status: int
    error: str


def refusal(filename: str, size: int, plan: Plan) -> Rejected | None:
    """Why a file is refused by its name and size alone, or None.

    Args:
        filename: as it was sent.
        size: bytes.
        plan: whose size limit counts.
    """
    kind = PurePosixPath(filename.lower()).suffix
    if kind not in KINDS:
        known = " ".join(KINDS)
        return Rejected(
            filename,
            "UNSUPPORTED_FILE",
            415,
            f"Unsupported file type {kind or '(none)'}. Send one of: {known}",
        )
    if size == 0:
        return Rejected(filename, "EMPTY_DOCUMENT", 422, "The file is empty.")
    if size > plan.max_file_bytes:
        most = plan.max_file_bytes // (1024 * 1024)
        return Rejected(
            filename,
            "FILE_TOO_LARGE",
            413,
            f"File too large: the plan '{plan.name}' takes files up to {most} MB.",
        )
    return None


class Intake:
    """Turns files into jobs, as far as the plan's credits go."""

    def __init__(self, store: Store, plan: Plan, wake: Callable[[], None]) -> None:
        self._store = store
        self._plan = plan
        self._wake = wake

    def take(
        self, files: Sequence[Received], settings: Settings, source: Source = "upload"
    ) -> list[Accepted | Rejected]:
        """Take files in; what is accepted is durable on return.

        Args:
            files: their bytes lie among the incoming files, which this consumes.
            settings: how they are to be processed.
            source: the way they came.

        Raises:
            OSError: the disk refused; nothing was accepted.
        """
        refused = {
            position: rejected
            for position, file in enumerate(files)
            if (rejected := refusal(file.filename, file.size, self._plan))
        }
        good = [file for position, file in enumerate(files) if position not in refused]
        uploads = [Upload(file.filename, file.sha256, file.size, settings, source) for file in good]
        moment = now()
        left = self.credits_left(moment)
        with self._store.originals.kept([(file.path, file.sha256) for file in good]):
            accepted = iter(self._store.jobs.accept(uploads, moment, left))
        answers: list[Accepted | Rejected] = []
        for position, file in enumerate(files):
            answer = refused.get(position) or next(accepted) or _no_credits(file.filename)
            answers.append(answer)
        self._warn(left, moment)
        self._wake()
        return answers

    def reprocess(self, document_id: int, settings: Settings) -> int | None:
        """Queue a known document once more; its new job, or None where no credit is left."""
        moment = now()
        if self.credits_left(moment) == 0:
            return None
        job_id = self._store.jobs.reprocess(document_id, settings, moment)
        self._wake()
        return job_id

    def credits_left(self, moment: datetime) -> int | None:
        """Credits left in this billing period; None for no limit."""
        if self._plan.credits is None:
            return None
        return max(self._plan.credits - self.credits_used(moment), 0)

    def credits_used(self, moment: datetime) -> int:
        """Credits used in this billing period."""
        return self._store.usage.credits_since(period_start(self.created_at, moment))

    def trial_days_left(self) -> int | None:
        """Whole days until the trial ends, 0 once it has; None outside a trial."""
        if self._plan.name != "trial":
            return None
        left = trial_end(self.created_at) - now()
        return max(left.days, 0)

    def _warn(self, left_before: int | None, moment: datetime) -> None:
        """Announce, once, that most of the credits are used."""
        left, limit = self.credits_left(moment), self._plan.credits
        if left is None or left_before is None or limit is None:
            return
        scarce = limit * _SCARCE
        if left <= scarce < left_before:
            body = {"job_id": None, "status": "warning", "credits_remaining": left}
            self._store.connection.write(
                lambda database: owe(database, "quota.warning", body, moment)
            )

    @property
    def created_at(self) -> datetime:
        """When this engine's account began: when its store was made."""
        return datetime.fromisoformat(self._store.created_at)


def _no_credits(filename: str) -> Rejected:
    return Rejected(
        filename,
        "QUOTA_EXCEEDED",
        402,
        "The plan's credits are used up. Wait for the next period, or change [engine] plan.",
    )
