"""The web server: a thread of the daemon, on a socket that was bound before anything else was started."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from contextlib import suppress

import structlog
import uvicorn
from starlette.types import ASGIApp

from flexorchd.config.fields import Address
from flexorchd.errors import ConfigError

log = structlog.get_logger()

STOP_SECONDS = 1
TICK_SECONDS = 1.0
BACKLOG = 64
MOST_CONNECTIONS = 64
KEY = "web.listen"


def bind(address: Address, *, given: bool) -> socket.socket | None:
    """Take the address before the daemon starts.

    Args:
        address: where to listen.
        given: whether a person chose it.

    Returns:
        A listening socket; None where the default address cannot be had, which is only warned of.

    Raises:
        ConfigError: a given address cannot be had.
    """
    try:
        return _bound(address)
    except OSError as error:
        reason = error.strerror or str(error)
        remedy = 'Choose another one, or "" for no status page.'
        if given:
            raise ConfigError(KEY, f"{address} cannot be listened on: {reason}.", remedy) from error
        log.warning(
            "web.off", address=str(address), reason=reason, remedy=f"[web] listen: {remedy}"
        )
        return None


def _bound(address: Address) -> socket.socket:
    family, kind, protocol, _, place = socket.getaddrinfo(
        address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
        listener.listen(BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener


class _CalmServer(uvicorn.Server):
    """Looks once a second whether to go on, where uvicorn looks ten times; a stop does not wait for it."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended = asyncio.Event()

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), TICK_SECONDS)

    def end(self) -> None:
        """From any thread."""
        self.should_exit = True
        if self._loop is not None:
            with suppress(RuntimeError):  # It has ended by itself.
                self._loop.call_soon_threadsafe(self._ended.set)


class WebServer:
    """Serves an application until it is stopped.

    Args:
        listener: from `bind`; it is closed with the server.
        app: what is served.

    Attributes:
        address: where it listens, as a URL.
        listens: the same as host and port.
    """

    def __init__(self, listener: socket.socket, app: ASGIApp) -> None:
        # What goes wrong in a page is logged where it is handled, in the daemon's own form.
        logging.getLogger("uvicorn").handlers = [logging.NullHandler()]
        logging.getLogger("uvicorn").propagate = False
        self._listener = listener
        host, port = listener.getsockname()[:2]
        self.listens = Address(host, port)
        self.address = f"http://{self.listens}"
        self._server = _CalmServer(
            uvicorn.Config(
                app,
                loop="asyncio",
                ws="none",
                log_config=None,
                access_log=False,
                server_header=False,
                backlog=BACKLOG,
                limit_concurrency=MOST_CONNECTIONS,
                timeout_graceful_shutdown=STOP_SECONDS,
            )
        )
        self._thread = threading.Thread(target=self._run, name="web", daemon=True)

    def start(self) -> None:
        """Serve from now on."""
        self._thread.start()

    def stop(self) -> None:
        """End it; answers under way get a moment to be finished."""
        self._server.end()
        self._thread.join(STOP_SECONDS + 0.5)
        self._listener.close()

    def _run(self) -> None:
        # On a thread that is not the main one, uvicorn leaves the daemon's signal handlers alone.
        self._server.run(sockets=[self._listener])
