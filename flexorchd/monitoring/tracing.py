"""Traces of each file's way, as OpenTelemetry spans; imported only where `OTEL_*` variables ask for them.

Spans are made from the ledger's own times once a delivery is committed, so that nothing is kept in memory
and a restart takes nothing away. They tell when and how, never what: no path and no content.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Status, StatusCode, set_span_in_context

from flexorchd import __version__
from flexorchd.ledger.journeys import Journey
from flexorchd.rules.journey import legs

FLUSH_SECONDS = 2.0
"""What a collector gets at the end to take what is left; one that is away must not hold up a stop."""


class Tracer:
    """Sends the spans of journeys to the collector that the environment names, in the background."""

    def __init__(self) -> None:
        ours = Resource.create({"service.name": "flexorchd", "service.version": __version__})
        self._provider = TracerProvider(
            # What the environment says of the service wins.
            resource=ours.merge(OTELResourceDetector().detect()),
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("flexorchd", __version__)

    def __call__(self, journeys: Iterable[Journey]) -> None:
        """Record one trace a journey."""
        for journey in journeys:
            self._record(journey)

    def _record(self, journey: Journey) -> None:
        way = list(legs(journey.passed))
        root = self._tracer.start_span(
            "document",
            context=Context(),
            attributes=dict(_attributes(journey)),
            start_time=_nanoseconds(journey.passed.found_at),
        )
        if journey.error_code is not None:
            root.set_status(Status(StatusCode.ERROR, journey.error_code))
        inside = set_span_in_context(root)
        for leg in way:
            span = self._tracer.start_span(
                leg.name, context=inside, start_time=_nanoseconds(leg.start)
            )
            span.end(_nanoseconds(leg.end))
        root.end(_nanoseconds(way[-1].end if way else journey.passed.found_at))

    def close(self) -> None:
        """Send what is left, as far as that goes quickly."""
        ending = threading.Thread(target=self._provider.shutdown, name="traces-end", daemon=True)
        ending.start()
        ending.join(FLUSH_SECONDS)


def _attributes(journey: Journey) -> Iterator[tuple[str, str | int]]:
    told: dict[str, str | int | None] = {
        "flexorchd.watch": journey.watch,
        "flexorchd.version_id": journey.version_id,
        "flexorchd.mode": journey.mode,
        "flexorchd.outcome": "delivered" if journey.error_code is None else "failed",
        "flexorchd.job_id": journey.job_id,
        "flexorchd.document_type": journey.document_type,
        "flexorchd.grade": journey.grade,
        "file.size": journey.size,
        "error.type": journey.error_code,
    }
    return ((key, value) for key, value in told.items() if value is not None)


def _nanoseconds(seconds: float) -> int:
    return int(seconds * 1e9)
