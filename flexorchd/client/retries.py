"""Trying again by itself: which failures, after what pause, and until when."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    wait_exponential,
    wait_random,
)

from flexorchd.client.errors import FlexOrchError, RateLimitError, ServiceError, TransportError
from flexorchd.client.wire import Repeat

Result = TypeVar("Result")

_backoff = wait_exponential(multiplier=0.5, max=20) + wait_random(0, 0.5)


def persist(
    attempt: Callable[[], Result],
    repeat: Repeat,
    retry_for: float,
    sleep: Callable[[float], None],
) -> Result:
    """Call `attempt` until it succeeds, or until trying on makes no sense.

    Args:
        attempt: sends the request once.
        repeat: when this request may be sent again.
        retry_for: seconds after the first failure in which another try may start; 0 is never.
        sleep: waits so many seconds.

    Raises:
        Exception: the last failure, as it is.
    """
    if retry_for <= 0 or repeat is Repeat.NEVER:
        return attempt()
    retrying = Retrying(
        retry=retry_if_exception(partial(may_repeat, repeat)),
        wait=pause,
        stop=_Budget(retry_for),
        sleep=sleep,
        reraise=True,
    )
    return retrying(attempt)


def may_repeat(repeat: Repeat, error: BaseException) -> bool:
    """Whether this failure may pass, and the request may be sent again."""
    if isinstance(error, RateLimitError):
        return True
    if repeat is Repeat.UNTAKEN:
        return isinstance(error, TransportError) and not error.body_complete
    return isinstance(error, ServiceError | TransportError)


def pause(state: RetryCallState) -> float:
    """Seconds until the next try: growing and jittered, at least what the service asks for."""
    error = state.outcome and state.outcome.exception()
    asked = error.retry_after if isinstance(error, FlexOrchError) else None
    return max(_backoff(state), asked or 0.0)


class _Budget:
    """Ends the tries when the next would start too long after the first failure.

    Counted from the failure, not from the start: a long export that breaks at its end deserves
    its second try.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._first: float | None = None

    def __call__(self, state: RetryCallState) -> bool:
        failed = state.outcome_timestamp or state.start_time
        self._first = failed if self._first is None else self._first
        return failed + state.upcoming_sleep - self._first > self._seconds
