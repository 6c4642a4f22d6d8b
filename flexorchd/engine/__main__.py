"""The engine as a child of the daemon: ``python -m flexorchd.engine``.

The first line of standard input is one JSON document, the settings; its end means that the daemon
is gone, and the engine ends too. On standard output one line says when requests are answered, or
why they never will be.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import sys
import threading
from collections.abc import Callable

from flexorchd.engine.config import read_settings
from flexorchd.engine.sandbox import WorkerError
from flexorchd.engine.server import serve

_LAST_MOMENT = 4.0


def main() -> int:
    """Serve until standard input ends or SIGTERM comes; the exit code."""
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    try:
        settings = read_settings(sys.stdin.buffer.readline())
        listener = socket.socket(fileno=settings.socket)
        serve(settings, listener, _say_ready, _end_with_daemon)
    except (ValueError, OSError, RuntimeError, WorkerError) as error:
        _say({"ready": False, "error": str(error)})
        return 2
    return 0


def _say_ready(store_id: str) -> None:
    _say({"ready": True, "store_id": store_id})


def _say(message: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _end_with_daemon(end: Callable[[], None]) -> None:
    threading.Thread(target=_watch_daemon, args=(end,), name="daemon-watch", daemon=True).start()


def _watch_daemon(end: Callable[[], None]) -> None:
    """Stop cleanly when the daemon is gone; after the last moment, at once."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    threading.Timer(_LAST_MOMENT, os._exit, args=(1,)).start()
    end()


if __name__ == "__main__":
    code = main()
    # All is closed: a thread that waits for a storage which does not answer must not hold us.
    sys.stderr.flush()
    os._exit(code)
