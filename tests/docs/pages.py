"""The documentation as data: its pages, and the blocks of commands and configuration in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PAGES = sorted(
    page
    for page in [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md")]
    if page.stat().st_size
)

_BLOCK = re.compile(r"(?:<!-- ([^>]*) -->\n)?^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block: the comment just before it, the language that it names, and its text."""

    page: Path
    note: str
    language: str
    text: str


def blocks(page: Path) -> Iterator[Block]:
    """The blocks of a page, in order."""
    for note, language, text in _BLOCK.findall(page.read_text()):
        yield Block(page, note, language, text)


def all_blocks() -> Iterator[Block]:
    """The blocks of all pages."""
    for page in PAGES:
        yield from blocks(page)


def commands(text: str) -> Iterator[str]:
    """The lines of a block that call flexorchd, each whole and without what the shell makes of it."""
    for line in text.replace("\\\n", " ").splitlines():
        for part in re.split(r"&&|\|\||\||;", line):
            if found := re.match(
                r"\s*(?:runuser -u flexorchd -- )?(?:\S*/)?flexorchd (?!\s)(.*)", part
            ):
                yield re.split(r" {2,}(?!-)| #", found[1])[0].strip()
