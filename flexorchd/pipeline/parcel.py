"""A document on its way out: the name that it is sent under, and its bytes, hashed again as they go."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from io import FileIO
from typing import Self, TypeVar

from flexorchd.client import Upload
from flexorchd.filesystem.beneath import CONTENT, PLACE, open_beneath, opened
from flexorchd.filesystem.patience import within
from flexorchd.ledger.accounts import SettingsRow
from flexorchd.ledger.documents import Candidate
from flexorchd.rules.batching import LARGEST_BATCH, Item
from flexorchd.rules.naming import sent_name
from flexorchd.watch.mounts import is_remote_type

BLOCK = 256 * 1024
READ_SECONDS = 20.0
"""What a share gets for one block; a disk that has to wake up needs up to fifteen."""


Result = TypeVar("Result")


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

    def _blocks(self) -> Iterator[bytes]:
        """The file as it is read. A server that does not answer must not hold up what others wait to send."""
        type_ = self.candidate.mount_type
        ask = partial(within, READ_SECONDS) if type_ and is_remote_type(type_) else _at_once
        if self.candidate.size < BLOCK:
            yield ask(self._all)
            return
        file = ask(self._open)
        try:
            while block := ask(partial(file.read, BLOCK)):
                yield block
        except TimeoutError:
            # Closing it might hang as well; whoever still reads it lets go of it.
            raise
        except BaseException:
            file.close()
            raise
        file.close()

    def _all(self) -> bytes:
        """A small file, in one question; one byte more than there were tells that it has grown."""
        with self._open() as file:
            return file.read(self.candidate.size + 1)

    def _open(self) -> FileIO:
        candidate = self.candidate
        with opened(candidate.root, candidate.directory, PLACE) as folder:
            return FileIO(open_beneath(folder, candidate.name, CONTENT))

    def _stream(self) -> Iterator[bytes]:
        """The file's bytes, the last block only once all of them are known to be what was hashed.

        Raises:
            ContentChangedError: they are not.
            SourceUnreadableError: the file cannot be read.
        """
        candidate, digest, held = self.candidate, hashlib.sha256(), b""
        try:
            for block in self._blocks():
                digest.update(block)
                if held:
                    yield held
                held = block
        except OSError as error:
            raise SourceUnreadableError(candidate, error) from error
        if digest.digest() != candidate.sha256:
            raise ContentChangedError(candidate)
        yield held


def _at_once(ask: Callable[[], Result]) -> Result:
    return ask()


def pipeline_config(settings: SettingsRow) -> Mapping[str, object]:
    """The settings as the wire's ``pipeline_config``."""
    config: dict[str, object] = {"mask_pii": settings.mask_pii}
    if settings.mask_pii:
        config["mask_strategy"] = settings.mask_strategy
    if settings.document_type != "auto":
        config["document_type_hint"] = settings.document_type
    return config
