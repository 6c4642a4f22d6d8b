"""Named points at which a process can be ended: before and after each commit, send, receive, fsync, rename, link.

Nothing of this is in flexorchd: the functions are wrapped from outside, in the child process of a test, so that
whatever commits, sends or renames anew has its points from the first day.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

PLUMBING = ("ledger/connection.py", "driver.py", "transport.py", "retries.py")
"""Modules whose functions say nothing of what is being done."""


CALLS = ("rename", "replace", "link", "unlink", "fsync", "symlink", "ftruncate", "rmdir")
"""Functions of `os` that change what others see, or make it last."""

JOINED = "joined "
"""Begins the record of a transaction inside another: it has no commit of its own, and is no point."""


class Points:
    """Counts the points that are passed, and ends the process at one of them.

    Args:
        record: a file that gets the name of each point, as it is passed.
        end_at: the name of the point to end at, and which time it is passed, from 1.
    """

    def __init__(self, record: Path | None, end_at: tuple[str, int] | None) -> None:
        self._record = record
        self._end_at = end_at
        self._passed: Counter[str] = Counter()
        self._lock = threading.Lock()

    def pass_(self, name: str) -> None:
        with self._lock:
            self._passed[name] += 1
            if self._record is not None:
                with self._record.open("a") as file:
                    file.write(name + "\n")
            if (name, self._passed[name]) == self._end_at:
                os.kill(os.getpid(), signal.SIGKILL)

    def joined(self, name: str) -> None:
        """A transaction joined the one around it."""
        self.pass_(f"{JOINED}{name}")

    def around(self, what: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function with a point before it and one after it."""

        def wrapped(*arguments: Any, **options: Any) -> Any:
            where = place()
            if where is None:
                return function(*arguments, **options)
            self.pass_(f"before {what} in {where}")
            result = function(*arguments, **options)
            self.pass_(f"after {what} in {where}")
            return result

        return wrapped


def place() -> str | None:
    """Which function of flexorchd is at work; None where it is none of the daemon's own."""
    frame = sys._getframe(2)
    while frame is not None:
        file = frame.f_code.co_filename
        if "/flexorchd/" in file and not file.endswith(PLUMBING) and "/client/" not in file:
            module = file.rpartition("/flexorchd/")[2].removesuffix(".py")
            return f"{module}:{frame.f_code.co_name}"
        frame = frame.f_back  # type: ignore[assignment]
    return None


def arm(record: Path | None, end_at: tuple[str, int] | None) -> None:
    """Put the points in; before flexorchd opens anything."""
    points = Points(record, end_at)
    for name in CALLS:
        setattr(os, name, points.around(name, getattr(os, name)))
    _arm_commits(points)
    _arm_requests(points)


def _arm_commits(points: Points) -> None:
    class Connection(sqlite3.Connection):
        _changes = 0

        def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
            run = super().execute
            return self._ended(run, sql, *parameters) if sql == "COMMIT" else run(sql, *parameters)

        def commit(self) -> None:
            self._ended(super().commit)

        def __exit__(self, *raised: Any) -> Any:
            return self._ended(super().__exit__, *raised)

        def _ended(self, commit: Callable[..., Any], *arguments: Any) -> Any:
            # A transaction that changed nothing writes nothing.
            changed, self._changes = self.total_changes != self._changes, self.total_changes
            return (points.around("commit", commit) if changed else commit)(*arguments)

    connect = sqlite3.connect

    def connect_here(*arguments: Any, **options: Any) -> sqlite3.Connection:
        return connect(*arguments, **{"factory": Connection, **options})

    sqlite3.connect = connect_here  # type: ignore[assignment]
    _note_joined(points)


def _note_joined(points: Points) -> None:
    from flexorchd.ledger.connection import Database

    write = Database.write

    def write_here(self: Database) -> Any:
        if self.writer.in_transaction and (where := place()):
            points.joined(where)
        return write(self)

    Database.write = write_here  # type: ignore[method-assign]


def _arm_requests(points: Points) -> None:
    from httpcore._sync.http11 import HTTP11Connection

    from flexorchd.client.transport import Transport

    send, receive = Transport.send, HTTP11Connection._receive_response_headers

    def send_here(self: Transport, call: Any, gate: Any) -> Any:
        return points.around(call.name, send)(self, call, gate)

    Transport.send = send_here  # type: ignore[method-assign]
    # Between the two the request has left, and nobody knows yet what became of it.
    HTTP11Connection._receive_response_headers = points.around("receive", receive)  # type: ignore[method-assign]
