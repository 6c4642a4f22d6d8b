"""Where documents are processed: threads of this process, or a Dask cluster.

Either way the same function runs behind `concurrent.futures.Executor`: `sandbox.supervise`, which
starts a subprocess for the document on the machine that it runs on.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from flexorchd.engine import sandbox
from flexorchd.engine.config import Limits
from flexorchd.engine.failure import Failure
from flexorchd.engine.model import Outcome, Settings

_CONNECT_SECONDS = 10
_RETRIES_IN_CLUSTER = 2


@dataclass(frozen=True, slots=True)
class Pool:
    """An executor, and how much it can hold.

    Attributes:
        capacity: how many documents it can work on now.
        close: end it, without waiting for the documents in it.
    """

    executor: Executor
    capacity: Callable[[], int]
    close: Callable[[], None]

    def process(
        self,
        data: bytes,
        filename: str,
        settings: Settings,
        limits: Limits,
        key: bytes,
        ocr_languages: Sequence[str] = (),
    ) -> Future[Outcome | Failure]:
        """Have a document processed; see `sandbox.supervise`."""
        return self.executor.submit(
            sandbox.supervise, data, filename, settings, limits, key, ocr_languages
        )


def open_pool(executor: str) -> Pool:
    """The pool that the setting names: ``local`` or ``dask://host:port``.

    Raises:
        RuntimeError: Dask is not installed, or the cluster does not answer.
    """
    if executor == "local":
        return _local()
    return _dask(executor.replace("dask://", "tcp://", 1))


def _local() -> Pool:
    count = len(os.sched_getaffinity(0))
    threads = ThreadPoolExecutor(count, thread_name_prefix="document")
    threads.submit(sandbox.warm)

    def close() -> None:
        threads.shutdown(wait=False, cancel_futures=True)
        sandbox.shut_down()

    return Pool(threads, lambda: count, close)


def _dask(address: str) -> Pool:
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError as error:
        raise RuntimeError(
            "executor: Dask is not installed. Install flexorchd[dask], or use 'local'."
        ) from error
    try:
        client = distributed.Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except OSError as error:
        raise RuntimeError(f"executor: no Dask scheduler answers at {address}.") from error
    executor = client.get_executor(pure=False, retries=_RETRIES_IN_CLUSTER)
    return Pool(executor, lambda: sum(client.nthreads().values()), client.close)
