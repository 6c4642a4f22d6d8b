"""One function over many items at the same time, on threads that no exit of the process waits for.

A pool of `concurrent.futures` joins its threads when the process ends; one that hangs in a dead mount or a
silent connection would keep a stopped daemon alive.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def side_by_side(
    function: Callable[[Item], Result], items: Iterable[Item], threads: int
) -> list[Result]:
    """The results, in the order of the items.

    Args:
        function: called once for each item.
        items: what it is called with.
        threads: how many calls may be under way.

    Raises:
        BaseException: the first that `function` raised, once all calls have ended.
    """
    waiting: SimpleQueue[tuple[int, Item]] = SimpleQueue()
    for numbered in enumerate(items):
        waiting.put(numbered)
    count = waiting.qsize()
    results: dict[int, Result] = {}
    failures: list[BaseException] = []

    def work() -> None:
        while True:
            try:
                number, item = waiting.get_nowait()
            except Empty:
                return
            try:
                results[number] = function(item)
            except BaseException as error:  # noqa: BLE001  raised again where it was called for
                failures.append(error)

    workers = [threading.Thread(target=work, daemon=True) for _ in range(min(threads, count) - 1)]
    for worker in workers:
        worker.start()
    work()
    for worker in workers:
        worker.join()
    if failures:
        raise failures[0]
    return [results[number] for number in range(count)]
