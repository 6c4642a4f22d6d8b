"""Hooks: the commands of routes, run with the path of a result or failure, at least once each.

No shell, no secret in the environment, a time limit, and what a command says goes to the log.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence

import structlog

from flexorchd.clock import Clock
from flexorchd.ledger.hooks import Hook
from flexorchd.ledger.ledger import Ledger
from flexorchd.output import Output
from flexorchd.rules import retry
from flexorchd.rules.routing import Route

log = structlog.get_logger()

AT_ONCE = 20
GIVE_UP_AFTER = 10
LONGEST_SAYING = 4000


class HookStage:
    """Runs what is owed.

    Args:
        ledger: the queue.
        output: where results lie.
        routes: the configured routes.
        environment: what commands inherit.
        clock: the time.
        jitter: a number in [0, 1) that spreads retries.
    """

    name = "hooks"

    def __init__(
        self,
        ledger: Ledger,
        output: Output,
        routes: Callable[[], Sequence[Route]],
        environment: Mapping[str, str],
        clock: Clock,
        jitter: Callable[[], float],
    ) -> None:
        self._ledger = ledger
        self._output = output
        self._routes = routes
        self._environment = environment
        self._clock = clock
        self._jitter = jitter

    def step(self) -> float | None:
        """Run what is due."""
        now = self._clock.now()
        due = self._ledger.hooks.due(now, AT_ONCE)
        routes = {route.name: route for route in self._routes() if route.command}
        for hook in due:
            self._run(hook, routes.get(hook.route))
        if due:
            return 0
        next_due = self._ledger.hooks.next_due()
        return None if next_due is None else max(next_due - now, 0.0)

    def _run(self, hook: Hook, route: Route | None) -> None:
        if route is None or route.command is None:
            self._ledger.hooks.done(hook)
            return
        path = os.fsdecode(self._output.location(hook.output_path))
        failure = run_command([*route.command, path], route.timeout, self._environment, route.name)
        if failure is None:
            self._ledger.hooks.done(hook)
            return
        given_up = hook.attempt + 1 >= GIVE_UP_AFTER
        pause = retry.pause(hook.attempt, self._jitter())
        self._ledger.hooks.postpone(hook, None if given_up else self._clock.now() + pause)
        log.warning(
            "hook.failed",
            route=route.name,
            path=path,
            reason=failure,
            attempt=hook.attempt + 1,
            given_up=given_up,
        )


def run_command(
    command: Sequence[str], timeout: float, environment: Mapping[str, str], route: str
) -> str | None:
    """Run a command to its end; None when it succeeded, else why not.

    Args:
        command: program and arguments.
        timeout: seconds.
        environment: all that it inherits.
        route: for the log.
    """
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"it did not end within {timeout:g} seconds"
    except OSError as error:
        return f"{command[0]}: {error.strerror}"
    said = done.stdout.decode(errors="replace").strip()
    if said:
        log.info("hook.said", route=route, output=said[:LONGEST_SAYING])
    return None if done.returncode == 0 else f"exit code {done.returncode}"
