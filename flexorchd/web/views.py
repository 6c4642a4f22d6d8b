"""Templates to answers: everything that is put in is escaped, control characters included."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from flexorchd.clock import Clock, iso
from flexorchd.insight import words
from flexorchd.rules.naming import escape_controls

_REFUSALS = {
    "token": (
        "This page needs its link",
        "Run `flexorchd status` on the machine where it runs, and open the link that it prints. "
        "Programs send the token in an Authorization: Bearer header.",
    ),
    "host": (
        "Not served under this name",
        "Add the name to allowed_hosts in the table [web] of the configuration, or use another address.",
    ),
    "origin": (
        "Not from this page",
        "Buttons work on the status page itself. Reload it and try again.",
    ),
}


class Views:
    """Renders pages.

    Args:
        clock: for how long ago things were.
        version: shown at the foot of each page.
        form_token: what our forms carry.
    """

    def __init__(self, clock: Clock, version: str, form_token: str) -> None:
        self._clock = clock
        self._templates = Environment(
            loader=PackageLoader("flexorchd.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=_shown,
        )
        self._templates.filters.update(
            figure=words.figure,
            size=words.size,
            duration=words.duration,
            path=words.path,
            prose=_prose,
            moment=self._moment,
            when=self._when,
            then=self._then,
        )
        self._templates.globals.update(version=version, form_token=form_token, many=words.many)

    def page(
        self,
        name: str,
        request: Request | None,
        *,
        http: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> Response:
        """The template `name`, filled in.

        Args:
            name: without its ending.
            request: what asked for it; None where nothing of it may be shown.
            http: the status.
            headers: of the answer.
            values: for the template.
        """
        template = self._templates.get_template(f"{name}.html")
        here = "" if request is None else request.scope["path"]
        text = template.render(here=here, now=self._clock.now(), **values)
        return HTMLResponse(text, http, headers)

    def message(
        self,
        request: Request | None,
        http: int,
        title: str,
        text: str,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """A page that says one thing."""
        return self.page("message", request, http=http, headers=headers, title=title, text=text)

    def refused(self, http: int, reason: str, headers: Mapping[str, str] | None = None) -> Response:
        """Why a request is not let through; `reason` is ``token``, ``host`` or ``origin``."""
        title, text = _REFUSALS[reason]
        return self.message(None, http, title, text, headers)

    def _when(self, moment: str | float | None) -> Markup:
        """A moment of the past, as how long ago it was."""
        return self._time(moment, words.ago)

    def _then(self, moment: str | float | None) -> Markup:
        """A moment to come, as in how long it is."""
        return self._time(moment, words.until)

    def _moment(self, moment: str | float) -> Markup:
        """A moment in full, and how long ago it was."""
        at = words.seconds(moment)
        assert at is not None  # noqa: S101 - asked for what there is
        return Markup("{} · {}").format(words.clock_time(at), self._when(at))

    def _time(self, moment: str | float | None, told: Any) -> Markup:
        at = words.seconds(moment)
        if at is None:
            return escape(told(None, 0.0))
        return Markup('<time datetime="{}" title="{}">{}</time>').format(
            iso(at), words.clock_time(at), told(at, self._clock.now())
        )


def _prose(text: str) -> Markup:
    """A sentence, with what stands between backticks as code."""
    pieces = escape_controls(text).split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if number % 2 else escape(piece)
        for number, piece in enumerate(pieces)
    )


def _shown(value: object) -> object:
    return escape_controls(value) if type(value) is str else value
