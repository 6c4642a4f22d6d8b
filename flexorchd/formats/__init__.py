"""Rows to files: every export, the engine's and the daemon's, is written here.

`write` puts a dataset into an open file, `stream` hands out its bytes block by block; both need the
same memory for ten rows as for ten million. `profile` says what a dataset holds.
"""

from flexorchd.formats.chunks import Chunk, chunks
from flexorchd.formats.profile import Profile, profile
from flexorchd.formats.registry import (
    FORMATS,
    Format,
    MissingExtraError,
    UnknownFormatError,
    find,
    stream,
    write,
)
from flexorchd.formats.rows import METADATA, Row

__all__ = [
    "FORMATS",
    "METADATA",
    "Chunk",
    "Format",
    "MissingExtraError",
    "Profile",
    "Row",
    "UnknownFormatError",
    "chunks",
    "find",
    "profile",
    "stream",
    "write",
]
