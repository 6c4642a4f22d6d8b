"""Ways in which an exchange goes wrong, each at a real socket."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.service.operations import Request


@dataclass(frozen=True)
class Reply:
    """An answer before it is sent."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, status: int, data: Any, headers: Mapping[str, str] | None = None) -> Reply:
        return cls(
            status,
            json.dumps(data).encode(),
            {"Content-Type": "application/json"} | (dict(headers or {})),
        )


class Fault:
    """Nothing goes wrong; the others override the moment at which something does."""

    def __repr__(self) -> str:
        return type(self).__name__

    def cuts(self) -> int | None:
        """After so many bytes of the request's body the connection is reset; None: it is read whole."""
        return None

    def instead(self) -> Reply | None:
        """Answered without the request being looked at."""
        return None

    def changed(self, reply: Reply) -> Reply:
        """The answer of a request that was carried out."""
        return reply

    def send(self, raw: Callable[[bytes], None], data: bytes, closing: threading.Event) -> bool:
        """Send the answer in some other way; False leaves it to the server, True ends the connection."""
        del raw, data, closing
        return False


@dataclass(frozen=True)
class Refuse(Fault):
    """An answer of this status; the request is not carried out, unless `processed`."""

    status: int
    code: str | None = None
    message: str = "Refused by the test."
    headers: Mapping[str, str] = field(default_factory=dict)
    processed: bool = False

    def _reply(self) -> Reply:
        error = {"code": self.code, "message": self.message} if self.code else None
        data = {"error": error} if error else {"detail": self.message}
        return Reply.of(self.status, data, self.headers)

    def instead(self) -> Reply | None:
        return None if self.processed else self._reply()

    def changed(self, reply: Reply) -> Reply:
        return self._reply()


@dataclass(frozen=True)
class CutRequest(Fault):
    """The connection is reset in the middle of the request's body."""

    after: int = 0

    def cuts(self) -> int | None:
        return self.after


@dataclass(frozen=True)
class CutAnswer(Fault):
    """The request is carried out, and the connection is reset in the middle of the answer."""

    after: int = 20

    def send(self, raw: Callable[[bytes], None], data: bytes, closing: threading.Event) -> bool:
        raw(data[: self.after])
        # What was written must have left before the reset throws away what waits.
        time.sleep(0.02)
        return True


class LoseAnswer(Fault):
    """The request is carried out, and nobody hears of it."""

    def send(self, raw: Callable[[bytes], None], data: bytes, closing: threading.Event) -> bool:
        return True


@dataclass(frozen=True)
class BlackHole(Fault):
    """The request is read, and there is no answer at all; it is carried out if `processed`."""

    processed: bool = False

    def instead(self) -> Reply | None:
        return None if self.processed else Reply(200, b"")

    def send(self, raw: Callable[[bytes], None], data: bytes, closing: threading.Event) -> bool:
        closing.wait()
        return True


@dataclass(frozen=True)
class Drip(Fault):
    """The answer comes byte by byte, with a pause between them."""

    pause: float = 0.05

    def send(self, raw: Callable[[bytes], None], data: bytes, closing: threading.Event) -> bool:
        for position in range(len(data)):
            raw(data[position : position + 1])
            if closing.wait(self.pause):
                break
        return True


@dataclass(frozen=True)
class Garble(Fault):
    """The request is carried out, and the answer is this."""

    body: bytes = b"<html>It works!</html>"
    status: int | None = None

    def changed(self, reply: Reply) -> Reply:
        return replace(reply, body=self.body, status=self.status or reply.status)


class Truncate(Fault):
    """The request is carried out, and the answer ends in the middle of its JSON, as if it were whole."""

    def changed(self, reply: Reply) -> Reply:
        return replace(reply, body=reply.body[: len(reply.body) // 2])


@dataclass(frozen=True)
class Reshape(Fault):
    """The request is carried out, and the answer's JSON is changed."""

    change: Callable[[Any], Any]

    def changed(self, reply: Reply) -> Reply:
        return replace(reply, body=json.dumps(self.change(json.loads(reply.body))).encode())


@dataclass
class Planned:
    """A fault that waits for its exchanges."""

    operation: str
    fault: Fault
    times: int
    where: Callable[[Request], bool]


class Script:
    """The faults that are planned, in order; each exchange meets the first that fits."""

    def __init__(self) -> None:
        self._planned: list[Planned] = []
        self._lock = threading.Lock()
        self.met: list[tuple[str, Fault]] = []

    def plan(self, planned: Planned) -> None:
        with self._lock:
            self._planned.append(planned)

    def take(self, request: Request) -> Fault:
        with self._lock:
            for planned in self._planned:
                if (
                    planned.times
                    and planned.operation in (request.operation, "*")
                    and planned.where(request)
                ):
                    planned.times -= 1
                    self.met.append((request.operation, planned.fault))
                    return planned.fault
        return Fault()

    def clear(self) -> None:
        with self._lock:
            self._planned.clear()
