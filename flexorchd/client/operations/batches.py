"""Files for `upload_many`: named apart, and gathered into requests."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from flexorchd.client.wire import Upload

FILES = 10
"""Files in one request."""

BYTES = 64 * 1024 * 1024
"""Bytes in one request, unless one file alone has more."""


def distinct(paths: Sequence[str | os.PathLike[str]]) -> list[Upload]:
    """The files, each under another name, so that every answer can be told from the others.

    The first of a name keeps it, the next is ``name~2.ext``. What this client was answered for
    earlier uploads is told apart by its jobs, not by the names.

    Raises:
        OSError: one is not there, or not a regular file.
    """
    uploads: list[Upload] = []
    taken: set[str] = set()
    for path in paths:
        upload = Upload.from_path(path)
        name, number = PurePosixPath(upload.name), 1
        while upload.name in taken:
            number += 1
            upload = replace(upload, name=f"{name.stem}~{number}{name.suffix}")
        taken.add(upload.name)
        uploads.append(upload)
    return uploads


def batches(uploads: Sequence[Upload]) -> list[list[Upload]]:
    """The files in requests of bounded number and size, in order."""
    groups: list[list[Upload]] = []
    size = 0
    for upload in uploads:
        size += upload.size
        if not groups or len(groups[-1]) == FILES or size > BYTES:
            groups.append([])
            size = upload.size
        groups[-1].append(upload)
    return groups
