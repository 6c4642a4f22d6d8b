"""The same rules with shorter pauses, so that a test need not wait for minutes."""

from __future__ import annotations

import time
from importlib import import_module

CONSTANTS = {
    "flexorchd.rules.retry": {"SHORTEST_PAUSE": 0.05},
    "flexorchd.rules.polling": {"PAID_FIRST": 0.02, "PAID_LONGEST": 0.2},
    "flexorchd.pipeline.upload": {"LOOK_AGAIN_AFTER": 1.5},
    "flexorchd.pipeline.deliver": {"DETAILS_PAUSE": 0.2, "LONGEST_HOLD": 0.2},
    "flexorchd.pipeline.account_watch": {"AWAY_LOOK_EVERY": 0.1, "LOOK_EVERY": 2.0},
    "flexorchd.pipeline.stage": {"IDLE_SECONDS": 1.0, "FIRST_PAUSE": 0.1, "LONGEST_PAUSE": 1.0},
    "flexorchd.watch.watcher": {"CHECK_SECONDS": 0.2, "SILENT_SECONDS": 2.0},
    "flexorchd.pipeline.output_watch": {"LOOK_EVERY": 0.3, "SILENT_SECONDS": 2.0},
    "flexorchd.pipeline.settle": {"AWAIT_ROOM": 0.3},
    "flexorchd.pipeline.upkeep": {"LOOK_EVERY": 0.3},
    "flexorchd.pipeline.parcel": {"READ_SECONDS": 2.0},
    "flexorchd.once": {"AWAY_SECONDS": 3.0, "SETTLE_SECONDS": 2.0},
    "flexorchd.exports.run": {"POLL_SECONDS": 0.05},
}


def hurry() -> None:
    """Shorten the pauses of this process."""
    for module, constants in CONSTANTS.items():
        loaded = import_module(module)
        for name, value in constants.items():
            assert hasattr(loaded, name), f"{module} has no {name}"
            setattr(loaded, name, value)


def shift_clock(seconds: float) -> None:
    """Let this process live at another time."""
    from flexorchd.clock import SystemClock

    SystemClock.now = lambda self: time.time() + seconds  # type: ignore[method-assign]
