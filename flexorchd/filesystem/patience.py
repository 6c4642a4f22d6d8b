"""Asking the file system, and not waiting for ever: a dead mount need not answer at all."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")

LOOK_SECONDS = 3.0
"""What a single look gets where others wait for it, as at a start."""


def within(seconds: float, ask: Callable[[], Result]) -> Result:
    """What was asked for, if it comes in time; else whoever asked is left behind.

    Args:
        seconds: how long to wait.
        ask: is called on a thread of its own.

    Raises:
        TimeoutError: there was no answer.
        Exception: what `ask` raised.
    """
    answers: list[Result] = []
    errors: list[Exception] = []

    def work() -> None:
        try:
            answers.append(ask())
        except Exception as error:  # noqa: BLE001  raised again where it was asked
            errors.append(error)

    thread = threading.Thread(target=work, name="waits for a file system", daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not answers:
        raise TimeoutError(errno.ETIMEDOUT, f"no answer within {seconds:g} s")
    return answers[0]


def real_path(path: Path) -> Path:
    """The path without symbolic links; as it is where the file system does not answer."""
    try:
        return within(LOOK_SECONDS, lambda: Path(os.path.realpath(path)))
    except TimeoutError:
        return Path(os.path.abspath(path))
