"""Metrics in Prometheus' form: read when they are asked for, from the ledger and from the running daemon.

Gauges are what the ledger holds now. Counters never go down, though the ledger's own sums do when something
is forgotten or tried again.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.registry import Collector

from flexorchd.insight.survey import Survey
from flexorchd.monitoring.health import Health
from flexorchd.rules.states import ENDS, SHOWN_STATES

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Labels = dict[str, str]
Sample = tuple[Labels, float | None]


class Metrics:
    """All metrics of one daemon.

    Args:
        survey: the ledger's figures.
        health: what the running daemon says.
        version: of this program.
    """

    def __init__(self, survey: Callable[[], Survey], health: Health, version: str) -> None:
        self._turn = threading.Lock()
        self._registry = CollectorRegistry()
        self._registry.register(_Collector(survey, health, version))
        ProcessCollector(registry=self._registry)

    def text(self) -> bytes:
        """The metrics now, as `CONTENT_TYPE` says."""
        with self._turn:
            return generate_latest(self._registry)


class _Rising:
    """A counter out of a sum that may also fall: what it rose by since it was last seen is added."""

    def __init__(self) -> None:
        self._seen: float | None = None
        self._count = 0.0

    def at(self, total: float) -> float:
        if self._seen is not None:
            self._count += max(0.0, total - self._seen)
        self._seen = total
        return self._count


class _Collector(Collector):
    def __init__(self, survey: Callable[[], Survey], health: Health, version: str) -> None:
        self._survey = survey
        self._health = health
        self._version = version
        self._delivered, self._failed = _Rising(), _Rising()
        self._documents, self._bytes = _Rising(), _Rising()

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: the names are known only with the values."""
        return ()

    def collect(self) -> Iterator[Metric]:
        survey = self._survey()
        yield _gauge("build_info", "What runs.", [({"version": self._version}, 1)])
        yield from self._daemon()
        yield from self._requests()
        yield from self._work_done(survey)
        yield from _backlog(survey)
        yield from _watches(survey)
        yield from _account(survey)
        yield from _exports(survey)
        yield from _room(survey)

    def _daemon(self) -> Iterator[Metric]:
        stages = self._health.stages()
        engine = self._health.engine_alive()
        yield _gauge(
            "ready",
            "Whether folders are watched and the service or the engine answers.",
            [({}, not self._health.missing())],
        )
        yield _gauge("engine_up", "Whether the embedded engine runs.", [({}, engine)])
        yield _gauge(
            "stage_up",
            "Whether the stage runs and has stepped of late.",
            [({"stage": stage.name}, stage.well) for stage in stages],
        )
        yield _gauge(
            "stage_idle_seconds",
            "Seconds since the stage's last step ended.",
            [({"stage": stage.name}, stage.idle) for stage in stages],
        )
        steps = SummaryMetricFamily(
            "flexorchd_stage_step_seconds",
            "Steps of the stage and what they took.",
            labels=("stage",),
        )
        for stage in stages:
            steps.add_metric([stage.name], stage.steps, stage.busy)
        yield steps
        yield _counter(
            "stage_failures",
            "Steps that failed; each is tried again.",
            [({"stage": stage.name}, stage.failed) for stage in stages],
        )

    def _requests(self) -> Iterator[Metric]:
        budget = self._health.budget()
        yield _counter(
            "requests",
            "Requests to the service or the engine by how they ended.",
            [
                ({"operation": operation, "outcome": outcome}, count)
                for (operation, outcome), count in sorted(self._health.requests().items())
            ],
        )
        yield _gauge(
            "requests_per_minute",
            "Requests that the service allows in a minute.",
            [({}, budget.per_minute)],
        )
        yield _gauge("requests_left", "Requests that may be sent now.", [({}, budget.left)])

    def _work_done(self, survey: Survey) -> Iterator[Metric]:
        totals = survey.totals
        yield _counter(
            "ended",
            "Files that came to an end since the start.",
            [
                ({"outcome": "delivered"}, self._delivered.at(totals.delivered)),
                ({"outcome": "failed"}, self._failed.at(totals.failed)),
            ],
        )
        yield _counter(
            "documents_sent",
            "Documents sent since the start; copies are not sent.",
            [({}, self._documents.at(totals.documents))],
        )
        yield _counter(
            "bytes_sent", "Bytes of these documents.", [({}, self._bytes.at(totals.bytes))]
        )
        yield _counter(
            "documents_paid", "Documents accepted for payment, ever.", [({}, survey.spent)]
        )


