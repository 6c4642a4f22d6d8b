"""Ask the daemon to act; without one, take its lock and run the same code."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path

import click

from flexorchd import log as logs
from flexorchd.cli.target import Target
from flexorchd.clock import SystemClock
from flexorchd.daemon import Daemon
from flexorchd.errors import LockError
from flexorchd.ledger.ledger import Ledger
from flexorchd.ledger.requests import Request
from flexorchd.parts import Parts
from flexorchd.state import LEDGER, is_locked, knock

LOOK_SECONDS = 0.05
STOPPED = "Stopped before it was done; the next `flexorchd run` does it."


def ask(target: Target, kind: str, arguments: Mapping[str, object]) -> int:
    """Leave a request, wait for its outcome, print it; the command's exit code."""
    answered = _answered(target, kind, arguments)
    if answered.finished_at is None:
        click.echo(STOPPED, err=True)
        return 1
    for line in answered.outcome["lines"]:
        click.echo(line, err=bool(answered.exit_code))
    return answered.exit_code or 0


def _answered(target: Target, kind: str, arguments: Mapping[str, object]) -> Request:
    directory = target.directory()
    if not is_locked(directory):
        with suppress(LockError):  # somebody was quicker
            return _act(target, kind, arguments)
    with closing(Ledger(directory / LEDGER)) as ledger:
        request_id = ledger.requests.ask(kind, arguments, SystemClock().now())
        while True:
            answered = _wait(ledger, directory, request_id)
            if answered.finished_at is not None:
                return answered
            # A daemon that has ended answers no more, and another command answers only its own request.
            with suppress(LockError):
                return _act_on(target, request_id)


def _wait(ledger: Ledger, directory: Path, request_id: int) -> Request:
    """The request once it is answered, or nobody is there any more who could."""
    while is_locked(directory):
        knock(directory)
        request = ledger.requests.get(request_id)
        if request.finished_at is not None:
            return request
        time.sleep(LOOK_SECONDS)
    return ledger.requests.get(request_id)


def _act(target: Target, kind: str, arguments: Mapping[str, object]) -> Request:
    with _parts(target) as parts:
        return _answer(parts, parts.ledger.requests.ask(kind, arguments, parts.clock.now()))


def _act_on(target: Target, request_id: int) -> Request:
    with _parts(target) as parts:
        return _answer(parts, request_id)


def _parts(target: Target) -> Parts:
    loaded = target.loaded()
    logs.set_up("warning", loaded.config.log.format)
    return Parts(loaded, SystemClock(), os.environ)


def _answer(parts: Parts, request_id: int) -> Request:
    Daemon(parts).answer(request_id)
    return parts.ledger.requests.get(request_id)
