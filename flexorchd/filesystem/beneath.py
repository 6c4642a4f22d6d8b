"""Reaching what lies below a folder without following a symbolic link on the way.

A path given as one string is resolved again by every call, and any folder on it can be swapped for a
link in between. Here each part is opened in the one before it, and a link is refused.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

FOLDER = os.O_RDONLY | os.O_DIRECTORY
"""To list a folder."""
PLACE = os.O_PATH | os.O_DIRECTORY
"""To reach what is in a folder by name; needs no right to list it."""
CONTENT = os.O_RDONLY | os.O_NONBLOCK
"""To read a file; does not wait for the other end of a FIFO."""
ABSENT = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})
"""What is met where a path is not there, or leads over a link by now."""


def open_beneath(root: int, path: bytes, flags: int) -> int:
    """Open what lies below an open folder.

    Args:
        root: the folder's descriptor.
        path: the parts below it, joined by ``/``; empty for the folder itself.
        flags: `FOLDER`, `PLACE` or `CONTENT`.

    Returns:
        A descriptor, which the caller closes.

    Raises:
        OSError: it cannot be opened; ``ENOTDIR`` or ``ELOOP`` where a part is a symbolic link.
    """
    *folders, last = path.split(b"/")
    at = root
    try:
        for folder in folders:
            above, at = at, os.open(folder, PLACE | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=at)
            if above != root:
                os.close(above)
        return os.open(last or b".", flags | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=at)
    finally:
        if at != root:
            os.close(at)


@contextmanager
def opened(root: bytes, path: bytes, flags: int) -> Iterator[int]:
    """What lies below a folder, open for the length of the block.

    Args:
        root: the folder; links in its own path are followed.
        path: see `open_beneath`.
        flags: see `open_beneath`.

    Raises:
        OSError: see `open_beneath`.
    """
    folder = os.open(root, PLACE | os.O_CLOEXEC)
    try:
        descriptor = open_beneath(folder, path, flags)
    finally:
        os.close(folder)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
