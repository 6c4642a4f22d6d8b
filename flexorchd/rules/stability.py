"""When a file is complete: looks at it that agree, and the ending that its format must have.

Times are seconds since the epoch. What counts is that two looks agree, not how old the file says it is,
so a modification time in the future, or a clock too coarse to show two changes apart, delays nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

HEAD = 8
"""Bytes of a file's beginning that `ending` wants."""
TAIL = 2_048
"""Bytes of a file's end that `ending` wants."""

Ending = Literal["present", "missing", "none"]
"""Whether the mark that ends a file of this format is there; ``none`` where the format has no mark."""

INCOMPLETE = "The file has not the ending that its format has: it may be cut short."

_PATIENCE = 30.0
_PATIENCE_IN_SETTLES = 10
_ZIP_KINDS = ("docx", "xlsx", "zip")
_END_OF_DIRECTORY = b"PK\x05\x06"
_END_OF_DIRECTORY_SIZE = 22


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a file saw."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Not yet.

    Attributes:
        until: when to look again.
        since: when this version was first seen; to be handed in with the next look.
        reason: ``settling``, ``incomplete`` or ``empty``.
    """

    until: float
    since: float
    reason: Literal["settling", "incomplete", "empty"]


@dataclass(frozen=True, slots=True)
class Settled:
    """Complete, as far as can be told; `warning` says where it cannot."""

    warning: str | None = None


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing came into the file in all the time it was given."""


def judge(
    previous: Look | None, since: float, look: Look, now: float, *, settle: float, ending: Ending
) -> Wait | Settled | Empty:
    """Whether a file is complete.

    Args:
        previous: the last look, or None.
        since: when `previous` was first seen so; of no meaning without it.
        look: what was seen now.
        now: the time of `look`.
        settle: seconds that two looks which agree are apart; 0 takes one look.
        ending: whether the format's ending is there.
    """
    unchanged_since = since if previous == look and since <= now else now
    if now < unchanged_since + settle:
        return Wait(unchanged_since + settle, unchanged_since, "settling")
    if look.size and ending != "missing":
        return Settled()
    patient_until = _started(look, unchanged_since) + max(_PATIENCE, _PATIENCE_IN_SETTLES * settle)
    if now < patient_until:
        return Wait(patient_until, unchanged_since, "incomplete" if look.size else "empty")
    return Settled(INCOMPLETE) if look.size else Empty()


def _started(look: Look, unchanged_since: float) -> float:
    """The file's own time of change, unless that lies ahead of the first look at it."""
    return min(look.ctime_ns / 1e9, unchanged_since)


def ending(kind: str, head: bytes, tail: bytes) -> Ending:
    """Whether a PDF or a ZIP-based file has its ending.

    Args:
        kind: the file's ending by name, in lower case, without the dot.
        head: its first `HEAD` bytes.
        tail: its last `TAIL` bytes.
    """
    if kind == "pdf" or head.startswith(b"%PDF-"):
        return "present" if b"%%EOF" in tail else "missing"
    if kind in _ZIP_KINDS or head.startswith(b"PK\x03\x04"):
        return "present" if _ends_a_zip(tail) else "missing"
    return "none"


def _ends_a_zip(tail: bytes) -> bool:
    """Whether the end of the central directory is there, with the whole comment that it announces."""
    start = tail.rfind(_END_OF_DIRECTORY)
    if start < 0 or len(tail) < start + _END_OF_DIRECTORY_SIZE:
        return False
    comment = int.from_bytes(tail[start + 20 : start + _END_OF_DIRECTORY_SIZE], "little")
    return len(tail) >= start + _END_OF_DIRECTORY_SIZE + comment
