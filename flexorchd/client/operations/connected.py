"""Files out of connected storage."""

from __future__ import annotations

import json

from flexorchd.client.errors import UnexpectedAnswerError
from flexorchd.client.memory import Memory
from flexorchd.client.models import Accepted
from flexorchd.client.operations.assignment import assign
from flexorchd.client.operations.uploads import PATH, Settings
from flexorchd.client.wire import Call, Repeat, Steps, wire_id

NAME = "documents.upload_from_connector"


def pull(memory: Memory, connector_id: int | str, key: str, settings: Settings) -> Steps[Accepted]:
    """Process one object of a connector's storage.

    L takes a form with one key; D takes JSON, and is given one key as well, so that each key has
    an answer of its own.
    """
    source = {"connector_id": wire_id(connector_id), "keys": [key]}
    config = settings.pipeline_config
    body = {"source": source, "locale": settings.locale}
    answer = yield from memory.speak(
        "connector",
        first=Call(
            NAME,
            "POST",
            PATH,
            repeat=Repeat.UNTAKEN,
            form={**settings.form(), "source": json.dumps(source)},
        ),
        second=Call(
            NAME,
            "POST",
            PATH,
            repeat=Repeat.UNTAKEN,
            json=body if config is None else {**body, "pipeline_config": dict(config)},
        ),
    )
    submission = assign([key], answer)
    if 0 in submission.refused:
        raise submission.refused[0]
    if 0 not in submission.accepted:
        raise UnexpectedAnswerError(NAME, "the answer does not say what became of the key")
    memory.meet(submission.accepted[0].job_id)
    return submission.accepted[0]
