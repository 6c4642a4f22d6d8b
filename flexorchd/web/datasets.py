"""Published datasets: each run's files to download, and what its profile says."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from flexorchd.exports.publish import MANIFEST, PROFILE
from flexorchd.filesystem.beneath import ABSENT, CONTENT, opened
from flexorchd.formats import exact
from flexorchd.insight.status import ExportStatus
from flexorchd.ledger.exports import Run
from flexorchd.web.actions import as_id, asked
from flexorchd.web.site import Site

BLOCK = 256 * 1024
BYTES = "application/octet-stream"
MOST_RUNS = 12
LARGEST_DOCUMENT = 16 * 1024 * 1024
"""A manifest names a job a line; more than this many bytes of it are not worth reading for a page."""


@dataclass(frozen=True, slots=True)
class Published:
    """One run whose folder is published.

    Attributes:
        run: what the ledger knows of it.
        files: name and size of each.
        profile: what it holds; empty where that cannot be read.
    """

    run: Run
    files: Sequence[tuple[str, int]]
    profile: Mapping[str, Any]


def routes(site: Site) -> list[Route]:
    """``/datasets`` and ``/datasets/{run}/{name}``."""
    return [
        site.page("/datasets", datasets),
        site.page("/datasets/{run}/{name}", download),
    ]


def datasets(site: Site, request: Request) -> Response:
    """Every export with its published runs, the newest first."""
    exports = site.pages.survey.get().status.exports
    return site.views.page(
        "datasets",
        request,
        exports=[(export, _runs(site, export)) for export in exports],
        asked=asked(site, request),
    )


def _runs(site: Site, export: ExportStatus) -> list[Published]:
    root = site.datasets
    if root is None:
        return []
    runs = site.ledger.exports.published(export.name)[:MOST_RUNS]
    return [Published(run, _files(root, run), _profile(root, run)) for run in runs]


def _files(root: Path, run: Run) -> list[tuple[str, int]]:
    listed = _document(root, run, MANIFEST).get("files")
    if not isinstance(listed, list):
        return []
    files = [(str(f.get("name")), int(f.get("size", 0))) for f in listed if isinstance(f, dict)]
    return [(name, size) for name, size in files if _is_plain(name) and name != PROFILE]


def _profile(root: Path, run: Run) -> Mapping[str, Any]:
    return _document(root, run, PROFILE)


def _document(root: Path, run: Run, name: str) -> dict[str, Any]:
    """A JSON document of a run's folder; empty where it is gone or unreadable."""
    try:
        with opened(os.fsencode(root), _path(run, name), CONTENT) as descriptor:
            found = exact.loads(os.read(descriptor, LARGEST_DOCUMENT))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _path(run: Run, name: str) -> bytes:
    return b"/".join(os.fsencode(part) for part in (run.export, run.folder, name))


def _is_plain(name: str) -> bool:
    return bool(name) and not name.startswith(".") and "/" not in name and "\0" not in name


def download(site: Site, request: Request) -> Response:
    """One file of a published run.

    Raises:
        HTTPException: no such run, or no such file in its folder.
    """
    run = _published(site, request.path_params["run"])
    name = request.path_params["name"]
    root = site.datasets
    if run is None or root is None or not _is_plain(name):
        raise HTTPException(404)
    path = _path(run, name)
    size = _size(root, path)
    if size is None:
        raise HTTPException(404)
    headers = {
        "Content-Length": str(size),
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
    }
    return StreamingResponse(_blocks(root, path), headers=headers, media_type=BYTES)


def _published(site: Site, run_id: str) -> Run | None:
    number = as_id(run_id)
    if number is None:
        return None
    try:
        run = site.ledger.exports.get(number)
    except IndexError:
        return None
    return run if run.state == "published" else None


def _size(root: Path, path: bytes) -> int | None:
    """Bytes of a plain file; None where there is none, or only a link."""
    try:
        with opened(os.fsencode(root), path, CONTENT) as descriptor:
            facts = os.fstat(descriptor)
    except OSError as error:
        if error.errno in ABSENT or error.errno == errno.ENAMETOOLONG:
            return None
        raise
    return facts.st_size if stat.S_ISREG(facts.st_mode) else None


def _blocks(root: Path, path: bytes) -> Iterator[bytes]:
    with opened(os.fsencode(root), path, CONTENT) as descriptor:
        while block := os.read(descriptor, BLOCK):
            yield block
