"""From what a person types to files in the ledger: a path, a hash, or a job."""

from __future__ import annotations

import os
import re
from pathlib import Path

from flexorchd.ledger.ledger import Ledger
from flexorchd.ledger.search import Found
from flexorchd.ledger.watches import WatchRow


def place(ledger: Ledger, path: Path) -> tuple[WatchRow, bytes] | None:
    """The watch that a path is under, and the path below it.

    A path may be absolute, relative to the working directory, ``WATCH/path`` as results name it, or below
    a watch's folder.
    """
    typed = os.fsencode(path)
    here = os.path.join(os.path.realpath(os.path.dirname(typed) or b"."), os.path.basename(typed))
    watches = ledger.watches.all()
    for watch in watches:
        if watch.root and (here == watch.root or here.startswith(watch.root + b"/")):
            return watch, here[len(watch.root) + 1 :]
    for watch in watches:
        name = watch.name.encode()
        if typed == name or typed.startswith(name + b"/"):
            return watch, typed[len(name) + 1 :]
    return _only_one_below(ledger, watches, typed)


def _only_one_below(
    ledger: Ledger, watches: list[WatchRow], typed: bytes
) -> tuple[WatchRow, bytes] | None:
    directory, _, name = typed.rpartition(b"/")
    found = [watch for watch in watches if ledger.search.at(watch.id, directory, name)]
    return (found[0], typed) if len(found) == 1 else None


def files_at(ledger: Ledger, path: Path) -> list[Found]:
    """The file at a path, or all files in a folder."""
    placed = place(ledger, path)
    if placed is None:
        return []
    watch, below = placed
    directory, _, name = below.rpartition(b"/")
    exact = ledger.search.at(watch.id, directory, name)
    return [exact] if exact else ledger.search.below(watch.id, below)


def files_named(ledger: Ledger, typed: str) -> list[Found]:
    """Files by path, by the (beginning of the) SHA-256 of their content, or by job id."""
    if found := files_at(ledger, Path(typed)):
        return found
    if re.fullmatch(r"[0-9a-fA-F]{8,64}", typed) and (found := ledger.search.by_hash(typed)):
        return found
    return ledger.search.by_job(typed)
