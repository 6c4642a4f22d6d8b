"""Paths below a watch: bytes, parts joined by ``/``; ``b""`` is the watch itself."""

from __future__ import annotations

from collections.abc import Iterable


def join(folder: bytes, name: bytes) -> bytes:
    """What is called `name` in a folder."""
    return folder + b"/" + name if folder else name


def is_within(path: bytes, folder: bytes) -> bool:
    """Whether a path is a folder's own or lies in it."""
    return not folder or path == folder or path.startswith(folder + b"/")


def outermost(folders: Iterable[bytes]) -> list[bytes]:
    """Those folders that lie in no other of them."""
    kept: list[bytes] = []
    # By parts, so that a folder stands right before all that lies in it: as bytes, "a-b" would
    # come between "a" and "a/c".
    for folder in sorted(folders, key=lambda path: path.split(b"/")):
        if not (kept and is_within(folder, kept[-1])):
            kept.append(folder)
    return kept


def below(path: bytes, root: bytes) -> bytes:
    """An absolute path as one below a root that it lies in."""
    return path[len(root.rstrip(b"/")) + 1 :]
