"""Lists: pages of objects, or bare arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from flexorchd.client.dialects import PAGE
from flexorchd.client.errors import UnexpectedAnswerError
from flexorchd.client.reading import Body, kind
from flexorchd.client.wire import Answer, Call, Steps

Value = TypeVar("Value")

PAGE_SIZE = 100
"""The largest page that the service gives."""


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


def is_last(size: int, total: int | None, fetched: int) -> bool:
    """Whether no page can follow.

    Args:
        size: items on this page.
        total: items in all, where told.
        fetched: items so far, with this page.
    """
    return not size or (fetched >= total if total is not None else size < PAGE_SIZE)


def every(
    call: Callable[[int], Call], read: Callable[[str, Any, datetime], Value]
) -> Steps[list[Value]]:
    """The items of all pages.

    Args:
        call: asks for the page of a number, from 1, with `PAGE_SIZE` items.
        read: makes something of an item; it gets the operation and the time of the answer too.
    """
    values: list[Value] = []
    items: Sequence[Any] = ()
    fetched = number = 0
    while True:
        number += 1
        answer = yield call(number)
        previous, page = items, listing(answer)
        items = page.items
        if items == previous:  # a service that knows no pages gives the same one again
            return values
        values += [read(answer.call, item, answer.date) for item in items]
        fetched += len(items)
        if is_last(len(items), page.total, fetched):
            return values
