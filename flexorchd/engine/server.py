"""The engine as a server on a listening socket, blocking until it is told to stop."""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator

import uvicorn

from flexorchd.engine.api.app import create_app
from flexorchd.engine.config import EngineSettings
from flexorchd.engine.service import Engine

_GRACE_SECONDS = 2
_BACKLOG = 2048
_KEEP_ALIVE_SECONDS = 75
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class _Server(uvicorn.Server):
    """Tells when it answers, and takes signals as requests to end, not to die of."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def serve(
    settings: EngineSettings,
    listener: socket.socket,
    ready: Callable[[str], None] = lambda store_id: None,
    stop: Callable[[Callable[[], None]], None] = lambda end: None,
) -> None:
    """Run an engine until SIGTERM or SIGINT; whatever it had accepted is kept.

    Args:
        settings: how it runs.
        listener: a bound socket, TCP or Unix.
        ready: called with the store's id once requests are answered.
        stop: called before the start with a function that ends the server from any thread.

    Raises:
        RuntimeError: the executor's cluster does not answer, or the data are of a newer version.
    """
    engine = Engine(settings)
    config = uvicorn.Config(
        create_app(engine),
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    server = _Server(config, lambda: ready(engine.store.id))

    def end() -> None:
        server.should_exit = True

    stop(end)
    engine.start()
    try:
        server.run(sockets=[listener])
    finally:
        engine.stop()
