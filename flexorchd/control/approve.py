"""`flexorchd approve WATCH`: release what a backlog holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flexorchd.control.answer import Answer
from flexorchd.parts import Parts


def approve(parts: Parts, arguments: Mapping[str, Any]) -> Answer:
    """Release all files that the watch has gathered until now."""
    name = arguments["watch"]
    watch = parts.ledger.watches.get(name)
    if watch is None or not watch.active:
        known = ", ".join(w.name for w in parts.ledger.watches.all() if w.active) or "none"
        return Answer(2, [f"There is no watch {name}. The watches are: {known}."])
    files = parts.ledger.watches.approve(watch.id, parts.clock.now())
    parts.bells.ring("upload")
    return Answer(0, [f"{name}: {files} waiting files are released."], {"files": files})
