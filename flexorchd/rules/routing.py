"""Which route a result or failure takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """What routes look at."""

    grade: str | None
    degraded: bool
    document_type: str | None
    pii: bool
    failed: bool


@dataclass(frozen=True, slots=True)
class Route:
    """A `[[route]]` of the configuration; a condition that is empty or None is always met."""

    name: str
    grade: tuple[str, ...] = ()
    degraded: bool | None = None
    document_type: tuple[str, ...] = ()
    pii: bool | None = None
    failed: bool = False
    folder: str | None = None
    command: tuple[str, ...] | None = None
    timeout: float = 60.0


def matches(route: Route, outcome: Outcome) -> bool:
    """Whether an outcome meets every condition of a route."""
    if route.failed or outcome.failed:
        return route.failed and outcome.failed
    return (
        (not route.grade or outcome.grade in route.grade)
        and route.degraded in (None, outcome.degraded)
        and (not route.document_type or outcome.document_type in route.document_type)
        and route.pii in (None, outcome.pii)
    )


def folder_of(routes: Sequence[Route], outcome: Outcome) -> bytes:
    """The folder below the output that a result goes to: the first matching route's, else ``results``."""
    for route in routes:
        if route.folder and matches(route, outcome):
            return route.folder.encode()
    return b"results"


def commands_for(routes: Sequence[Route], outcome: Outcome) -> list[Route]:
    """Every matching route that runs a command, in their order."""
    return [route for route in routes if route.command and matches(route, outcome)]
