"""Lists: pages of objects, or bare arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from flexorchd.client.dialects import PAGE
from flexorchd.client.errors import UnexpectedAnswerError
from flexorchd.client.reading import Body, kind
from flexorchd.client.wire import Answer, Call, Steps

PAGE_SIZE = 100
"""The largest page that the service gives."""

STALE_PAGES = 10
"""So many pages with nothing new end a walk, whatever total the service tells."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The items of one page, and how many there are in all, where told."""

    items: Sequence[Any]
    total: int | None = None


def listing(answer: Answer) -> Listing:
    """The items of an answer that is a page or a bare array.

    Raises:
        UnexpectedAnswerError: it is neither.
    """
    if isinstance(answer.data, Sequence) and not isinstance(answer.data, str):
        return Listing(answer.data)
    if not isinstance(answer.data, Mapping):
        raise UnexpectedAnswerError(answer.call, f"expected a list, got {kind(answer.data)}")
    body = Body(answer.call, answer.data, PAGE)
    items = body.require("items", body.sequence("items"))
    return Listing(items, body.beyond.count("total"))


class Named(Protocol):
    """Something with an id."""

    @property
    def id(self) -> str:
        """Its id."""


Value = TypeVar("Value", bound=Named)


class Walk:
    """A walk through pages that may shift meanwhile, and through services that know no pages.

    Attributes:
        number: of the page to fetch, from 1.
        is_over: whether no page can follow.
    """

    def __init__(self) -> None:
        self.number, self.is_over = 1, False
        self._fetched = self._stale = 0
        self._seen: set[str] = set()

    def step(self, items: Sequence[Value], total: int | None) -> list[Value]:
        """Note what was on the page, and turn to the next; the items not seen before."""
        fresh = [item for item in items if item.id not in self._seen]
        self._seen.update(item.id for item in items)
        self._fetched += len(items)
        self._stale = 0 if fresh else self._stale + 1
        self.is_over = self._ends(len(items), total)
        self.number += 1
        return fresh

    def _ends(self, size: int, total: int | None) -> bool:
        if not size or self._stale == STALE_PAGES:
            return True
        if total is None:
            return size < PAGE_SIZE or self._stale > 0
        return self._fetched >= total


def every(
    call: Callable[[int], Call], read: Callable[[str, Any, datetime], Value]
) -> Steps[list[Value]]:
    """The items of all pages, each once.

    Args:
        call: asks for the page of a number, from 1, with `PAGE_SIZE` items.
        read: makes something of an item; it gets the operation and the time of the answer too.
    """
    values: list[Value] = []
    walk = Walk()
    while not walk.is_over:
        answer = yield call(walk.number)
        page = listing(answer)
        items = [read(answer.call, item, answer.date) for item in page.items]
        values += walk.step(items, page.total)
    return values
