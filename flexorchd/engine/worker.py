"""What runs in the fork server, and in the child it forks for each document.

Started by `sandbox` as ``python -m flexorchd.engine.worker <socket descriptor>``. The server has
one thread and never looks into a document; it ends, with its child, when the other end of the
socket closes.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import os
import resource
import select
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flexorchd.engine.config import Limits
from flexorchd.engine.failure import Failure
from flexorchd.engine.model import Settings
from flexorchd.engine.process import StepError, process
from flexorchd.engine.sandbox import CRASHED, OUT_OF_MEMORY, TOO_MUCH_OUTPUT
from flexorchd.formats import exact

_REQUEST = 256 * 1024
_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_MEMORY_FILES = "/dev/shm"  # noqa: S108 - in memory, which is the point
_LARGEST_FILE = 512 * 1024 * 1024
_PLAIN_TEXT = b"Invoice no. 1, 1 March 2026, a@example.org"
# Three languages at once call for the model that decides between them. It loads slowly, so only the
# first document that needs it waits for that: its child tells by its exit code, and the server loads
# it for the next.
_MODEL = "py3langid"
_NEEDED_MODEL = 3
_MIXED_TEXT = b"the and of to in is for with; der die und das ist nicht mit; le la et les des est"
_KINDS = ("pdf", "docx", "xlsx", "html", "xml", "image", "text", "eml", "mail", "msg", "signed")
_PRELOADED = (
    "lxml.etree",
    "pypdfium2",
    "selectolax.lexbor",
    "python_calamine",
    "oxmsg",
    "asn1crypto.cms",
    "PIL.Image",
    "email.policy",
    *(f"flexorchd.engine.steps.extract.{kind}" for kind in _KINDS),
)
_libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Load what documents need, then fork a child for each document that arrives."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    channel = socket.socket(fileno=int(sys.argv[1]))
    _load()
    # An engine that has ended, at whatever moment, waits for nothing any more.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        _serve(channel)


def _serve(channel: socket.socket) -> None:
    channel.send(b"ready")
    while True:
        request, descriptors, _flags, _address = socket.recv_fds(channel, _REQUEST, 2)
        if not request:
            return
        server, child = os.getpid(), os.fork()
        if child == 0:
            _be_child(server, channel, exact.loads(request), *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        wall_seconds = float(exact.loads(request)["limits"]["wall_seconds"])
        status, timed_out = _watch(child, channel, wall_seconds)
        channel.send(exact.dumps({"status": status, "timed_out": timed_out}))
        if os.waitstatus_to_exitcode(status) == _NEEDED_MODEL:
            _warm(_MIXED_TEXT)


def _load() -> None:
    """Import the libraries and warm the steps, once for all children."""
    for name in _PRELOADED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    _warm(_PLAIN_TEXT)


def _warm(text: bytes) -> None:
    # A fault in a step is told of each document that it concerns, and stops no other.
    with contextlib.suppress(Exception):
        process(text, "warm.txt", Settings(), b"")
    gc.collect()
    gc.freeze()


def _watch(child: int, channel: socket.socket, wall_seconds: float) -> tuple[int, bool]:
    """Wait for the child's end, for its time to run out, or for the engine to be gone."""
    descriptor = os.pidfd_open(child)
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    poll.register(channel, select.POLLIN)
    events = dict(poll.poll(wall_seconds * 1000))
    os.close(descriptor)
    os.kill(child, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if channel.fileno() in events:
        raise SystemExit
    return status, not events


def _be_child(
    server: int,
    channel: socket.socket,
    request: Mapping[str, Any],
    document: int,
    result: int,
) -> None:
    """Process the document and exit; never returns."""
    had_model = _MODEL in sys.modules
    try:
        _confine(server, channel, Limits(**request["limits"]))
        with os.fdopen(document, "rb") as file:
            data = file.read()
        answer = _answer(data, request)
        if len(answer) > request["limits"]["output"]:
            answer = _failure(TOO_MUCH_OUTPUT)
        _write(result, answer)
    except MemoryError:
        _write(result, _failure(OUT_OF_MEMORY))
    finally:
        os._exit(0 if had_model or _MODEL not in sys.modules else _NEEDED_MODEL)


def _confine(server: int, channel: socket.socket, limits: Limits) -> None:
    """Give up what the document must not reach, and take on its limits."""
    os.setsid()
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.getppid() != server:
        os._exit(1)
    channel.close()
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    # Nothing of a document may reach a disk: neither a temporary file nor a core dump.
    tempfile.tempdir = _MEMORY_FILES
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, _LARGEST_FILE),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_AS, limits.memory),
    ):
        resource.setrlimit(kind, (most, most))
    # The soft limit comes first, as SIGXCPU, which tells it from a kill for memory.
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 5))


def _answer(data: bytes, request: Mapping[str, Any]) -> bytes:
    settings = Settings(**request["settings"])
    try:
        key = bytes.fromhex(request["key"])
        outcome = process(data, request["filename"], settings, key, tuple(request["ocr_languages"]))
        return exact.dumps(outcome)
    except StepError as error:
        return _failure(error.failure)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - any parser may raise anything
        return _failure(CRASHED, _where(error))


def _failure(failure: Failure, where: str = "") -> bytes:
    return exact.dumps({"failure": failure, "where": where})


def _write(descriptor: int, answer: bytes) -> None:
    view = memoryview(answer)
    while view:
        view = view[os.write(descriptor, view) :]


def _where(error: Exception) -> str:
    """Kind and place of an error; not its message, which may quote the document."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} at {places}"


if __name__ == "__main__":
    main()
