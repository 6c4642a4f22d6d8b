"""Whether a watched folder is in its place: a vanished mount is not an empty folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from flexorchd.ledger.watches import Mount
from flexorchd.rules.naming import display
from flexorchd.rules.retry import errno_code
from flexorchd.watch.mounts import Mounts, is_renamed, read_mounts
from flexorchd.watch.paths import is_within

MOUNT_MISSING = "MOUNT_MISSING"
FOLDER_MISSING = "FOLDER_MISSING"
FOLDER_SILENT = "FOLDER_SILENT"


@dataclass(frozen=True, slots=True)
class InPlace:
    """The folder is there.

    Attributes:
        device, inode: which folder it is, as long as this machine runs.
        mount: what it is on, as the ledger remembers it; None on the root file system.
        below: the mounts within the folder.
    """

    device: int
    inode: int
    mount: Mount | None
    below: frozenset[Mount]


@dataclass(frozen=True, slots=True)
class Missing:
    """The folder is not there, and nothing of what it held may be taken for gone.

    Attributes:
        code: `MOUNT_MISSING`, `FOLDER_MISSING`, `FOLDER_SILENT` or that of `rules.retry.errno_code`.
        message: for people; what they can do says `rules.retry.remedy` of the code.
    """

    code: str
    message: str


def find(
    root: bytes, remembered: Mount | None, recognises: Callable[[], bool] = lambda: False
) -> InPlace | Missing:
    """Look whether a folder is in its place.

    Args:
        root: the folder, free of symbolic links.
        remembered: the mount that it was on when it was last seen.
        recognises: whether what lies there now is what was known there; asked where the same kind of
            disk has only come back under another device's name.
    """
    # Looked at first: that makes an automounter mount it before the table of mounts is read.
    status = _look(root)
    mounts = read_mounts()
    mount = mounts.of(root)
    if (
        remembered is not None
        and is_within(root, remembered.point)
        and not mounts.holds(remembered)
        and not (is_renamed(remembered, mount) and recognises())
    ):
        return _mount_missing(root, remembered, mounts)
    if isinstance(status, OSError):
        return _folder_missing(root, status)
    return InPlace(
        status.st_dev,
        status.st_ino,
        None if mount is None or mount.point == b"/" else mount,
        frozenset(mounts.below(root)),
    )


def _look(root: bytes) -> os.stat_result | OSError:
    try:
        with os.scandir(root) as entries:
            next(entries, None)
        return os.stat(root)
    except OSError as error:
        return error


def _mount_missing(root: bytes, remembered: Mount, mounts: Mounts) -> Missing:
    now = mounts.of(remembered.point)
    instead = (
        f" There is {now.type} from {now.source} now."
        if now is not None and now.point == remembered.point
        else ""
    )
    return Missing(
        MOUNT_MISSING,
        f"{display(root)} was on a mount that is absent: {display(remembered.point)} "
        f"({remembered.type} from {remembered.source}).{instead}",
    )


def unreadable(root: bytes, error: OSError) -> Missing:
    """Why a folder that is there is of no use."""
    return Missing(errno_code(error.errno), f"{display(root)} cannot be read: {error.strerror}.")


def unanswered(root: bytes, seconds: float) -> Missing:
    """Why a folder that has not answered for some time is of no use."""
    return Missing(
        FOLDER_SILENT,
        f"{display(root)} has not answered for {seconds:.0f} s: the server or the disk behind it hangs.",
    )


def _folder_missing(root: bytes, error: OSError) -> Missing:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return Missing(FOLDER_MISSING, f"{display(root)} is unavailable: there is no such folder.")
    return unreadable(root, error)
