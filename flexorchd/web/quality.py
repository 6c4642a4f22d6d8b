"""Grades and types of personal data over time."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from flexorchd.clock import utc
from flexorchd.ledger.figures import Series
from flexorchd.web.actions import as_id
from flexorchd.web.charts import Chart, most_frequent, stacked
from flexorchd.web.site import Site

DAY = 86_400
PERIODS = {7: 1, 30: 1, 90: 3, 360: 12}
"""Days that can be shown, and how many of them one bar stands for."""
GRADES = ("A", "B", "C", "D")
MOST_TYPES = 6
DAYS = 30
GRADES_TITLE = "Grades"
TYPES_TITLE = "Personal data found"


def routes(site: Site) -> list[Route]:
    """``/quality``."""
    return [site.page("/quality", quality)]


def quality(site: Site, request: Request) -> Response:
    """Both charts for the chosen period; a day begins at midnight UTC."""
    days = as_id(request.query_params.get("days", "")) or DAYS
    days = days if days in PERIODS else DAYS
    step = PERIODS[days] * DAY
    tomorrow = site.pages.clock.now() // DAY * DAY + DAY
    since = tomorrow - days * DAY
    types, names = most_frequent(site.figures.pii_types(since, step), MOST_TYPES)
    grades = site.figures.grades(since, step)
    return site.views.page(
        "quality",
        request,
        days=days,
        periods=list(PERIODS),
        charts=(
            (GRADES_TITLE, "grade", _chart(grades, since, days, GRADES)),
            (TYPES_TITLE, "type", _chart(types, since, days, names)),
        ),
    )


def _chart(series: Series, since: float, days: int, names: Sequence[str]) -> Chart:
    step = PERIODS[days] * DAY

    def label(number: int) -> str:
        return utc(since + number * step).strftime("%-d %b")

    return stacked(series, days // PERIODS[days], label, names)
