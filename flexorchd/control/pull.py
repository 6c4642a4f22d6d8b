"""`flexorchd pull CONNECTOR_ID KEY…`: files out of connected storage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flexorchd.client import BatchUploadError
from flexorchd.control.answer import Answer
from flexorchd.ledger.accounts import SettingsRow
from flexorchd.parts import Parts
from flexorchd.pipeline.parcel import pipeline_config
from flexorchd.rules.naming import connector_key, connector_watch
from flexorchd.rules.polling import next_poll

SETTINGS = SettingsRow("und", mask_pii=True, mask_strategy="redact", document_type="auto")


def pull(parts: Parts, arguments: Mapping[str, Any]) -> Answer:
    """Have the service process objects of a connector, one request a key; keys that were taken stay so.

    After a crash the same request goes on with the keys that are left.
    """
    connector_id, keys = int(arguments["connector_id"]), list(arguments["keys"])
    memory = f"request.{arguments['request']}.taken"
    taken: list[str] = parts.ledger.memory.get(memory) or []
    refused: list[str] = []
    for key in keys:
        if key in taken:
            continue
        try:
            job_id = _ask(parts, connector_id, key)
        except BatchUploadError as error:
            refused.append(f"{key}: {next(iter(error.errors.values()))}")
            continue
        with parts.ledger.database.write():
            _record(parts, connector_id, key, job_id)
            taken.append(key)
            parts.ledger.memory.set(memory, taken)
    parts.ledger.memory.set(memory, None)
    parts.bells.ring("poll")
    lines = [f"{len(taken)} of {len(keys)} files are taken; results follow.", *refused]
    return Answer(1 if refused else 0, lines, {"taken": taken})


def _ask(parts: Parts, connector_id: int, key: str) -> str:
    jobs = parts.client_for("upload").documents.upload_from_connector(
        connector_id, [key], locale=SETTINGS.locale, pipeline_config=pipeline_config(SETTINGS)
    )
    return jobs[0].id


def _record(parts: Parts, connector_id: int, key: str, job_id: str) -> None:
    now = parts.clock.now()
    parts.ledger.pulls.taken(
        connector_watch(connector_id),
        connector_key(key),
        job_id,
        settings_id=parts.ledger.accounts.settings_id(SETTINGS),
        account_id=parts.account.id,
        now=now,
        poll_at=now + next_poll(0, unlimited=parts.account.unlimited),
    )
