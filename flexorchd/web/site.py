"""What all pages share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from flexorchd.clock import Clock
from flexorchd.insight.survey import Latest, Survey
from flexorchd.ledger.figures import Figures
from flexorchd.ledger.ledger import Ledger
from flexorchd.monitoring.health import Health
from flexorchd.monitoring.metrics import Metrics
from flexorchd.web.access import Door
from flexorchd.web.threads import Threads
from flexorchd.web.views import Views

FORM = "application/x-www-form-urlencoded"
LARGEST_FORM = 16_384
THREADS = 4


@dataclass(frozen=True, slots=True)
class Pages:
    """What the pages read from, and how they ask.

    Attributes:
        ledger: read from, and written to only where a button leaves a request.
        survey: the ledger's figures.
        health: of the running daemon.
        metrics: served under ``/metrics``.
        clock: the time.
        knock: wakes the stage that answers requests.
        token: what opens the pages; see `flexorchd.web.access`.
        allowed_hosts: names that they are served under.
        version: of this program.
    """

    ledger: Ledger
    survey: Latest[Survey]
    health: Health
    metrics: Metrics
    clock: Clock
    knock: Callable[[], None]
    token: str
    allowed_hosts: Collection[str]
    version: str


class Site:
    """The pages' inputs with what is made of them."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self.ledger = pages.ledger
        self.figures = Figures(pages.ledger.database)
        self.door = Door(pages.token)
        self.views = Views(pages.clock, pages.version, self.door.form_token)
        self.threads = Threads(THREADS)

    def page(self, path: str, show: Callable[[Site, Request], Response]) -> Route:
        """The route to a page that is made by reading the ledger."""

        async def serve(request: Request) -> Response:
            return await self.threads.run(show, self, request)

        return Route(path, serve)

    @property
    def datasets(self) -> Path | None:
        """Where published datasets lie; None before the first run."""
        output = self.ledger.memory.get("output")
        return None if output is None else Path(output) / "datasets"

    def ask(self, kind: str, arguments: Mapping[str, object]) -> int:
        """Leave a request for the daemon, as a command does; its id."""
        request_id = self.ledger.requests.ask(kind, arguments, self.pages.clock.now())
        self.pages.knock()
        self.pages.survey.forget()
        return request_id

    async def form(self, request: Request) -> dict[str, str]:
        """The fields of a form that one of our pages sent.

        Raises:
            HTTPException: it is none, or not ours.
        """
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
            raise HTTPException(415)
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_FORM:
                raise HTTPException(413)
        fields = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        if not (
            self.door.has_form_token(fields)
            or self.door.has_bearer(request.headers.get("authorization"))
        ):
            raise HTTPException(403)
        return fields
