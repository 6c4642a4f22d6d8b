"""A dataset's content, in one of the service's formats."""

from __future__ import annotations

from flexorchd.client.dialects import FORMATS
from flexorchd.client.memory import Memory
from flexorchd.client.wire import Call, Sink, Steps, path


def wire_format(name: str) -> str:
    """The service's name of a format.

    Raises:
        ValueError: there is no such format.
    """
    if name not in FORMATS:
        raise ValueError(f"format must be one of {', '.join(FORMATS)}; it is {name!r}")
    return FORMATS[name]


def export(
    memory: Memory, dataset_id: str, wire_name: str, sink: Sink, min_quality: str | None = None
) -> Steps[int]:
    """Pour a dataset into a sink; the number of bytes."""
    wanted: dict[str, str | int] = {"min_quality": min_quality} if min_quality else {}
    answer = yield from memory.speak(
        "export",
        first=Call(
            "datasets.export",
            "GET",
            path("datasets", dataset_id, "export", wire_name),
            params=wanted,
            sink=sink,
        ),
        second=Call(
            "datasets.export",
            "GET",
            path("datasets", dataset_id, "export"),
            params={"format": wire_name, **wanted},
            sink=sink,
        ),
    )
    return answer.size
