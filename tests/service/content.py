"""What a document says of its own fate: a test decides it with the file that it drops.

A line ``fate: WORD REST`` in the content does it:

- ``fate: failed CODE`` the job fails; ``fate: never`` it never ends; ``fate: gone`` the service forgets it
- ``fate: degraded`` it completes without any record; ``fate: grade C`` it completes with that grade
- ``fate: rejected WORDS`` the file alone is refused; ``fate: poison 500`` so is every request that holds it
"""

from __future__ import annotations

import re

READ = 4096
"""Bytes of a document that are looked at; the rest only has weight."""

EMAIL = re.compile(rb"[\w.]+@[\w.]+\.\w+")


def fate_of(content: bytes) -> tuple[str, str]:
    """The word and the rest of a document's fate; ``completed`` where it says nothing."""
    found = re.search(rb"^fate: (\w+) ?(.*)$", content[:READ], re.MULTILINE)
    return (found[1].decode(), found[2].decode()) if found else ("completed", "")


def emails(content: bytes) -> int:
    """How many pieces of personal data it holds: here, mail addresses."""
    return len(EMAIL.findall(content[:READ]))


def read(content: bytes, *, mask: bool) -> str:
    """The text of a document, masked if that was asked for."""
    content = content[:READ]
    return (EMAIL.sub(b"[MASKED_EMAIL]", content) if mask else content).decode(errors="replace")
