"""The states of a file's road, and the one word for it that people see.

A *file* is a path; a *version* is a path at one content; a *document* is content under given settings for
one account. Many files, one document; one upload a document.
"""

from __future__ import annotations

from enum import StrEnum


class FileState(StrEnum):
    """Where a path is before its content is known."""

    SETTLING = "settling"
    SETTLED = "settled"
    FOLLOWED = "followed"
    IGNORED = "ignored"


class VersionState(StrEnum):
    """Where one version of a path is."""

    FOLLOWING = "following"
    READY = "ready"
    DELIVERED = "delivered"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    VANISHED = "vanished"
    FORGOTTEN = "forgotten"


class DocumentState(StrEnum):
    """Where a document is at the service."""

    QUEUED = "queued"
    UPLOADING = "uploading"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    REFUSED = "refused"


SHOWN_STATES = (
    "settling",
    "queued",
    "uploading",
    "processing",
    "delivered",
    "failed",
    "held",
    "ignored",
    "vanished",
)

ENDS = frozenset({"delivered", "failed", "ignored", "vanished"})
"""Shown states in which nothing more is to come until something changes."""


DOCUMENT_MOVES: dict[DocumentState, frozenset[DocumentState]] = {
    DocumentState.QUEUED: frozenset({DocumentState.UPLOADING, DocumentState.REFUSED}),
    DocumentState.UPLOADING: frozenset(
        {DocumentState.QUEUED, DocumentState.PROCESSING, DocumentState.REFUSED}
    ),
    DocumentState.PROCESSING: frozenset(
        {DocumentState.COMPLETED, DocumentState.FAILED, DocumentState.QUEUED}
    ),
    DocumentState.COMPLETED: frozenset({DocumentState.QUEUED, DocumentState.PROCESSING}),
    DocumentState.FAILED: frozenset({DocumentState.QUEUED, DocumentState.PROCESSING}),
    DocumentState.REFUSED: frozenset({DocumentState.QUEUED}),
}


def may_move(before: DocumentState, after: DocumentState) -> bool:
    """Whether a document may go from `before` to `after`; staying is always allowed."""
    return before == after or after in DOCUMENT_MOVES[before]
