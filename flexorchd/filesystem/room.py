"""Whether the disk of the state directory has room for what the ledger will have to write down."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

RESERVE = 64 * 1024 * 1024
"""Bytes that must be free for new files to be taken in; below, only what is known goes on."""
MOST_OF_A_DISK = 8
"""On a small disk the reserve is no more than one part in so many."""


@dataclass(frozen=True, slots=True)
class NoRoom:
    """Why no new files are taken in: `code` is ``STATE_FULL`` or ``STATE_READ_ONLY``."""

    code: str
    message: str


def no_room(state_dir: Path) -> NoRoom | None:
    """What is the matter with the disk of the state directory, or None.

    Raises:
        OSError: the folder is gone.
    """
    disk = os.statvfs(state_dir)
    if disk.f_flag & os.ST_RDONLY:
        return NoRoom("STATE_READ_ONLY", f"{state_dir} is on a disk that is mounted read-only.")
    free, needed = disk.f_bavail * disk.f_frsize, reserve(disk.f_blocks * disk.f_frsize)
    if free < needed:
        return NoRoom(
            "STATE_FULL",
            f"The disk of {state_dir} has {free / 2**20:.1f} MB left; {needed / 2**20:.1f} MB are kept "
            "for the ledger, so no new files are taken in.",
        )
    if disk.f_files and not disk.f_favail:
        return NoRoom("STATE_FULL", f"The disk of {state_dir} takes no more files (inodes).")
    return None


def reserve(size: int) -> int:
    """Bytes that are kept free on a disk of this size."""
    return min(RESERVE, size // MOST_OF_A_DISK)
