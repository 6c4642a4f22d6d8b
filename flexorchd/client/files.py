"""Where an export goes: a file that appears whole, or a file object."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

Target = str | os.PathLike[str] | BinaryIO


@contextmanager
def opened(target: Target) -> Iterator[BinaryIO]:
    """The target to write to. A path is there only when all was written, and is replaced then."""
    if not isinstance(target, str | os.PathLike):
        yield target
        return
    final = Path(target)
    partial = final.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with partial.open("xb") as file:
            yield file
        partial.replace(final)
    finally:
        partial.unlink(missing_ok=True)
