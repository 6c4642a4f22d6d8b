"""The mounts of this machine: which one a path is on, and whether others can change it unseen.

``/proc/self/mountinfo`` is described in proc_pid_mountinfo(5).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flexorchd.ledger.watches import Mount
from flexorchd.watch.paths import is_within

MOUNTINFO = Path("/proc/self/mountinfo")

# File systems that another machine, or a program behind the mount, changes without the kernel here
# sending an event: networks, shared folders of virtual machines, cluster file systems.
_REMOTE_TYPES = frozenset(
    {
        *("nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "ncpfs", "afs", "coda", "davfs", "fuse"),
        *("9p", "virtiofs", "drvfs", "vboxsf", "prl_fs", "vmhgfs", "fakeowner"),
        *(
            "ceph",
            "lustre",
            "glusterfs",
            "gfs",
            "gfs2",
            "ocfs2",
            "gpfs",
            "beegfs",
            "panfs",
            "orangefs",
        ),
    }
)
_ESCAPE = re.compile(rb"\\([0-7]{3})")


def is_remote(mount: Mount) -> bool:
    """Whether changes on this mount can come without an event, and answers not at all."""
    return is_remote_type(mount.type)


def is_remote_type(type_: str) -> bool:
    """See `is_remote`; so with all of FUSE but ``fuseblk``."""
    return type_ in _REMOTE_TYPES or type_.startswith("fuse.")


def is_renamed(before: Mount, now: Mount | None) -> bool:
    """Whether only the device's name differs, which a disk that is plugged in anew may change."""
    return (
        now is not None
        and (before.point, before.type) == (now.point, now.type)
        and before.source.startswith("/dev/")
        and now.source.startswith("/dev/")
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of mountinfo: a mount, its number, and that of the mount it stands on."""

    id: int
    parent: int
    mount: Mount


class Mounts:
    """A table of mounts at one moment.

    Args:
        mountinfo: the text of ``/proc/self/mountinfo``.
    """

    def __init__(self, mountinfo: bytes) -> None:
        rows = [row for line in mountinfo.splitlines() if (row := _parse(line)) is not None]
        numbers = {row.id for row in rows}
        self._bottom = [row for row in rows if row.parent not in numbers or row.parent == row.id]
        self._standing_on: dict[int, list[_Row]] = {}
        for row in rows:
            if row.parent != row.id:
                self._standing_on.setdefault(row.parent, []).append(row)

    def of(self, path: bytes) -> Mount | None:
        """The mount that a path is on, or None where the table doesn't reach it, as in a chroot.

        Args:
            path: absolute and free of symbolic links.
        """
        found = None
        rows = self._bottom
        # A mount can be hidden by a later one at or above its point, so the way leads up from the
        # bottom: of the mounts on the same one, the shortest point covers the longer ones.
        while covering := [row for row in rows if is_within(path, row.mount.point.rstrip(b"/"))]:
            found = min(reversed(covering), key=lambda row: len(row.mount.point))
            rows = self._standing_on.get(found.id, [])
        return None if found is None else found.mount

    def below(self, path: bytes) -> list[Mount]:
        """The mounts to be seen below a path, not the one that it is on."""
        return [
            mount
            for mount in self._all()
            if mount.point != path
            and is_within(mount.point, path)
            and self.of(mount.point) == mount
        ]

    def holds(self, mount: Mount) -> bool:
        """Whether this mount is there to be seen: same point, type and source."""
        return self.of(mount.point) == mount

    def _all(self) -> Iterator[Mount]:
        lists: Iterable[list[_Row]] = (self._bottom, *self._standing_on.values())
        return (row.mount for rows in lists for row in rows)


def read_mounts() -> Mounts:
    """The mounts as they are now.

    Raises:
        OSError: there is no ``/proc``.
    """
    return Mounts(MOUNTINFO.read_bytes())


def _parse(line: bytes) -> _Row | None:
    fields, _, tail = line.partition(b" - ")
    before, after = fields.split(b" "), tail.split(b" ")
    if len(before) < 6 or len(after) < 2:
        return None
    mount = Mount(_unescape(before[4]), os.fsdecode(after[0]), os.fsdecode(_unescape(after[1])))
    return _Row(int(before[0]), int(before[1]), mount)


def _unescape(field: bytes) -> bytes:
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 8)]), field)