def _backlog(survey: Survey) -> Iterator[Metric]:
    status, progress = survey.status, survey.progress
    waiting = sum(n for state, n in status.states.items() if state not in ENDS)
    yield _gauge("backlog_files", "Files that are not at their end.", [({}, waiting)])
    yield _gauge(
        "backlog_age_seconds",
        "How long the oldest of them has waited.",
        [({}, survey.longest_wait or 0.0)],
    )
    yield _gauge("backlog_bytes", "Bytes of their documents.", [({}, survey.waiting_bytes)])
    yield _gauge(
        "jobs_unfinished",
        "Jobs that the service or the engine has not ended: the engine's queue.",
        [({}, progress.processing)],
    )
    yield _gauge(
        "uploads_unanswered",
        "Documents whose upload has no answer yet.",
        [({}, progress.uploading)],
    )
    yield _gauge(
        "held_documents",
        "Documents that are held.",
        [({"watch": h.watch, "code": h.code}, h.documents + h.refused) for h in survey.held],
    )
    yield _gauge(
        "failed_files",
        "Files that failed, by cause.",
        [({"watch": c.watch, "code": c.code}, c.files) for c in survey.causes],
    )
    yield _gauge(
        "troubles",
        "What needs a person, by kind.",
        [
            ({"code": code}, count)
            for code, count in Counter(trouble.code for trouble in status.troubles).items()
        ],
    )
    yield _gauge("surveyed_timestamp_seconds", "When the ledger was read.", [({}, survey.taken_at)])


def _watches(survey: Survey) -> Iterator[Metric]:
    watches = [watch for watch in survey.status.watches if watch.active]
    yield _gauge(
        "files",
        "Files by state.",
        [
            ({"watch": watch.name, "state": state}, watch.files.get(state, 0))
            for watch in survey.status.watches
            for state in SHOWN_STATES
        ],
    )
    yield _gauge(
        "watch_held",
        "Whether the watch is held.",
        [({"watch": w.name, "code": w.hold_code or ""}, bool(w.hold_code)) for w in watches],
    )
    yield _gauge(
        "watch_events",
        "Whether events tell of changes; 0 where the folder is polled.",
        [({"watch": w.name}, w.mode == "events") for w in watches],
    )
    yield _counter(
        "files_found_by_scan",
        "New and changed files that a scan found and no event had told of.",
        [({"watch": w.name}, w.missed_by_events) for w in watches],
    )
    yield _gauge(
        "last_scan_timestamp_seconds",
        "When the folder was last scanned.",
        [({"watch": w.name}, _seconds(w.last_scan_at)) for w in watches],
    )


def _account(survey: Survey) -> Iterator[Metric]:
    account = survey.status.account
    paused = account.get("paused")
    yield _gauge(
        "account_paused", "Whether the account is paused.", [({"code": paused or ""}, bool(paused))]
    )
    yield _gauge(
        "service_away", "Whether the service cannot be reached.", [({}, bool(account.get("away")))]
    )
    for name, text in (
        ("credits_used", "Credits used in this billing period."),
        ("credits_limit", "Credits of a billing period."),
        ("credits_left", "Credits left."),
    ):
        yield _gauge(name, text, [({}, account.get(name))])
    yield _gauge(
        "credits_used_up_timestamp_seconds",
        "When the credits are used up at the pace of the last week.",
        [({}, survey.credits_until)],
    )


def _exports(survey: Survey) -> Iterator[Metric]:
    exports = survey.status.exports
    yield _gauge(
        "export_succeeded_timestamp_seconds",
        "When the export last ended well.",
        [({"export": e.name}, survey.good_runs.get(e.name)) for e in exports],
    )
    yield _gauge(
        "export_next_timestamp_seconds",
        "When the export is next due.",
        [({"export": e.name}, _seconds(e.next_at)) for e in exports],
    )
    yield _gauge(
        "export_failed",
        "Whether the export's last run failed.",
        [({"export": e.name}, e.last_state == "failed") for e in exports],
    )


def _room(survey: Survey) -> Iterator[Metric]:
    status = survey.status
    yield _gauge(
        "free_bytes",
        "Free bytes on the disk of the output and of the state directory.",
        [({"place": "output"}, status.output["free"]), ({"place": "state"}, status.state["free"])],
    )
    yield _gauge("ledger_bytes", "Size of the ledger's file.", [({}, status.state["ledger"])])


def _gauge(name: str, text: str, samples: Iterable[Sample]) -> Metric:
    return _filled(GaugeMetricFamily, name, text, list(samples))


def _counter(name: str, text: str, samples: Iterable[Sample]) -> Metric:
    return _filled(CounterMetricFamily, name, text, list(samples))


def _filled(
    kind: type[GaugeMetricFamily | CounterMetricFamily],
    name: str,
    text: str,
    samples: list[Sample],
) -> Metric:
    """A family with its samples; what is not known has none."""
    labels = list(samples[0][0]) if samples else []
    family = kind(f"flexorchd_{name}", text, labels=labels)
    for values, number in samples:
        if number is not None:
            family.add_metric(list(values.values()), float(number))
    return family


def _seconds(moment: str | None) -> float | None:
    return None if moment is None else datetime.fromisoformat(moment).timestamp()
