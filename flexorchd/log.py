"""Logs: events with fixed keys, readable on a terminal, JSON elsewhere; no secret ever."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Collection, MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor

_SECRET = re.compile(r"\b(dfx|fx)_[A-Za-z0-9_\-]{6,}")
_HIDDEN = r"\1_…"
_untold: set[str] = set()
_WALL_CLOCK = "%Y-%m-%d %H:%M:%S"


def never_tell(secret: str) -> None:
    """From now on this is in no line, whatever it looks like."""
    if secret:
        _untold.add(secret)


def hidden(line: str) -> str:
    """A line without anything that is, or looks like, an API key."""
    for secret in tuple(_untold):
        line = line.replace(secret, "…")
    return _SECRET.sub(_HIDDEN, line)


def hide_secrets(logger: object, method: str, line: Any) -> str:
    """A structlog processor, after the renderer: whatever a line is made of, no key leaves in it."""
    del logger, method
    return hidden(line)


class _Hiding(logging.Formatter):
    """The same for what libraries log."""

    def format(self, record: logging.LogRecord) -> str:
        return hidden(super().format(record))


def without(events: Collection[str]) -> Processor:
    """A structlog processor: these events are told elsewhere."""

    def drop(
        logger: object, method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        del logger, method
        if event.get("event") in events:
            raise structlog.DropEvent
        return event

    return drop


def set_up(level: str, form: str, *, untold: Collection[str] = ()) -> None:
    """Send structlog's events and the libraries' warnings to standard error.

    Args:
        level: ``debug``, ``info``, ``warning`` or ``error``.
        form: ``json``, ``console``, or ``auto``: console on a terminal, JSON elsewhere.
        untold: events that are told elsewhere, and not here.
    """
    on_terminal = sys.stderr.isatty()
    as_text = form == "console" or (form == "auto" and on_terminal)
    renderer: Any = (
        structlog.dev.ConsoleRenderer(
            colors=on_terminal,
            pad_event_to=24,
            exception_formatter=structlog.dev.plain_traceback,
        )
        if as_text
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    # Never with local variables: they hold keys and text of documents.
    as_dicts = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    traceback: list[Any] = [] if as_text else [structlog.processors.ExceptionRenderer(as_dicts)]
    structlog.configure(
        processors=[
            without(untold),
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(
                fmt=_WALL_CLOCK if as_text else "iso", utc=not as_text
            ),
            *traceback,
            renderer,
            hide_secrets,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        # Asked for anew each time: a progress bar puts its own stream in this place. A line is one write, so
        # that those of two threads, or of two processes on one journal, do not mix.
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Hiding("%(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
