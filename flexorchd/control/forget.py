"""`flexorchd forget`: erase what was taken in, everywhere that can be reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flexorchd.client import FlexOrchError, NotFoundError
from flexorchd.control.answer import Answer
from flexorchd.exports.assemble import kept_rows
from flexorchd.insight.words import many
from flexorchd.ledger import upkeep
from flexorchd.parts import Parts
from flexorchd.rules.naming import display


def forget(parts: Parts, arguments: Mapping[str, Any]) -> Answer:
    """Erase files by their content: results, the engine's data, and what the ledger knows.

    Args:
        parts: what to act on.
        arguments: ``file_ids``, chosen by the command; ``remote`` to delete the service's datasets too.
    """
    files = parts.ledger.search.by_ids(arguments["file_ids"])
    hashes = {file.sha256 for file in files if file.sha256 is not None}
    remains = parts.ledger.forgetting.remains(hashes, [file.id for file in files])
    if remains.busy:
        return Answer(
            1, [f"{remains.busy} of them are being processed; try again when they are done."]
        )
    lines = [*_remote(parts, remains.job_ids, datasets=bool(arguments.get("remote")))]
    lines += [
        f"still in the dataset {parts.output.root / 'datasets' / run.export / run.folder}"
        for run in (
            parts.ledger.exports.runs_holding(remains.document_ids) if remains.document_ids else ()
        )
    ]
    for path in remains.outputs:
        parts.output.remove(path)
    for account in parts.ledger.accounts.all():
        for job_id in remains.job_ids:
            kept_rows(parts.state.rows, account.id, job_id).unlink(missing_ok=True)
    if not parts.ledger.forgetting.erase(remains, hashes, parts.clock.now()):
        lines.append("still in the ledger's log, which somebody reads: forget it once more")
    upkeep.drop_copies(parts.state.backups)
    lines += [
        f"still in {path}, which was set aside" for path in upkeep.damaged(parts.state.ledger)
    ]
    parts.ledger.memory.set("backed_up_at", None)
    parts.bells.ring("upkeep")
    names = [f"{file.watch}/{display(file.path)}" for file in files]
    facts = {"forgotten": names, "results": [display(path) for path in remains.outputs]}
    number = len(remains.file_ids)
    forgotten = f"{many(number, 'file')} {'is' if number == 1 else 'are'} forgotten."
    return Answer(0, [forgotten, *lines], facts)


def _remote(parts: Parts, job_ids: Sequence[str], *, datasets: bool) -> Iterable[str]:
    """Erase at the engine, or delete the service's dataset copies; what could not be is told."""
    client = parts.client_for("account")
    for job_id in job_ids:
        try:
            job = client.jobs.get(job_id)
            if datasets:
                for dataset in client.datasets.list(job_id=job_id):
                    client.datasets.delete(dataset.id)
            if parts.engine is not None and job.document_id is not None:
                client.documents.delete(job.document_id)
        except NotFoundError:
            continue
        except FlexOrchError as error:
            yield f"job {job_id}: the service keeps what it has ({error})"
