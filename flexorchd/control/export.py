"""`flexorchd export NAME`: run one export now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flexorchd.control.answer import Answer
from flexorchd.exports.stage import ExportStage
from flexorchd.ledger.exports import Run
from flexorchd.parts import Parts


def exporter(stage: ExportStage) -> Callable[[Parts, Mapping[str, Any]], Answer | None]:
    """The handler that starts a run on `stage` and answers once it has ended."""

    def export(parts: Parts, arguments: Mapping[str, Any]) -> Answer | None:
        name = arguments["name"]
        if name not in {export.name for export in parts.config.exports}:
            known = ", ".join(e.name for e in parts.config.exports) or "none"
            return Answer(2, [f"There is no export {name}. The exports are: {known}."])
        key = f"request.{arguments['request']}.run"
        run_id = parts.ledger.memory.get(key)
        if run_id is None:
            with parts.ledger.database.write():
                parts.ledger.memory.set(key, stage.start(name).id)
            parts.bells.ring("exports")
            return None
        run = parts.ledger.exports.get(run_id)
        if run.state == "started":
            return None
        parts.ledger.memory.set(key, None)
        return _told(parts, run)

    return export


def _told(parts: Parts, run: Run) -> Answer:
    facts = {"export": run.export, "state": run.state, "records": run.records}
    if run.state == "empty":
        return Answer(0, [f"{run.export}: nothing new to export."], facts)
    if run.state == "failed":
        return Answer(1, [f"{run.export}: {run.error_message} ({run.error_code})"], facts)
    folder = parts.output.root / "datasets" / run.export / run.folder
    line = f"{run.export}: {run.records} records in {folder}"
    return Answer(0, [line], {**facts, "folder": str(folder)})
