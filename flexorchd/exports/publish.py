"""A dataset's folder: written aside, made durable, and then there at once, with `latest` pointing at it."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from flexorchd.formats import exact
from flexorchd.output import Output, sync_directory
from flexorchd.rules import naming

MANIFEST_SCHEMA = "flexorchd.manifest/1"
MANIFEST, PROFILE, LATEST = "manifest.json", "profile.json", "latest"
BLOCK = 1024 * 1024


class Folder:
    """The folder of one run in the making.

    Args:
        output: the output that it will appear in.
        export: the export's name.
        name: the folder's final name.
    """

    def __init__(self, output: Output, export: str, name: str) -> None:
        self._output = output
        self.parent = output.root / "datasets" / export
        self.target = self.parent / name
        self.work = self.parent / naming.temporary_name(secrets.token_hex(8))

    def begin(self) -> None:
        """Make the working folder.

        Raises:
            OutputMissingError: the output is not ours at present.
            OSError: no room, no rights.
        """
        self._output.check()
        self._output.make_folder(os.fsencode(self.parent))
        self.work.mkdir()

    def write(self, name: str, content: Mapping[str, Any]) -> None:
        """Put a JSON document into it."""
        (self.work / name).write_bytes(exact.pretty(content))

    def files(self) -> list[dict[str, object]]:
        """Name, size and SHA-256 of each file in it so far."""
        return [
            {"name": path.name, "size": path.stat().st_size, "sha256": _sha256(path)}
            for path in sorted(self.work.iterdir())
        ]

    def appear(self) -> None:
        """Make everything durable and give it its name.

        Raises:
            OSError: it did not appear.
        """
        for path in self.work.iterdir():
            path.chmod(self._output.file_mode)
            with path.open("rb") as file:
                os.fsync(file.fileno())
        self.work.chmod(self._output.directory_mode)
        sync_directory(self.work)
        self.work.rename(self.target)
        self.point_latest()

    def point_latest(self) -> None:
        """Make `latest` name this folder."""
        link = self.parent / naming.temporary_name(secrets.token_hex(8))
        link.symlink_to(self.target.name)
        link.rename(self.parent / LATEST)
        sync_directory(self.parent)

    def appeared(self, run_id: int) -> bool:
        """Whether the folder is there already, published by this very run before a crash."""
        return self.manifest().get("run") == run_id

    def manifest(self) -> dict[str, Any]:
        """The manifest of the published folder; empty where there is none."""
        try:
            found = exact.loads((self.target / MANIFEST).read_bytes())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def abandon(self) -> None:
        """Remove the working folder."""
        shutil.rmtree(self.work, ignore_errors=True)


def manifest(
    *,
    export: str,
    run: int,
    created_at: str,
    dataset: Mapping[str, Any],
    assembled: str,
    files: Sequence[Mapping[str, object]],
    job_ids: Sequence[str],
    skipped: Sequence[Mapping[str, str]],
    records: int,
) -> dict[str, Any]:
    """What a published folder says of itself."""
    return {
        "schema": MANIFEST_SCHEMA,
        "export": export,
        "run": run,
        "created_at": created_at,
        "dataset": dict(dataset),
        "assembled": assembled,
        "records": records,
        "files": list(files),
        "job_ids": list(job_ids),
        "skipped": list(skipped),
    }


def prune(output: Output, export: str, folder: str) -> None:
    """Take a published folder away; `latest` never names it."""
    path = output.root / "datasets" / export / folder
    aside = path.parent / naming.temporary_name(secrets.token_hex(8))
    with suppress(FileNotFoundError):
        path.rename(aside)
        shutil.rmtree(aside)


def sweep(root: Path) -> None:
    """Remove working folders that a killed run left."""
    for export in (root / "datasets").glob("*"):
        for path in export.glob(".flexorchd-*.tmp"):
            if path.is_symlink():
                path.unlink()
            else:
                shutil.rmtree(path, ignore_errors=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
