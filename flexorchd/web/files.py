"""The searchable list of files, and one file's whole story."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from flexorchd.insight.story import story
from flexorchd.ledger.search import Found
from flexorchd.rules.states import SHOWN_STATES
from flexorchd.web.actions import as_id, asked
from flexorchd.web.site import Site

PER_PAGE = 50
MOST_COPIES = 20


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for; empty is anything.

    Attributes:
        text: part of the path, the beginning of a SHA-256, or a job.
        state: as people see it.
        watch: a watch's name.
        code: why files failed or wait.
        page: from 1.
    """

    text: str = ""
    state: str = ""
    watch: str = ""
    code: str = ""
    page: int = 1

    def link(self, page: int) -> str:
        """The address of another page of the same."""
        fields = {
            "text": self.text,
            "state": self.state,
            "watch": self.watch,
            "code": self.code,
            "page": str(page) if page > 1 else "",
        }
        query = urlencode({name: value for name, value in fields.items() if value})
        return f"/files?{query}" if query else "/files"


def routes(site: Site) -> list[Route]:
    """``/files`` and ``/files/{id}``."""
    return [
        site.page("/files", files),
        site.page("/files/{id}", file),
    ]


def files(site: Site, request: Request) -> Response:
    """Files that meet what is asked for, those that changed last first."""
    query = _query(request)
    found = _find(site, query)
    return site.views.page(
        "files",
        request,
        query=query,
        files=found[:PER_PAGE],
        more=len(found) > PER_PAGE,
        states=SHOWN_STATES,
        watches=[watch.name for watch in site.ledger.watches.all()],
        codes=sorted({cause.code for cause in site.pages.survey.get().causes}),
    )


def _query(request: Request) -> Query:
    fields = request.query_params
    state = fields.get("state", "")
    return Query(
        text=fields.get("text", "").strip(),
        state=state if state in SHOWN_STATES else "",
        watch=fields.get("watch", ""),
        code=fields.get("code", ""),
        page=max(1, as_id(fields.get("page", "")[:9]) or 1),
    )


def _find(site: Site, query: Query) -> list[Found]:
    search = site.ledger.search
    found = search.files(
        state=query.state or None,
        watch=query.watch or None,
        code=query.code or None,
        text=query.text or None,
        limit=PER_PAGE + 1,
        offset=(query.page - 1) * PER_PAGE,
    )
    if found or not query.text or query.page > 1:
        return found
    if re.fullmatch(r"[0-9a-fA-F]{8,64}", query.text) and (found := search.by_hash(query.text)):
        return found
    return search.by_job(query.text)


def file(site: Site, request: Request) -> Response:
    """One file: its facts, its story, its copies.

    Raises:
        HTTPException: the ledger knows no such file.
    """
    file_id = as_id(request.path_params["id"])
    found = [] if file_id is None else site.ledger.search.by_ids([file_id])
    if not found:
        raise HTTPException(404)
    one = found[0]
    return site.views.page(
        "file",
        request,
        file=one,
        lines=story(site.ledger, one),
        copies=_copies(site, one),
        asked=asked(site, request),
    )


def _copies(site: Site, one: Found) -> list[Found]:
    """Other files with the same content under the same settings."""
    if one.document_id is None:
        return []
    same = site.ledger.search.of_document(one.document_id)
    return [other for other in same if other.id != one.id][:MOST_COPIES]
