"""What systemd is told: readiness, progress, a line of status. Silent where there is no systemd."""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress


def listens() -> bool:
    """Whether there is a service manager to be told."""
    return bool(os.environ.get("NOTIFY_SOCKET"))


def notify(**states: str | int) -> None:
    """Send states such as ``READY=1`` to the service manager, if there is one (sd_notify(3))."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    message = "\n".join(f"{name}={value}" for name, value in states.items())
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager, suppress(OSError):
        manager.sendto(message.encode(), address)


def reloading() -> None:
    """Say that the configuration is being read again (`Type=notify-reload` wants the time too)."""
    notify(RELOADING=1, MONOTONIC_USEC=time.monotonic_ns() // 1000)


def watchdog_seconds() -> float | None:
    """How often the service manager wants a sign of life, or None."""
    usec = os.environ.get("WATCHDOG_USEC", "")
    pid = os.environ.get("WATCHDOG_PID", str(os.getpid()))
    if not usec.isdigit() or pid != str(os.getpid()):
        return None
    return int(usec) / 1e6
