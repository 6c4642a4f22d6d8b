"""The first page: is it all right, what is happening now, and what is to come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from flexorchd.clock import utc
from flexorchd.insight.survey import HOUR, HOURS, Survey, hours_begin
from flexorchd.insight.troubles import Trouble
from flexorchd.insight.words import duration
from flexorchd.ledger.figures import Held
from flexorchd.ledger.search import Found
from flexorchd.monitoring.health import StageHealth, stuck
from flexorchd.rules import causes, retry
from flexorchd.web.actions import asked
from flexorchd.web.charts import Chart, stacked
from flexorchd.web.site import Site


def routes(site: Site) -> list[Route]:
    """``/``."""
    return [site.page("/", overview)]


def overview(site: Site, request: Request) -> Response:
    """The whole at a glance."""
    survey = site.pages.survey.get()
    stages = site.pages.health.stages()
    return site.views.page(
        "overview",
        request,
        survey=survey,
        status=survey.status,
        troubles=[*_hanging(stages), *survey.status.troubles],
        missing=site.pages.health.missing(),
        stages=stages,
        budget=site.pages.health.budget(),
        engine=site.pages.health.engine_alive(),
        latest=_files(site, survey.latest),
        hours=_hours(survey),
        held=[_hold(held) for held in survey.held],
        asked=asked(site, request),
    )


def _hold(held: Held) -> tuple[Held, str, str]:
    """What is held, what its reason means, and what to do where no button does it."""
    remedy = "" if held.code == "MAX_BACKLOG" else retry.remedy(held.code, held.watch)
    return held, causes.meaning(held.code), remedy


def _hanging(stages: Sequence[StageHealth]) -> Iterator[Trouble]:
    for stage in stuck(stages):
        what = (
            f"The stage {stage.name} has made no step for {duration(stage.idle)}."
            if stage.alive
            else f"The stage {stage.name} has ended."
        )
        yield Trouble("STAGE_STUCK", what, "Look at the log, and start flexorchd again.")


def _files(site: Site, ids: Sequence[int]) -> list[Found]:
    """These files in this order, as they are now."""
    found = {file.id: file for file in site.ledger.search.by_ids(ids)}
    return [found[one] for one in ids if one in found]


def _hours(survey: Survey) -> Chart:
    """What ended in each of the last hours."""
    begin = hours_begin(survey.taken_at)
    return stacked(
        survey.hours,
        HOURS,
        lambda step: utc(begin + step * HOUR).strftime("%H:00"),
        ("delivered", "failed"),
    )
