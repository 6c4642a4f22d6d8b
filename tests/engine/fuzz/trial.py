"""Reads a damaged file in each of many children, and says how each ended.

Run as ``python -m tests.engine.fuzz.trial FILE NAME FIRST LAST``. Writes the seeds that did not end in
content or in the one error, a line each.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
import traceback
from pathlib import Path

from flexorchd.engine.model import Content, DocumentError
from flexorchd.engine.steps.extract import extract
from tests.engine.fuzz.mutation import mutated

_MEMORY = 2 << 30
_SECONDS = 10
# One, so that each child loads little.
_LANGUAGES = ("eng",)


def main(path: str, name: str, first: str, last: str) -> None:
    data = Path(path).read_bytes()
    with contextlib.suppress(DocumentError):
        # The undamaged file loads the libraries, once for all children.
        extract(data, name, ocr_languages=_LANGUAGES)
    for seed in range(int(first), int(last)):
        verdict = _verdict(mutated(data, seed), name)
        if verdict:
            sys.stdout.write(f"seed {seed}: {verdict}\n")


def _verdict(data: bytes, name: str) -> str:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
        os.write(writing, _tried(data, name).encode()[-4000:])
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode(errors="replace")
    _, status = os.waitpid(child, 0)
    return signal.Signals(status & 0x7F).name if status & 0x7F else said


def _tried(data: bytes, name: str) -> str:
    try:
        content = extract(data, name, ocr_languages=_LANGUAGES)
    except DocumentError as error:
        return "" if error.code.isupper() and error.message and error.remedy else f"bare {error!r}"
    except BaseException:  # noqa: BLE001 (whatever it is, it must not have come out)
        return traceback.format_exc()
    return "" if isinstance(content, Content) else "no content"


if __name__ == "__main__":
    main(*sys.argv[1:])
