"""The output folder: everything in it appears whole or not at all, and it is known to be ours.

Temporary file, fsync, rename, fsync of the directory; many files share one pass, since the disk waits once
for all of them.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from flexorchd.errors import StateError
from flexorchd.filesystem.beneath import ABSENT, FOLDER, opened
from flexorchd.formats import exact
from flexorchd.rules import naming
from flexorchd.side_by_side import side_by_side

DISK_THREADS = 4
"""More share no more commits of the journal, and wait for one another."""
MARKER = ".flexorchd.json"
MARKER_SCHEMA = "flexorchd.output/1"


class OutputMissingError(Exception):
    """The output is not there, or no longer ours: an unmounted disk, most often. Nothing is written."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A file to publish: its path below the output, and its bytes."""

    path: bytes
    data: bytes


class Output:
    """The folder that results and datasets lie in.

    Args:
        root: the folder, resolved.
        owner: the ledger's id, as the marker has it.
        file_mode: mode of files; directories get the same with search bits.
    """

    def __init__(self, root: Path, owner: str, file_mode: int = 0o640) -> None:
        self.root = root
        self.owner = owner
        self.file_mode = file_mode
        self.directory_mode = directory_mode(file_mode)

    # -- whose it is ----------------------------------------------------------------------------------

    def check(self) -> None:
        """Raise unless the marker says that this output is ours.

        Raises:
            OutputMissingError: the marker is gone or another's.
        """
        owner = marked_owner(self.root)
        if owner is None:
            raise OutputMissingError(
                f"{self.root} has lost its marker {MARKER}: is the disk mounted? "
                "Nothing is written until it is back."
            )
        if owner != self.owner:
            raise OutputMissingError(f"{self.root} now belongs to another flexorchd.")

    # -- publishing -----------------------------------------------------------------------------------

    def publish(self, drafts: Sequence[Draft]) -> list[bytes]:
        """Write all drafts durably; each replaces what was at its path.

        Returns:
            The SHA-256 of each.

        Raises:
            OutputMissingError: see `check`.
            OSError: nothing of a draft is visible unless it is whole; the temporary files are removed.
        """
        self.check()
        pairs = [self._places(draft) for draft in drafts]
        folders = {os.path.dirname(target) for _, target in pairs}
        for folder in sorted(folders):
            self.make_folder(folder)
        writes = [
            (temporary, draft.data) for draft, (temporary, _) in zip(drafts, pairs, strict=True)
        ]
        try:
            # Each waits for the disk, and the disk takes many at once.
            side_by_side(lambda write: self._write_temporary(*write), writes, DISK_THREADS)
            for temporary, target in pairs:
                os.rename(temporary, target)
        except BaseException:
            for temporary, _ in pairs:
                with suppress(FileNotFoundError):
                    os.unlink(temporary)
            raise
        side_by_side(sync_directory, folders, DISK_THREADS)
        return [hashlib.sha256(draft.data).digest() for draft in drafts]

    def _places(self, draft: Draft) -> tuple[bytes, bytes]:
        """Where a draft is written, and where it will be."""
        target = self.location(draft.path)
        name = naming.temporary_name(secrets.token_hex(8))
        return os.path.join(os.path.dirname(target), os.fsencode(name)), target

    def location(self, path: bytes) -> bytes:
        """Where a path below the output lies on this machine."""
        return os.path.join(os.fsencode(self.root), path)

    def remove(self, path: bytes) -> bool:
        """Take a published file away; whether it was there."""
        folder, _, name = path.rpartition(b"/")
        try:
            with opened(os.fsencode(self.root), folder, FOLDER) as descriptor:
                os.unlink(name, dir_fd=descriptor)
                os.fsync(descriptor)
        except OSError as error:
            if error.errno not in ABSENT:
                raise
            return False
        return True

    def read(self, path: bytes) -> bytes | None:
        """The bytes of a published file, or None where it is gone."""
        try:
            with open(self.location(path), "rb") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def _write_temporary(self, temporary: bytes, data: bytes) -> None:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, self.file_mode)
        try:
            with os.fdopen(descriptor, "wb", closefd=True) as file:
                os.fchmod(file.fileno(), self.file_mode)
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            # After a failed fsync the kernel may have dropped the pages: never trust this file again.
            with suppress(FileNotFoundError):
                os.unlink(temporary)
            raise

    def make_folder(self, folder: bytes) -> None:
        """Make a folder below the output, with those above it, where it is not there yet.

        Raises:
            OSError: it cannot be made; ``ELOOP`` where a symbolic link would lead out of the output.
        """
        if folder == os.fsencode(self.root):
            return
        parent = os.path.dirname(folder)
        self.make_folder(parent)
        if os.path.islink(folder):
            raise OSError(errno.ELOOP, "A symbolic link is in the way", folder)
        if os.path.isdir(folder):
            return
        with suppress(FileExistsError):
            os.mkdir(folder, self.directory_mode)
            os.chmod(folder, self.directory_mode)
            sync_directory(parent)

    def sweep(self) -> int:
        """Remove temporary files that a killed run left; how many."""
        removed = 0
        for folder, _, names in os.walk(os.fsencode(self.root)):
            for name in names:
                if naming.is_temporary(name):
                    os.unlink(os.path.join(folder, name))
                    removed += 1
        return removed


