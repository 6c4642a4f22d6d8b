"""Folders that cannot be read for now: what they hold is not gone, and they are tried again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from flexorchd.rules.naming import display
from flexorchd.rules.retry import pause
from flexorchd.watch.paths import is_within

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Trouble:
    reason: str
    failures: int
    due_at: float


class Unreadable:
    """The unreadable folders of one watch. Times are of the monotonic clock.

    Args:
        watch: its name, for the log.
    """

    def __init__(self, watch: str) -> None:
        self._watch = watch
        self._folders: dict[bytes, _Trouble] = {}

    def __len__(self) -> int:
        return len(self._folders)

    def met(self, errors: Mapping[bytes, OSError], now: float) -> None:
        """These could not be read."""
        for folder, error in errors.items():
            before = self._folders.get(folder)
            failures = before.failures + 1 if before else 1
            reason = error.strerror or str(error)
            self._folders[folder] = _Trouble(reason, failures, now + pause(failures - 1, 0.0))
            if before is None:
                log.warning(
                    "watch.folder_unreadable",
                    watch=self._watch,
                    folder=display(folder),
                    reason=reason,
                )

    def scanned(self, below: bytes, errors: Mapping[bytes, OSError], now: float) -> None:
        """All at and below a folder was scanned, and only these could not be read."""
        mended = [at for at in self._folders if is_within(at, below) and at not in errors]
        for folder in mended:
            del self._folders[folder]
            log.info("watch.folder_readable", watch=self._watch, folder=display(folder))
        self.met(errors, now)

    def due(self, now: float) -> list[bytes]:
        """Folders to try again now."""
        return [folder for folder, trouble in self._folders.items() if trouble.due_at <= now]

    def next_at(self) -> float | None:
        """When the next one is to be tried."""
        return min((trouble.due_at for trouble in self._folders.values()), default=None)

    def summary(self) -> str:
        """For people; empty where all can be read."""
        if not self._folders:
            return ""
        folder, trouble = next(iter(self._folders.items()))
        others = f" and {len(self) - 1} more" if len(self) > 1 else ""
        return f"{display(folder) or 'the folder'}{others} cannot be read: {trouble.reason}"
