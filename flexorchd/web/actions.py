"""Buttons: each leaves a request for the daemon, exactly as the command of its name does."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from flexorchd.ledger.requests import Request as Asked
from flexorchd.web.site import Site

LONGEST_ID = 18


def routes(site: Site) -> list[Route]:
    """``/retry``, ``/approve`` and ``/export``."""
    return [
        Route("/retry", partial(retry, site), methods=["POST"]),
        Route("/approve", partial(approve, site), methods=["POST"]),
        Route("/export", partial(export, site), methods=["POST"]),
    ]


async def retry(site: Site, request: Request) -> Response:
    """Queue again one file (field ``file``), or all that failed with a ``code``, of one ``watch`` or any."""
    fields = await site.form(request)
    file_id = as_id(fields.get("file", ""))
    if file_id is not None:
        ids, back = [file_id], f"/files/{file_id}"
    elif code := fields.get("code"):
        watch = fields.get("watch") or None
        ids = await site.threads.run(site.figures.failed_files, code, watch)
        back = "/failures"
    else:
        raise HTTPException(422)
    return await _asked(site, back, "retry", {"file_ids": ids, "reprocess": False})


async def approve(site: Site, request: Request) -> Response:
    """Release what ``max_backlog`` holds in a ``watch``."""
    fields = await site.form(request)
    return await _asked(site, "/", "approve", {"watch": _field(fields, "watch")})


async def export(site: Site, request: Request) -> Response:
    """Run the export of a ``name`` now."""
    fields = await site.form(request)
    back = "/datasets" if fields.get("back") == "datasets" else "/"
    return await _asked(site, back, "export", {"name": _field(fields, "name")})


async def _asked(site: Site, back: str, kind: str, arguments: dict[str, object]) -> Response:
    number = await site.threads.run(site.ask, kind, arguments)
    return RedirectResponse(f"{back}?{urlencode({'asked': number})}", 303)


def asked(site: Site, request: Request) -> Asked | None:
    """The request that a button left before this page was shown, with its outcome once there is one."""
    number = as_id(request.query_params.get("asked", ""))
    if number is None:
        return None
    try:
        return site.ledger.requests.get(number)
    except IndexError:
        return None


def as_id(text: str) -> int | None:
    """A number that can be a row's id."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else None


def _field(fields: dict[str, str], name: str) -> str:
    if not fields.get(name):
        raise HTTPException(422)
    return fields[name]
