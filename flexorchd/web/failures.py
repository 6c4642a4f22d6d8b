"""Failures, grouped by cause, each with its remedy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from flexorchd.ledger.figures import Cause
from flexorchd.ledger.search import Found
from flexorchd.rules import retry
from flexorchd.rules.causes import meaning
from flexorchd.web.actions import asked
from flexorchd.web.site import Site

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Group:
    """All files that failed for one reason.

    Attributes:
        code: the reason.
        meaning: the reason in a few words.
        remedy: what to do about it.
        files: how many.
        last_at: when the last of them failed.
        watches: how many in each watch.
        examples: a few of them, newest first.
    """

    code: str
    meaning: str
    remedy: str
    files: int
    last_at: float | None
    watches: Sequence[Cause]
    examples: Sequence[Found]


def routes(site: Site) -> list[Route]:
    """``/failures``."""
    return [site.page("/failures", failures)]


def failures(site: Site, request: Request) -> Response:
    """Why files failed, the most frequent cause first."""
    causes = sorted(site.figures.causes(), key=lambda cause: cause.code)
    groups = [_group(site, code, list(same)) for code, same in groupby(causes, lambda c: c.code)]
    groups.sort(key=lambda group: -group.files)
    return site.views.page("failures", request, groups=groups, asked=asked(site, request))


def _group(site: Site, code: str, causes: list[Cause]) -> Group:
    newest = sorted(site.figures.failed_files(code), reverse=True)[:EXAMPLES]
    return Group(
        code=code,
        meaning=meaning(code),
        remedy=retry.remedy(code),
        files=sum(cause.files for cause in causes),
        last_at=max((cause.last_at or 0.0 for cause in causes), default=None),
        watches=causes,
        examples=site.ledger.search.by_ids(newest),
    )
