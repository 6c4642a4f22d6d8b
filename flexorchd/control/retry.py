"""`flexorchd retry`: queue again what failed; with `reprocess` also what today's settings change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flexorchd.config import WatchConfig
from flexorchd.control.answer import Answer
from flexorchd.ledger.accounts import SettingsRow
from flexorchd.ledger.search import Found
from flexorchd.parts import Parts


def retry(parts: Parts, arguments: Mapping[str, Any]) -> Answer:
    """Queue files again.

    Args:
        parts: what to act on.
        arguments: ``file_ids``, chosen by the command, and ``reprocess``.
    """
    files = parts.ledger.search.by_ids(arguments["file_ids"])
    if arguments.get("reprocess"):
        return _reprocess(parts, files)
    failed = [file for file in files if file.state == "failed"]
    now = parts.clock.now()
    with parts.ledger.database.write():
        for file in failed:
            _queue_again(parts, file, now)
    parts.bells.ring("settle", "upload", "again", "deliver")
    return Answer(0, [_sentence(len(failed), "is", "are", "queued again")], {"files": len(failed)})


def _reprocess(parts: Parts, files: Sequence[Found]) -> Answer:
    """Files whose watch has other settings now than their result was made with go the road again."""
    now = parts.clock.now()
    chosen = to_reprocess(files, parts.config.watches, parts.ledger.accounts.settings)
    with parts.ledger.database.write():
        for file in chosen:
            if file.state == "failed":
                _queue_again(parts, file, now)
            else:
                parts.ledger.files.settle_again(file.id, now)
    parts.bells.ring("settle", "upload", "again", "deliver")
    return Answer(
        0, [_sentence(len(chosen), "goes", "go", "the road again")], {"files": len(chosen)}
    )


def to_reprocess(
    files: Iterable[Found],
    watches: Iterable[WatchConfig],
    settings: Callable[[int], SettingsRow],
) -> list[Found]:
    """The files that failed, or whose watch has other settings now than their result was made with.

    Args:
        files: to choose from.
        watches: as they are configured; what came from no configured folder stays as it is.
        settings: tells the settings of an id.
    """
    wanted = {
        w.name: SettingsRow(w.locale, w.mask_pii, w.mask_strategy, w.document_type) for w in watches
    }
    return [
        file
        for file in files
        if file.state == "failed"
        or (
            file.state == "delivered"
            and file.gone_at is None
            and file.watch in wanted
            and file.settings_id is not None
            and settings(file.settings_id) != wanted[file.watch]
        )
    ]


def _queue_again(parts: Parts, file: Found, now: float) -> None:
    if file.document_id is None or file.account_id != parts.account.id:
        parts.ledger.files.settle_again(file.id, now)
    else:
        # The engine tries a failed document again by itself when it is sent again.
        parts.ledger.documents.queue_again(file.document_id, now, reprocess=not parts.account.near)


def _sentence(count: int, one: str, many: str, rest: str) -> str:
    return f"{count} file {one} {rest}." if count == 1 else f"{count} files {many} {rest}."
