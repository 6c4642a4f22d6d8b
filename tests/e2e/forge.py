"""A warm process that runs flexorchd in its forks: a real process each, without the wait for imports.

It takes orders as JSON lines on standard input, and answers each with the child's process id, then with its
exit code.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any

WARM = (
    "flexorchd.cli.run",
    "flexorchd.cli.act",
    "flexorchd.cli.status",
    "flexorchd.watch.observer",
)


def main() -> None:
    for module in WARM:
        import_module(module)
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            os._exit(run(order))
        _tell(child)
        _, status = os.waitpid(child, 0)
        _tell(os.waitstatus_to_exitcode(status))


def _tell(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def run(order: dict[str, Any]) -> int:
    """Be flexorchd; in the child."""
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(os.open(order["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
    os.dup2(os.open(order["err"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 2)
    os.chdir(order["cwd"])
    os.environ.update(order["env"])
    sys.argv = ["flexorchd", *order["argv"]]
    try:
        return _run(order)
    except BaseException:  # noqa: BLE001  a fork must never return into the forge
        traceback.print_exc()
        return 99
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _run(order: dict[str, Any]) -> int:
    from flexorchd.cli.main import ended, flexorchd
    from tests.e2e.crash import arm
    from tests.e2e.hurry import hurry, shift_clock

    hurry()
    shift_clock(order["clock"])
    record = Path(order["record"]) if order["record"] else None
    if record is not None or order["end_at"]:
        arm(record, tuple(order["end_at"]) if order["end_at"] else None)
    return ended(lambda: flexorchd.main(standalone_mode=False))


if __name__ == "__main__":
    main()
