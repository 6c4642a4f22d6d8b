"""The threads that read the ledger for pages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

CLOSE_SECONDS = 0.5


class Threads:
    """A few threads that stay, since the ledger keeps a reading connection for every thread it meets.

    Args:
        number: how many pages are made at a time.
    """

    def __init__(self, number: int) -> None:
        self._pool = ThreadPoolExecutor(number, thread_name_prefix="page")
        self._running: set[Future[Any]] = set()

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do something that waits for the disk, and come back with what it returns or raises."""
        future = self._pool.submit(partial(work, *args, **kwargs))
        self._running.add(future)
        future.add_done_callback(self._running.discard)
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Begin nothing more; what runs gets a moment to end before the ledger is closed."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        wait(tuple(self._running), CLOSE_SECONDS)
