"""The stage that takes requests in turn: each is a function from parts and arguments to an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import structlog

from flexorchd.account import StoppingError
from flexorchd.client import FlexOrchError
from flexorchd.control.answer import Answer
from flexorchd.errors import FlexorchdError
from flexorchd.ledger.requests import Request
from flexorchd.parts import Parts

log = structlog.get_logger()

Handler = Callable[[Parts, Mapping[str, Any]], Answer | None]
"""Does what is asked; None means that it is under way and is to be asked again."""

AGAIN = 0.1


class ControlStage:
    """Answers what commands left in the ledger's `requests`.

    Args:
        parts: what requests act on.
        handlers: by the request's kind.
    """

    name = "control"

    def __init__(self, parts: Parts, handlers: Mapping[str, Handler]) -> None:
        self._parts = parts
        self._handlers = handlers

    def step(self) -> float | None:
        """Answer what is open."""
        open_requests = self._parts.ledger.requests.open()
        unanswered = [request for request in open_requests if not self._answer(request)]
        return AGAIN if unanswered else None

    def _answer(self, request: Request) -> bool:
        if request.started_at is None:
            self._parts.ledger.requests.started(request.id, self._parts.clock.now())
        try:
            answer = self._handlers[request.kind](
                self._parts, {**request.arguments, "request": request.id}
            )
        except StoppingError:
            return False
        except (FlexorchdError, FlexOrchError, OSError) as error:
            answer = Answer(getattr(error, "exit_code", 1), [str(error)])
        except Exception as error:
            log.exception("request.failed", kind=request.kind)
            answer = Answer(
                1, [f"It failed in a way that was not foreseen: {error!r}. See the log."]
            )
        if answer is None:
            return False
        self._parts.ledger.requests.finished(
            request.id, answer.exit_code, answer.as_json(), self._parts.clock.now()
        )
        log.info("request.answered", kind=request.kind, exit_code=answer.exit_code)
        return True
