"""Whether traces are wanted: the standard environment of OpenTelemetry says so, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack

import structlog

from flexorchd.extras import lacking
from flexorchd.ledger.journeys import Journey

log = structlog.get_logger()

Trace = Callable[[Sequence[Journey]], None]

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")


def traces_wanted(environment: Mapping[str, str]) -> bool:
    """Whether the environment names a collector, or the exporter, and turns nothing off."""
    if environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    exporter = environment.get("OTEL_TRACES_EXPORTER", "").strip()
    if exporter:
        return "otlp" in exporter.split(",")
    return any(environment.get(name) for name in _ENDPOINTS)


def tracer(environment: Mapping[str, str], closing: ExitStack) -> Trace | None:
    """What records traces, closed with `closing`; None where there are to be none."""
    if not traces_wanted(environment):
        return None
    if missing := lacking("otel"):
        log.warning("traces.not_installed", missing=missing, remedy="pip install 'flexorchd[otel]'")
        return None
    from flexorchd.monitoring.tracing import Tracer

    one = Tracer()
    closing.callback(one.close)
    return one
