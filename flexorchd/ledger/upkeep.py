"""The ledger's own care: integrity, safe copies while it is written, and what a damaged start does."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

BACKUPS_KEPT = 5
ROTATING = "ledger-*.sqlite3"


def problems(path: Path) -> list[str]:
    """What is wrong with a ledger's file; empty when it is sound.

    Args:
        path: the file; it may be in use.
    """
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            found = [row[0] for row in db.execute("PRAGMA integrity_check(20)")]
            found = [] if found == ["ok"] else found
            broken = db.execute("PRAGMA foreign_key_check").fetchmany(20)
            return found + [
                f"a row of {row[0]} refers to a missing row of {row[2]}" for row in broken
            ]
    except sqlite3.DatabaseError as error:
        return [str(error)]


def is_sound(path: Path) -> bool:
    """A quick look whether the file can be worked with."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True)) as db:
            return bool(db.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    except sqlite3.DatabaseError:
        return False


def backup(path: Path, target: Path) -> None:
    """Copy a ledger while it may be in use; the copy appears whole, with mode 0600.

    Raises:
        FileExistsError: the target is there already.
        sqlite3.DatabaseError: the ledger is damaged.
        OSError: the target cannot be written.
    """
    if target.exists():
        raise FileExistsError(17, "There is a file already", str(target))
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        temporary.touch(mode=0o600)
        with (
            closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(temporary)) as copy,
        ):
            source.backup(copy, pages=2000)
            # Whoever takes the copy into use has to read first what was delivered since.
            with copy:
                copy.execute("DELETE FROM memory WHERE key = 'complete'")
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.rename(target)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def rotate(path: Path, folder: Path, name: str) -> Path:
    """Add a copy to the folder of backups and drop the oldest beyond `BACKUPS_KEPT`."""
    folder.mkdir(mode=0o700, exist_ok=True)
    sweep(folder)
    target = folder / f"ledger-{name}.sqlite3"
    backup(path, target)
    for old in sorted(folder.glob(ROTATING))[:-BACKUPS_KEPT]:
        old.unlink()
    return target


def keep_before(path: Path, folder: Path, change: str) -> Path:
    """Keep a copy of a ledger as it is before this change of its tables; the first one stays."""
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / f"before-{change}.sqlite3"
    if not target.exists():
        backup(path, target)
    return target


def backups(folder: Path) -> Iterator[Path]:
    """The copies in a folder, the newest first, then those from before a change of the tables."""
    yield from sorted(folder.glob(ROTATING), reverse=True)
    yield from sorted(folder.glob("before-*.sqlite3"), key=lambda copy: -copy.stat().st_mtime)


def drop_copies(folder: Path) -> None:
    """Delete every copy in a folder; one that is being made does not appear."""
    sweep(folder)
    for copy in list(backups(folder)):
        copy.unlink()


def sweep(folder: Path) -> None:
    """Delete what was begun and not finished."""
    for begun in folder.glob(".*.sqlite3.*"):
        begun.unlink(missing_ok=True)


def set_aside(path: Path, name: str) -> Path:
    """Move a damaged ledger, with its log, out of the way; it is evidence, and is never deleted."""
    aside = path.with_name(f"{path.name}.damaged-{name}")
    path.rename(aside)
    for suffix in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
    return aside


def damaged(path: Path) -> list[Path]:
    """The ledgers that were set aside here."""
    return sorted(path.parent.glob(f"{path.name}.damaged-*Z"))


def newest_sound(folder: Path) -> Path | None:
    """The newest copy that can be worked with."""
    return next((copy for copy in backups(folder) if is_sound(copy)), None)
