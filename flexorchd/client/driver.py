"""Runs operations: sends their calls, waits where they say so, tries again where that is allowed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from flexorchd.client.memory import Memory
from flexorchd.client.retries import persist
from flexorchd.client.transport import Transport
from flexorchd.client.wire import Answer, Call, Gate, OpenGate, Result, Steps


@dataclass(frozen=True, slots=True)
class Driver:
    """What every resource of a client runs its operations with.

    Attributes:
        transport: the connections.
        retry_for: seconds in which a repeatable call may be tried again; 0 is never.
        sleep: waits so many seconds.
        gate: stands before every request.
        memory: what was learned about the service.
    """

    transport: Transport
    retry_for: float = 60.0
    sleep: Callable[[float], None] = time.sleep
    gate: Gate = field(default_factory=OpenGate)
    memory: Memory = field(default_factory=Memory)

    def run(self, steps: Steps[Result]) -> Result:
        """Carry an operation to its end.

        Raises:
            Exception: what the operation lets through.
        """
        try:
            call = next(steps)
            while True:
                try:
                    answer = self._send(call)
                except Exception as error:  # noqa: BLE001 - the operation decides about each
                    call = steps.throw(error)
                else:
                    call = steps.send(answer)
        except StopIteration as end:
            result: Result = end.value
            return result

    def _send(self, call: Call) -> Answer:
        if call.delay > 0:
            self.sleep(call.delay)
        attempt = partial(self.transport.send, call, self.gate)
        answer = persist(attempt, call.repeat, self.retry_for, self.sleep)
        self.memory.heard[call.name] = answer.dialect
        return answer
