"""A document on its way out: the name that it is sent under, and its bytes, hashed again as they go."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from flexorchd.beneath import CONTENT, PLACE, open_beneath, opened
from flexorchd.client import Upload
from flexorchd.ledger.accounts import SettingsRow
from flexorchd.ledger.documents import Candidate
from flexorchd.rules.batching import LARGEST_BATCH, Item
from flexorchd.rules.naming import sent_name

BLOCK = 256 * 1024


class ContentChangedError(Exception):
    """The bytes that streamed out are not those that were hashed."""

    def __init__(self, candidate: Candidate) -> None:
        super().__init__(candidate)
        self.candidate = candidate


class SourceUnreadableError(Exception):
    """The file could not be opened or read while it was being sent."""

    def __init__(self, candidate: Candidate, cause: OSError) -> None:
        super().__init__(candidate)
        self.candidate = candidate
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Parcel:
    """A document, and what packing needs to know of it."""

    candidate: Candidate
    item: Item

    @classmethod
    def of(cls, candidate: Candidate) -> Self:
        """Pack one document; one that has to travel alone counts as tried often enough for it."""
        settings = candidate.settings_id.to_bytes(8, "big")
        key = hashlib.sha256(candidate.sha256 + settings).digest()
        item = Item(
            candidate.document_id,
            candidate.settings_id,
            candidate.size,
            LARGEST_BATCH if candidate.alone else candidate.attempt,
            sent_name(candidate.name, key),
        )
        return cls(candidate, item)

    @property
    def document_id(self) -> int:
        """The document's id."""
        return self.candidate.document_id

    @property
    def upload(self) -> Upload:
        """As the client sends it."""
        return Upload(self.item.sent_name, self.candidate.size, self._stream)

    def _stream(self) -> Iterator[bytes]:
        """The file's bytes, the last block only once all of them are known to be what was hashed.

        Raises:
            ContentChangedError: they are not.
            SourceUnreadableError: the file cannot be read.
        """
        candidate, digest, held = self.candidate, hashlib.sha256(), b""
        try:
            with opened(candidate.root, candidate.directory, PLACE) as folder:
                descriptor = open_beneath(folder, candidate.name, CONTENT)
            with os.fdopen(descriptor, "rb", buffering=0) as file:
                while block := file.read(BLOCK):
                    digest.update(block)
                    if held:
                        yield held
                    held = block
        except OSError as error:
            raise SourceUnreadableError(candidate, error) from error
        if digest.digest() != candidate.sha256:
            raise ContentChangedError(candidate)
        yield held


def pipeline_config(settings: SettingsRow) -> Mapping[str, object]:
    """The settings as the wire's ``pipeline_config``."""
    config: dict[str, object] = {"mask_pii": settings.mask_pii}
    if settings.mask_pii:
        config["mask_strategy"] = settings.mask_strategy
    if settings.document_type != "auto":
        config["document_type_hint"] = settings.document_type
    return config
