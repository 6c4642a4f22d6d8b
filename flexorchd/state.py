"""The state directory: private, locked by one daemon, with a socket that commands knock on."""

from __future__ import annotations

import fcntl
import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from flexorchd.errors import LockError

LEDGER = "ledger.sqlite3"
LOCK = "lock"
KNOCK = "wake.sock"


class StateDirectory:
    """A state directory that this process holds the lock of.

    Args:
        path: made with mode 0700 when missing.

    Raises:
        LockError: another daemon or command holds it.
        OSError: it cannot be made or entered.
    """

    def __init__(self, path: Path) -> None:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = path.resolve()
        self._descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        self._lock = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._lock, 32, 0).decode(errors="replace").strip()
            self.close()
            raise LockError(
                f"Another flexorchd (process {holder or '?'}) works with {self.path}.",
                "Stop it first, or give this one a state directory of its own.",
            ) from None
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, str(os.getpid()).encode(), 0)

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.path / LEDGER

    @property
    def backups(self) -> Path:
        """Where copies of the ledger are kept."""
        return self.path / "backups"

    @property
    def rows(self) -> Path:
        """Where rows are kept that were fetched for datasets."""
        return self.path / "rows"

    def socket_path(self, name: str) -> str:
        """A path for a Unix socket here that is short enough, however long the directory's own is."""
        return f"/proc/self/fd/{self._descriptor}/{name}"

    def close(self) -> None:
        """Give the lock back."""
        os.close(self._lock)
        os.close(self._descriptor)


def is_locked(path: Path) -> bool:
    """Whether a daemon (or an acting command) works with this state directory."""
    try:
        descriptor = os.open(path / LOCK, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


class Knocks:
    """Listens for commands that knock, and calls back for each knock."""

    def __init__(self, state: StateDirectory, on_knock: Callable[[], None]) -> None:
        with suppress(FileNotFoundError):
            (state.path / KNOCK).unlink()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(state.socket_path(KNOCK))
        (state.path / KNOCK).chmod(0o600)
        self._on_knock = on_knock
        self._closing = False
        self._thread = threading.Thread(target=self._listen, name="knocks", daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            self._socket.recv(16)
            if self._closing:
                return
            self._on_knock()

    def close(self) -> None:
        """Stop listening."""
        self._closing = True
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as knocker, suppress(OSError):
            knocker.sendto(b"", self._socket.getsockname())
        self._thread.join(1)
        self._socket.close()


def knock(path: Path) -> None:
    """Wake the daemon of a state directory; in vain when there is none."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as knocker, suppress(OSError):
            knocker.sendto(b"k", f"/proc/self/fd/{descriptor}/{KNOCK}")
    finally:
        os.close(descriptor)
