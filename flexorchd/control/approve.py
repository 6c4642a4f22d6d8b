"""`flexorchd approve WATCH`: release what a backlog holds, or accept what lies at a mount's place now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flexorchd.control.answer import Answer
from flexorchd.ledger.watches import WatchRow
from flexorchd.parts import Parts
from flexorchd.rules import retry
from flexorchd.rules.naming import display


def approve(parts: Parts, arguments: Mapping[str, Any]) -> Answer:
    """Lift the hold of a watch, where that is a person's to lift."""
    name = arguments["watch"]
    watch = parts.ledger.watches.get(name)
    if watch is None or not watch.active:
        known = ", ".join(w.name for w in parts.ledger.watches.all() if w.active) or "none"
        return Answer(2, [f"There is no watch {name}. The watches are: {known}."])
    if watch.hold_code in (None, "MAX_BACKLOG"):
        return _release_backlog(parts, watch)
    if watch.hold_code == "MOUNT_MISSING":
        return _accept_place(parts, watch)
    remedy = retry.remedy(watch.hold_code, name)
    return Answer(
        1, [f"{name} stays held, for that cannot be approved: {watch.hold_message}", remedy]
    )


def _release_backlog(parts: Parts, watch: WatchRow) -> Answer:
    files = parts.ledger.watches.approve(watch.id, parts.clock.now())
    parts.bells.ring("upload")
    return Answer(0, [f"{watch.name}: {files} waiting files are released."], {"files": files})


def _accept_place(parts: Parts, watch: WatchRow) -> Answer:
    """No file is released by it: a backlog on the new disk is still held."""
    parts.ledger.watches.accept_place(watch.id)
    folder = display(watch.root)
    return Answer(0, [f"{watch.name}: what lies at {folder} now is watched."], {"files": 0})
