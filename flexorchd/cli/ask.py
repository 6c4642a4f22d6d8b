"""Ask the daemon to act; without one, take its lock and run the same code."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

import click

from flexorchd import log as logs
from flexorchd.cli.target import Target
from flexorchd.clock import SystemClock
from flexorchd.daemon import Daemon
from flexorchd.ledger.ledger import Ledger
from flexorchd.ledger.requests import Request
from flexorchd.parts import Parts
from flexorchd.state import LEDGER, is_locked, knock

LOOK_SECONDS = 0.05


def ask(target: Target, kind: str, arguments: Mapping[str, object]) -> int:
    """Leave a request, wait for its outcome, print it; the command's exit code."""
    directory = target.directory()
    if is_locked(directory):
        answered = _ask_daemon(directory, kind, arguments)
    else:
        answered = _act(target, kind, arguments)
    outcome = answered.outcome or {"lines": []}
    for line in outcome["lines"]:
        click.echo(line, err=bool(answered.exit_code))
    return answered.exit_code or 0


def _ask_daemon(directory: Path, kind: str, arguments: Mapping[str, object]) -> Request:
    ledger = Ledger(directory / LEDGER)
    try:
        request_id = ledger.requests.ask(kind, arguments, SystemClock().now())
        while True:
            knock(directory)
            request = ledger.requests.get(request_id)
            if request.finished_at is not None:
                return request
            time.sleep(LOOK_SECONDS)
    finally:
        ledger.close()


def _act(target: Target, kind: str, arguments: Mapping[str, object]) -> Request:
    loaded = target.loaded()
    logs.set_up("warning", loaded.config.log.format)
    with Parts(loaded, SystemClock(), os.environ) as parts:
        request_id = parts.ledger.requests.ask(kind, arguments, parts.clock.now())
        Daemon(parts).answer(request_id)
        return parts.ledger.requests.get(request_id)
