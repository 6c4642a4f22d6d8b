"""Rows as passages for retrieval, each with what a retriever filters by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypedDict

from flexorchd.formats.cells import text as shown
from flexorchd.formats.json_text import array
from flexorchd.formats.profile import token_count
from flexorchd.formats.rows import METADATA, Row, Rows

_LONGEST = 1600  # characters: about 350 tokens, which every embedding model takes whole
_BREAKS = ("\n\n", "\n", ". ", " ")
_NOT_TOLD = frozenset({*METADATA, "text", "source_filename"})


class Chunk(TypedDict):
    """One passage, in the shape of the service's ``/chunks``."""

    chunk_id: str
    chunk_index: int
    text: str
    token_count: int
    metadata: dict[str, object]


def rag(rows: Rows, name: str) -> Iterator[bytes]:
    """A JSON array of chunks, one a line."""
    yield from array(chunks(rows, name))


def chunks(rows: Iterable[Row], prefix: str) -> Iterator[Chunk]:
    """The passages of the rows in order: a row's fields first, then its ``text``.

    Args:
        rows: with the columns of `METADATA`, and ``source_filename``, where they are known. The
            rows of a job are adjacent.
        prefix: begins every ``chunk_id``. The job and the number of the chunk in it follow, so that
            an id outlives a dataset that grows or shrinks; without jobs, the index follows.
    """
    index = in_job = 0
    job: object = None
    for row in rows:
        if row.get("job_id") != job:
            job, in_job = row.get("job_id"), 0
        for passage in _passages_of(row):
            yield Chunk(
                chunk_id=f"{prefix}-{index}" if job is None else f"{prefix}-{job}-{in_job}",
                chunk_index=index,
                text=passage,
                token_count=token_count(passage),
                metadata=_metadata(row),
            )
            index, in_job = index + 1, in_job + 1


def _metadata(row: Row) -> dict[str, object]:
    return {
        "job_id": row.get("job_id"),
        "quality_grade": row.get("quality_grade"),
        "quality_score": row.get("quality_score"),
        "pii_masked": row.get("pii_masked"),
        "doc_type": row.get("document_type"),
        "language": row.get("language"),
        "source_filename": row.get("source_filename"),
    }


def _passages_of(row: Row) -> Iterator[str]:
    told = {name: value for name, value in row.items() if name not in _NOT_TOLD}
    yield from passages("\n".join(_told(name, value) for name, value in told.items()))
    yield from passages(shown(row.get("text")))


def _told(name: str, value: object) -> str:
    if isinstance(value, list | tuple):
        return "\n".join([f"{name}:", *(f"- {_one_line(item)}" for item in value)])
    return f"{name}: {_one_line(value)}"


def _one_line(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {shown(inner)}" for name, inner in value.items())
    return shown(value)


def passages(text: str) -> Iterator[str]:
    """The text in parts of at most 1,600 characters, cut between paragraphs where that can be."""
    start = 0
    while len(text) - start > _LONGEST:
        end = start + _cut(text[start : start + _LONGEST])
        yield from _stripped(text[start:end])
        start = end
    yield from _stripped(text[start:])


def _cut(window: str) -> int:
    """Where the window ends best, in its second half: a few words alone help nobody."""
    ends = (window.rfind(separator) + len(separator) for separator in _BREAKS)
    return next((end for end in ends if end > _LONGEST // 2), _LONGEST)


def _stripped(passage: str) -> Iterator[str]:
    if stripped := passage.strip():
        yield stripped
