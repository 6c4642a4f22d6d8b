"""One reader over documents of each kind, in a process of its own; started by `benchmarks.kinds`.

`python benchmarks/readers.py READER SECONDS` takes documents (name, path, the words that must be found) as
JSON on standard input and prints how many a second it reads of each, and the most memory that it had.

Readers: `markitdown`; `reading`, which is the engine's first step in this process; `engine 1` and `engine 2`,
which is all that the engine does to a document, on so many cores. Only what a reader needs is imported, since
markitdown may live in an environment of its own.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from pathlib import Path
from typing import Any

Read = Callable[[Path], str]
"""Gives a document's text; raises where it cannot."""


def markitdown() -> Read:
    from markitdown import MarkItDown  # type: ignore[import-not-found]

    converter = MarkItDown(enable_plugins=False)
    return lambda path: str(converter.convert_local(str(path)).text_content)


def reading() -> Read:
    from flexorchd.engine.steps.extract import extract

    return lambda path: extract(path.read_bytes(), path.name).text


def rate_of(read: Read, path: Path, words: str, seconds: float) -> float | None:
    """Documents a second, or None where this one cannot be read."""
    try:
        found = read(path)
    except Exception:  # noqa: BLE001 (each reader fails in its own ways)
        return None
    if not holds(found, words):
        return None
    count, began = 0, time.perf_counter()
    while count == 0 or time.perf_counter() - began < seconds:
        read(path)
        count += 1
    return count / (time.perf_counter() - began)


def holds(text: str, words: str) -> bool:
    """Whether these words were read."""
    return words in " ".join(text.split())


class Engine:
    """The whole engine's work, on so many cores.

    Args:
        cores: how many; as many documents are in work at a time.
    """

    def __init__(self, cores: int) -> None:
        from flexorchd.engine.executor import open_pool

        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
        self._pool = open_pool("local")

    def rate_of(self, path: Path, words: str, seconds: float) -> float | None:
        """Documents a second, each of them verified."""
        data = path.read_bytes()
        list(self._ended(data, path.name, range(2 * self._pool.capacity())))
        began = time.perf_counter()
        until = itertools.takewhile(
            lambda _: time.perf_counter() - began < seconds, itertools.count()
        )
        outcomes = list(self._ended(data, path.name, until))
        taken = time.perf_counter() - began
        whole = all(holds(getattr(outcome, "text", ""), words) for outcome in outcomes)
        return len(outcomes) / taken if whole and outcomes else None

    def _ended(self, data: bytes, name: str, turns: Iterable[int]) -> Iterator[Any]:
        """The document again and again, as many at a time as there are cores."""
        from flexorchd.engine.config import Limits
        from flexorchd.engine.model import Settings

        running: set[Future[Any]] = set()
        for _ in turns:
            running.add(self._pool.process(data, name, Settings(), Limits(), b"key"))
            if len(running) >= self._pool.capacity():
                done, running = wait(running, return_when=FIRST_COMPLETED)
                yield from (one.result() for one in done)
        yield from (one.result() for one in running)

    def close(self) -> None:
        self._pool.close()


def rates(reader: str, documents: list[list[str]], seconds: float) -> dict[str, float | None]:
    """How many a second, by the document's name."""
    if reader.startswith("engine"):
        engine = Engine(int(reader.split()[1]))
        found = {
            name: engine.rate_of(Path(path), words, seconds) for name, path, words in documents
        }
        engine.close()
        return found
    read = {"markitdown": markitdown, "reading": reading}[reader]()
    return {name: rate_of(read, Path(path), words, seconds) for name, path, words in documents}


def main() -> None:
    reader, seconds = sys.argv[1], float(sys.argv[2])
    found = rates(reader, json.load(sys.stdin), seconds)
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = int(status.partition("VmHWM:")[2].split()[0]) // 1024
    print(json.dumps({"rates": found, "peak_mb": peak}))


if __name__ == "__main__":
    main()
