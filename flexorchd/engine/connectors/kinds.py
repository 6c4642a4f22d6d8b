"""Which kinds of storage there are, which can be reached from here, and what of them is secret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flexorchd.engine.connectors.folder import Folder
from flexorchd.engine.connectors.s3 import Bucket
from flexorchd.engine.connectors.storage import Storage, StorageError

ELSEWHERE = ("gcs", "azure_blob", "google_drive", "pgvector_external", "pinecone", "qdrant")
KINDS = ("s3", "folder", *ELSEWHERE)
_SHOWN = frozenset(
    {
        "bucket",
        "region",
        "endpoint_url",
        "prefix",
        "path",
        "container",
        "account_name",
        "folder_id",
        "index_name",
        "namespace",
        "collection_name",
        "url",
    }
)


def open_storage(kind: str, config: Mapping[str, Any], roots: Sequence[Path]) -> Storage:
    """The storage that a connector describes.

    Args:
        kind: one of `KINDS`.
        config: as it was registered, with secrets.
        roots: below which folders may be read.

    Raises:
        StorageError: the configuration is incomplete or not allowed, or the kind is registered
            for completeness but not reachable from this engine.
    """
    if kind == "s3":
        return Bucket(config)
    if kind == "folder":
        return Folder(str(config.get("path", "")), roots)
    raise StorageError(
        f"Storage of type {kind} cannot be reached from this engine; use s3 or folder."
    )


def without_secrets(config: Mapping[str, Any]) -> dict[str, Any]:
    """What of a configuration may be shown: names known to be harmless, and nothing else."""
    return {name: value for name, value in config.items() if name in _SHOWN}
