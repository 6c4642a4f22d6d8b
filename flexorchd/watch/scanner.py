"""Looking at a folder: beside each entry the ledger's row.

An unchanged file costs its `stat` and one comparison, and nothing further.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator, Mapping

from flexorchd.filesystem.beneath import ABSENT, FOLDER, PLACE, open_beneath, opened
from flexorchd.ledger.files import FoundBy, KnownFile
from flexorchd.watch.findings import Door, Findings, Report
from flexorchd.watch.paths import is_within, join

NOT_RECURSIVE = "recursive is off"

# A descriptor's entries come as text, which is turned back into exactly the bytes it came from.
_ENCODING, _ERRORS = sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()


class Scanner:
    """Looks at one watch. No symbolic link below its root is followed.

    Args:
        root: its folder.
        door: where to tell what is found.
        recursive: whether folders below it belong to it.
    """

    def __init__(self, root: bytes, door: Door, *, recursive: bool) -> None:
        self._root = root
        self._door = door
        self._recursive = recursive

    def scan(
        self,
        below: bytes,
        found_by: FoundBy,
        *,
        between: Callable[[], None] = lambda: None,
    ) -> Report:
        """Look at a folder and all that is in it.

        Args:
            below: which, ``b""`` for the whole watch.
            found_by: what led here.
            between: called between folders, when all that was found is committed; what it raises ends
                the scan.

        Raises:
            OSError: the watch itself cannot be read.
        """
        findings = Findings(self._door, found_by)
        unvisited = self._door.files.directories(self._door.watch_id, below)
        pending = [below]
        with opened(self._root, b"", PLACE) as root:
            while pending:
                if not findings.pending:
                    between()
                folder = pending.pop()
                try:
                    subfolders = self._visit(root, folder, unvisited.get(folder), findings)
                except OSError as error:
                    if not folder:
                        raise
                    if error.errno not in ABSENT:
                        findings.report.unreadable[folder] = error
                    continue
                unvisited.pop(folder, None)
                pending += [at for at in subfolders if not self.leaves_out(at)]
                findings.commit_when_due()
        self._account_for(unvisited, findings)
        findings.commit()
        return findings.report

    def look(self, names: Mapping[bytes, set[bytes]]) -> Report:
        """Look at single entries, by their folder, that events told of."""
        findings = Findings(self._door, FoundBy.EVENT)
        for folder, entries in names.items():
            try:
                with opened(self._root, folder, PLACE) as descriptor:
                    self._look_at(descriptor, folder, entries, findings)
            except OSError as error:
                if error.errno in ABSENT:
                    findings.report.trees.append(folder)
                else:
                    findings.report.unreadable[folder] = error
        findings.commit()
        return findings.report

    def leaves_out(self, folder: bytes) -> str | None:
        """The rule by which a folder below the root is not looked at, or None."""
        return self._door.selection.prunes(folder) if self._recursive else NOT_RECURSIVE

    def _visit(
        self, root: int, folder: bytes, directory_id: int | None, findings: Findings
    ) -> list[bytes]:
        """Compare one folder with the ledger; the folders in it."""
        known = {} if directory_id is None else self._door.files.known(directory_id)
        subfolders: list[bytes] = []
        descriptor = open_beneath(root, folder, FOLDER)
        try:
            for name, status, row in _differing(descriptor, known, subfolders):
                if isinstance(status, OSError):
                    findings.unseen(folder, name, status)
                    continue
                was_gone = row is None
                if row is None and directory_id is not None:
                    row = self._door.files.look_up(directory_id, [name], gone=True).get(name)
                findings.saw(folder, name, status, row, was_gone=was_gone)
                findings.commit_when_due()
        finally:
            os.close(descriptor)
        findings.missed(folder, known)
        return [join(folder, name) for name in subfolders]

    def _look_at(
        self, descriptor: int, folder: bytes, names: set[bytes], findings: Findings
    ) -> None:
        directory_id = self._door.files.directory_id(self._door.watch_id, folder)
        known: dict[bytes, KnownFile] = {}
        gone: dict[bytes, KnownFile] = {}
        if directory_id is not None:
            known = self._door.files.look_up(directory_id, names, gone=False)
            gone = self._door.files.look_up(directory_id, names - known.keys(), gone=True)
        for name in names:
            try:
                status = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
            except FileNotFoundError:
                continue
            except OSError as error:
                known.pop(name, None)
                findings.unseen(folder, name, error)
                continue
            if stat.S_ISDIR(status.st_mode):
                findings.report.trees.append(join(folder, name))
                continue
            row = known.pop(name, None)
            findings.saw(folder, name, status, row or gone.get(name), was_gone=row is None)
        findings.missed(folder, known)

    def _account_for(self, unvisited: Mapping[bytes, int], findings: Findings) -> None:
        """Say what became of the known folders that the scan did not come to."""
        unreadable = findings.report.unreadable
        for folder, directory_id in unvisited.items():
            if any(is_within(folder, at) for at in unreadable):
                continue
            known = self._door.files.known(directory_id)
            rule = self.leaves_out(folder) if folder else None
            if rule:
                findings.left_out(folder, known, rule)
            else:
                findings.missed(folder, known)


def _differing(
    descriptor: int, known: dict[bytes, KnownFile], subfolders: list[bytes]
) -> Iterator[tuple[bytes, os.stat_result | OSError, KnownFile | None]]:
    """List an open folder: what is new or changed, and what cannot be looked at.

    Args:
        descriptor: the folder.
        known: the ledger's rows; those of what is not there stay in it.
        subfolders: gets the names of the folders in it.
    """
    with os.scandir(descriptor) as entries:
        for entry in entries:
            name = entry.name.encode(_ENCODING, _ERRORS)
            row = known.get(name)
            try:
                if row is None and entry.is_dir(follow_symlinks=False):
                    subfolders.append(name)
                    continue
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            except OSError as error:
                # Of this entry alone: it is not gone, and no other has to wait for it.
                known.pop(name, None)
                yield name, error, row
                continue
            if row is not None:
                # In line, and not a function's: all of a rescan's time goes here.
                _, size, mtime_ns, ctime_ns, inode, _, standing = row
                if (
                    mtime_ns == status.st_mtime_ns
                    and size == status.st_size
                    and ctime_ns == status.st_ctime_ns
                    and inode == status.st_ino
                    and standing is None
                ):
                    del known[name]
                    continue
            if stat.S_ISDIR(status.st_mode):
                subfolders.append(name)
                continue
            known.pop(name, None)
            yield name, status, row