def directory_mode(file_mode: int) -> int:
    """Whoever may read a file may search the folder that it lies in."""
    return file_mode | (file_mode & 0o444) >> 2


def make_root(root: Path, file_mode: int) -> Path:
    """The output folder, resolved; one that is there keeps its rights, a new one gets ours.

    Raises:
        OSError: it cannot be made.
    """
    if not root.is_dir():
        root.mkdir(parents=True)
        root.chmod(directory_mode(file_mode))
    return root.resolve()


def sync_directory(directory: bytes | Path) -> None:
    """Make renames in a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def marked_owner(root: Path) -> str | None:
    """The id of the ledger that an output belongs to; None without a readable marker."""
    marker = _marker(root)
    return None if marker is None else str(marker.get("owner"))


def _marker(root: Path) -> dict[str, object] | None:
    try:
        found = exact.loads((root / MARKER).read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def claim(
    root: Path,
    owner: str | None,
    state_dir: Path,
    new_owner: str,
    *,
    served_before: bool,
    file_mode: int = 0o640,
) -> str:
    """Make the output ours, or refuse; an empty ledger takes over an output that nobody else serves.

    Args:
        root: the output folder; it exists.
        owner: the id of our ledger, None where the ledger is new.
        state_dir: where our ledger is.
        new_owner: an id for a new ledger whose output has no owner yet.
        served_before: whether our ledger's last run wrote to this very folder.
        file_mode: mode of the marker.

    Returns:
        The owner's id that our ledger is to remember.

    Raises:
        StateError: the output belongs to another flexorchd, or holds what is not ours.
        OutputMissingError: our marker has gone.
    """
    marker = _marker(root)
    if marker is None:
        if owner is not None and served_before:
            raise OutputMissingError(
                f"{root} has lost its marker {MARKER}: is the disk mounted? If it was emptied on "
                f"purpose, put the marker back: {_marker_command(root, owner)}"
            )
        if not _holds_only_ours(root):
            raise StateError(
                f"The output folder {root} holds files that flexorchd did not write.",
                "Name an empty folder, or one that holds only flexorchd's results.",
            )
    elif _belongs_to_another(marker, owner, state_dir):
        raise StateError(
            f"The output folder {root} belongs to the flexorchd whose state is in "
            f"{marker.get('state_dir')}.",
            "Give each flexorchd an output of its own.",
        )
    mine = owner or (str(marker["owner"]) if marker else new_owner)
    _mark(root, mine, state_dir, file_mode)
    return mine


def _belongs_to_another(marker: dict[str, object], owner: str | None, state_dir: Path) -> bool:
    if owner is not None:
        return marker.get("owner") != owner
    # A new ledger inherits the output of one that is lost, but not of one that still lives.
    theirs = Path(str(marker.get("state_dir", state_dir)))
    return theirs != state_dir and (theirs / "ledger.sqlite3").exists()


def _marker_command(root: Path, owner: str) -> str:
    return f"""echo '{{"schema": "{MARKER_SCHEMA}", "owner": "{owner}"}}' > {root / MARKER}"""


def _mark(root: Path, owner: str, state_dir: Path, file_mode: int) -> None:
    wanted = {"schema": MARKER_SCHEMA, "owner": owner, "state_dir": str(state_dir)}
    if _marker(root) == wanted:
        return
    temporary = root / naming.temporary_name(secrets.token_hex(8))
    with temporary.open("wb") as file:
        os.fchmod(file.fileno(), file_mode)
        file.write(exact.pretty(wanted))
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(root / MARKER)
    sync_directory(root)


def _holds_only_ours(root: Path) -> bool:
    """Whether the folder is empty or holds only what flexorchd writes."""
    ours = {"results", "failed", "datasets"}
    return all(
        entry.name in ours or naming.is_temporary(os.fsencode(entry.name))
        for entry in root.iterdir()
    )
