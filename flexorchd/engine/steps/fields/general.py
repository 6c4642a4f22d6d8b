"""Any other document: what it is called, and how it begins."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import dropwhile

from flexorchd.engine.steps.fields.candidates import Candidate
from flexorchd.engine.steps.fields.document import document_type
from flexorchd.engine.steps.fields.readers import clean
from flexorchd.engine.steps.fields.reading import Reading

_TITLE_LENGTH = 120
_SUMMARY_LENGTH = 400
_SENTENCE_WORDS = 6
_READ = 20_000
_HEADER = re.compile(r"[A-Z][A-Za-z-]{1,20}: ")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=[^\W\d_a-zß-ÿ]|[\"„“«(])")


def read(reading: Reading) -> Mapping[str, Candidate | None]:
    """The title and the first sentences of a document."""
    title = _title(reading)
    return {"title": title, "summary": _summary(reading, title)}


def _title(reading: Reading) -> Candidate | None:
    """The document's own title, else its first line if that reads like one."""
    if own := clean(reading.content.title or ""):
        return Candidate(own[:_TITLE_LENGTH], 0.9, "pattern")
    if not reading.page.rows:
        return None
    first = clean(" ".join(cell.text for cell in reading.page.rows[0]))
    is_heading = len(first) <= _TITLE_LENGTH and not first.endswith((".", ",", ";"))
    has_words = sum(c.isalpha() for c in first) >= 3
    return Candidate(first, 0.6, "position") if is_heading and has_words else None


def _summary(reading: Reading, title: Candidate | None) -> Candidate | None:
    """The first whole sentences; a document without sentences has no summary."""
    chosen: list[str] = []
    length = 0
    for sentence in _sentences(reading, str(title.value) if title else ""):
        if chosen and length + len(sentence) > _SUMMARY_LENGTH:
            break
        chosen.append(sentence[:_SUMMARY_LENGTH])
        length += len(sentence) + 1
        if len(chosen) == 3:
            break
    return Candidate(" ".join(chosen), 0.7, "position") if chosen else None


def _body(reading: Reading) -> Iterator[str]:
    """The lines of the text, of a message those behind its header."""
    lines = iter(reading.text[:_READ].split("\n"))
    if reading.content.kind in ("eml", "msg"):
        lines = dropwhile(_HEADER.match, lines)
    return lines


def _sentences(reading: Reading, title: str) -> Iterator[str]:
    text = " ".join(line for line in _body(reading) if line != title)
    for sentence in _SENTENCE_END.split(" ".join(text.split())):
        spoken = sum(1 for word in sentence.split() if word[:1].isalpha())
        if spoken >= _SENTENCE_WORDS and sentence.rstrip('"”»)')[-1:] in (".", "!", "?", "…"):
            yield sentence


GENERAL = document_type("title summary", "", read)
