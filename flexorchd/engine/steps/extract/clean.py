"""Text as every later step may rely on it: NFC, visible characters, plain spaces, plain newlines."""

from __future__ import annotations

import re
import unicodedata

from flexorchd.engine.model import Table

_LINE_ENDS = "\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_SPACES = (
    "\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
# PDF fonts write these as one glyph, and no search, pattern or address survives them.
_LIGATURES = {
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xFB05: "st",
    0xFB06: "st",
}
_TRANSLATION = str.maketrans(
    {
        **dict.fromkeys(_LINE_ENDS, "\n"),
        **dict.fromkeys(_SPACES, " "),
        **{chr(k): v for k, v in _LIGATURES.items()},
    }
)
# Controls, surrogates, noncharacters, and what is invisible (but the joiners, which shape letters).
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff0-\ufffb\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e0fff]"
)


def characters(text: str) -> str:
    """`text` in NFC without controls, lone surrogates and invisible characters."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    text = text.replace("\r\n", "\n").translate(_TRANSLATION)
    return _INVISIBLE.sub("", text)


def document(text: str) -> str:
    """`text` as in `characters`, no blanks at the ends of lines, no two empty lines in a row."""
    kept: list[str] = []
    for line in characters(text).split("\n"):
        stripped = line.rstrip()
        if stripped or (kept and kept[-1]):
            kept.append(stripped)
    return "\n".join(kept).strip("\n")


def line(text: str) -> str:
    """`text` on one line, runs of blanks as one space."""
    return " ".join(characters(text).split())


def table(rows: Table) -> Table:
    """A table whose cells are single lines."""
    return Table(
        tuple(tuple(line(cell) for cell in row) for row in rows.rows), rows.name and line(rows.name)
    )
