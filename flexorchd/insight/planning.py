"""What would be sent now, watch by watch: found on disk, compared with the ledger, and nothing is sent."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from flexorchd.config import Config, WatchConfig
from flexorchd.ledger.figures import Figures
from flexorchd.ledger.ledger import Ledger
from flexorchd.rules.credits import Room
from flexorchd.rules.plan import Plan, refusal
from flexorchd.rules.retry import errno_code
from flexorchd.rules.selection import Selection


@dataclass(slots=True)
class WatchPlan:
    """One watch's part of the plan.

    Attributes:
        watch: its name.
        files: how many would be sent, copies not counted.
        bytes: of those.
        duplicates: files whose content is sent already, or would be by another file.
        refused: files of kinds or sizes that the plan refuses, by code.
        held: why nothing would be sent, or None.
        credits: about how many they would cost.
    """

    watch: str
    files: int = 0
    bytes: int = 0
    duplicates: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    held: str | None = None

    @property
    def credits(self) -> int:
        """A document costs about one."""
        return self.files


def make_plan(
    config: Config, ledger: Ledger | None, plan: Plan, room: Room | None
) -> list[WatchPlan]:
    """The plan of every watch.

    Args:
        config: which folders, which guards.
        ledger: what is known already; None before the first run.
        plan: what the account's plan takes.
        room: what credits and limits allow; None is no bound.
    """
    seen: set[tuple[bytes, tuple[object, ...]]] = set()
    plans = [_plan(watch, ledger, plan, seen) for watch in config.watches]
    needed = 0
    saved_too_often = _saved_too_often(ledger, plan)
    for watch, one in zip(config.watches, plans, strict=True):
        one.held = _unreadable(watch.path) or _held(one, config, ledger)
        if not one.held and one.watch in saved_too_often:
            one.held = "VERSIONS_PER_DAY"
        needed += 0 if one.held else one.credits
        if not one.held and one.credits and room is not None and needed > room.documents:
            one.held = room.code
    return plans


def _plan(
    watch: WatchConfig,
    ledger: Ledger | None,
    plan: Plan,
    seen: set[tuple[bytes, tuple[object, ...]]],
) -> WatchPlan:
    found = WatchPlan(watch.name)
    settings = (watch.locale, watch.mask_pii, watch.mask_strategy, watch.document_type)
    known = _known(ledger, watch.name)
    for path, stat in _files(watch):
        if known.get(path) == (stat.st_size, stat.st_mtime_ns, stat.st_ino):
            continue
        if refused := refusal(os.path.basename(path), stat.st_size, plan):
            found.refused[refused.code] = found.refused.get(refused.code, 0) + 1
            continue
        digest = _sha256(os.path.join(os.fsencode(watch.path), path))
        if digest is None or stat.st_size == 0 or _is_forgotten(ledger, digest):
            continue
        if (digest, settings) in seen or _is_known(ledger, digest, settings):
            found.duplicates += 1
            continue
        seen.add((digest, settings))
        found.files += 1
        found.bytes += stat.st_size
    return found


def _held(one: WatchPlan, config: Config, ledger: Ledger | None) -> str | None:
    row = ledger.watches.get(one.watch) if ledger else None
    if row is not None and row.hold_code:
        return row.hold_code
    approved = ledger.watches.approved(row.id) if ledger and row else 0
    most = config.limits.max_backlog
    return "MAX_BACKLOG" if most and one.files + one.duplicates - approved > most else None


def _unreadable(folder: Path) -> str | None:
    """The code of why a watch's folder cannot be looked through."""
    try:
        os.scandir(folder).close()
    except OSError as error:
        return errno_code(error.errno)
    return None


def _saved_too_often(ledger: Ledger | None, plan: Plan) -> Set[str]:
    """The watches with files that wait for tomorrow."""
    held = Figures(ledger.database).held(plan) if ledger else []
    return {one.watch for one in held if one.code == "VERSIONS_PER_DAY"}


def _files(watch: WatchConfig) -> Iterator[tuple[bytes, os.stat_result]]:
    selection = Selection(watch.include, watch.exclude)
    folders = [b""]
    root = os.fsencode(Path(watch.path).resolve())
    while folders:
        folder = folders.pop()
        # What cannot be read now is found by the daemon's scans, and told there.
        with suppress(OSError), os.scandir(os.path.join(root, folder)) as entries:
            for entry in entries:
                path = os.path.join(folder, entry.name)
                if entry.is_dir(follow_symlinks=False):
                    if watch.recursive and not selection.prunes(path):
                        folders.append(path)
                elif entry.is_file(follow_symlinks=False) and not selection.decide(path):
                    yield path, entry.stat(follow_symlinks=False)


def _known(ledger: Ledger | None, watch: str) -> Mapping[bytes, tuple[int, int, int]]:
    """The looks of files whose content has been sent, or has ended."""
    row = ledger.watches.get(watch) if ledger else None
    if ledger is None or row is None:
        return {}
    return ledger.search.sent_looks(row.id)


def _is_known(ledger: Ledger | None, digest: bytes, settings: tuple[object, ...]) -> bool:
    return ledger is not None and ledger.search.is_sent(digest, settings)


def _is_forgotten(ledger: Ledger | None, digest: bytes) -> bool:
    return ledger is not None and ledger.search.is_forgotten(digest)


def _sha256(path: bytes) -> bytes | None:
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return None
