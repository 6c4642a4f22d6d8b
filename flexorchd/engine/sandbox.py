"""One document, one subprocess with limits: a hostile file ends its own process and nothing else.

`supervise` is the work of a job as one picklable function. It hands the document to a *fork
server*, a process that has the libraries loaded and forks a child for each document, so that a
fresh process costs milliseconds. Fork servers wait here for their next document; each serves one
at a time, holds no document itself, and ends when this process does.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from flexorchd.engine.config import Limits
from flexorchd.engine.failure import Failure
from flexorchd.engine.model import Classification, Fields, Outcome, Quality, Settings
from flexorchd.formats import exact

_log = logging.getLogger(__name__)

_ANSWER = 4096
_ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OMP_THREAD_LIMIT": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}

TIMED_OUT = Failure(
    "TIMED_OUT",
    "Processing the document took longer than one document may.",
    "Split it into smaller documents, or save it anew with the program that made it.",
)
OUT_OF_MEMORY = Failure(
    "OUT_OF_MEMORY",
    "Processing the document needed more memory than one document may use.",
    "Split it into smaller documents, or save it anew with the program that made it.",
)
TOO_MUCH_OUTPUT = Failure(
    "TOO_LARGE",
    "The document unpacks to more than one document may.",
    "Split it into smaller documents.",
)
CRASHED = Failure(
    "CRASHED_PARSER",
    "The document made its parser crash; it is damaged or made to do harm.",
    "Open it with the program that made it, save it anew, and send that file.",
)


class WorkerError(Exception):
    """The fork server itself does not run: nothing is known about the document."""


def supervise(
    data: bytes,
    filename: str,
    settings: Settings,
    limits: Limits,
    key: bytes,
    ocr_languages: Sequence[str] = (),
) -> Outcome | Failure:
    """Process one document in a subprocess of its own, and wait for its end.

    Args:
        data: the file.
        filename: its name, a hint to its kind and nothing more.
        settings: how it is to be processed.
        limits: what the subprocess may use.
        key: of the mask strategies that need a secret.
        ocr_languages: languages to read scans in, beside the locale's.

    Raises:
        WorkerError: no subprocess could be had; trying later may help.
    """
    request = {
        "filename": filename,
        "settings": asdict(settings),
        "limits": asdict(limits),
        "key": key.hex(),
        "ocr_languages": list(ocr_languages),
    }
    for _attempt in range(2):
        server = _take()
        try:
            outcome = server.run(data, exact.dumps(request), limits.output)
        except WorkerError:
            if server.ended_by_us:
                raise
            server.close()
            continue
        finally:
            _release(server)
        return outcome
    raise WorkerError("The process that starts document workers died twice.")


class _ForkServer:
    """The other end of `worker.main`: sends a document, receives how its child ended."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment = {k: v for k, v in os.environ.items() if not k.startswith("FLEXORCH")}
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "flexorchd.engine.worker", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=environment | _ONE_THREAD,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._socket = ours
        self.ended_by_us = False
        try:
            self._receive()
        except WorkerError as error:
            self.dispose()
            raise WorkerError(
                "The document worker does not start; the log says why. Is flexorchd[engine] installed?"
            ) from error

    def run(self, data: bytes, request: bytes, most: int) -> Outcome | Failure:
        """Have a child process the document, whose result has at most so many bytes."""
        document, result = os.memfd_create("document"), os.memfd_create("result")
        try:
            _write(document, data)
            try:
                socket.send_fds(self._socket, [request], [document, result])
            except OSError as error:
                raise WorkerError("The document worker is gone.") from error
            ended = exact.loads(self._receive())
            return _outcome(ended["status"], ended["timed_out"], _read(result, most))
        finally:
            os.close(document)
            os.close(result)

    def close(self) -> None:
        """End the server and with it the child it may have."""
        self.ended_by_us = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=2)
            return
        self._process.kill()
        self._process.wait()

    def dispose(self) -> None:
        """Close it, and its socket, when nobody uses it any more."""
        self.close()
        self._socket.close()

    def _receive(self) -> bytes:
        try:
            answer = self._socket.recv(_ANSWER)
        except OSError:
            answer = b""
        if not answer:
            raise WorkerError("The document worker is gone.")
        return answer


_idle: list[_ForkServer] = []
_busy: set[_ForkServer] = set()
_lock = threading.Lock()


def warm() -> None:
    """Start the first fork server before a document needs it."""
    try:
        _release(_take())
    except WorkerError:
        _log.exception("documents cannot be processed")


def shut_down() -> None:
    """End all fork servers, with the documents that they are working on."""
    with _lock:
        idle, busy = _idle.copy(), _busy.copy()
        _idle.clear()
    for server in idle:
        server.dispose()
    for server in busy:
        server.close()


def _take() -> _ForkServer:
    with _lock:
        server = _idle.pop() if _idle else None
    server = server or _ForkServer()
    with _lock:
        _busy.add(server)
    return server


def _release(server: _ForkServer) -> None:
    with _lock:
        _busy.discard(server)
        if not server.ended_by_us:
            _idle.append(server)
            return
    server.dispose()


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
    os.lseek(descriptor, 0, os.SEEK_SET)


def _read(descriptor: int, most: int) -> bytes:
    """What the child wrote; nothing, where it is more than a child of ours would write."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    with os.fdopen(os.dup(descriptor), "rb") as file:
        return file.read() if os.fstat(descriptor).st_size <= most + _ANSWER else b""


def _outcome(status: int, timed_out: bool, result: bytes) -> Outcome | Failure:
    """What the child's end means."""
    if timed_out:
        return TIMED_OUT
    if os.WIFSIGNALED(status):
        return _killed_by(os.WTERMSIG(status))
    try:
        answer = exact.loads(result)
    except ValueError:
        return CRASHED
    if "failure" not in answer:
        return outcome_of(answer)
    if answer["where"]:
        _log.warning("document worker failed: %s", answer["where"])
    return Failure(**answer["failure"])


def _killed_by(number: int) -> Failure:
    if number == signal.SIGXCPU:
        return TIMED_OUT
    if number == signal.SIGKILL:
        return OUT_OF_MEMORY
    return CRASHED


def outcome_of(answer: Mapping[str, Any]) -> Outcome:
    """An outcome from its JSON form.

    JSON and not a pickle: what a hostile file may have taken over must not choose what runs here.
    Dates stay ISO texts.
    """
    fields, quality = answer["fields"], answer["quality"]
    confidence = {name: float(value) for name, value in fields["confidence"].items()}
    return Outcome(
        **dict(answer)
        | {
            "classification": Classification(**_measured(answer["classification"], "confidence")),
            "fields": Fields(
                **fields | {"records": tuple(fields["records"]), "confidence": confidence}
            ),
            "quality": Quality(
                **_measured(quality, "score", "noise", "field_fill_rate", "ocr_confidence")
            ),
        }
    )


def _measured(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The values, with these as floats: they are measures, not amounts."""
    floats = {name: float(values[name]) for name in names if values[name] is not None}
    return dict(values) | floats
