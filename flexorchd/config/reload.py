"""What a running daemon can take over of a configuration that was read again."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from flexorchd.config.models import Config

NEEDS_RESTART = ("state_dir", "api", "output", "web", "webhook", "engine")
"""What cannot change while a daemon runs."""


def in_force(running: Config, read: Config) -> tuple[Config, list[str]]:
    """The configuration to go on with, and the changed keys that take a restart."""
    fixed = {section: getattr(running, section) for section in NEEDS_RESTART}
    waiting = [
        key
        for section in NEEDS_RESTART
        for key in _differing(section, fixed[section], getattr(read, section))
    ]
    return read.model_copy(update=fixed), waiting


def _differing(name: str, before: object, now: object) -> Iterator[str]:
    if before == now:
        return
    if not isinstance(before, BaseModel):
        yield name
        return
    for field in type(before).model_fields:
        yield from _differing(f"{name}.{field}", getattr(before, field), getattr(now, field))
