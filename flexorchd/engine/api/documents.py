"""Documents: taken in, listed, processed once more, forgotten."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from flexorchd.engine.api.envelope import Answer, ApiError, invalid, listing, not_found
from flexorchd.engine.api.multipart import Form, read_form
from flexorchd.engine.api.operation import Operation, identifier
from flexorchd.engine.api.paging import Paging
from flexorchd.engine.api.pipeline import refuse_spent_trial, settings_of
from flexorchd.engine.api.views import document_view
from flexorchd.engine.connectors.storage import StorageError
from flexorchd.engine.datasets import Query
from flexorchd.engine.intake import Rejected
from flexorchd.engine.service import Engine
from flexorchd.engine.store.jobs import Accepted
from flexorchd.engine.store.rows import Document, Job

_LONGEST_FORM = 1024 * 1024
_MOST_DATASETS = 20


class Source(msgspec.Struct, frozen=True):
    """Files in connected storage."""

    connector_id: int | str
    keys: list[str]


class Reprocess(msgspec.Struct, frozen=True):
    """Options for another run; absent ones stay as they were."""

    pipeline_config: dict[str, Any] | None = None
    locale: str | None = None


_TEXT = {"type": "string"}
_SETTINGS = {"locale": _TEXT, "pipeline_config": _TEXT}
_SOURCE = {
    "type": "object",
    "required": ["connector_id", "keys"],
    "properties": {
        "connector_id": {"type": ["integer", "string"]},
        "keys": {"type": "array", "minItems": 1, "items": _TEXT},
    },
}
_UPLOADS = {
    "multipart/form-data": {
        "type": "object",
        "required": ["files"],
        "properties": _SETTINGS
        | {"files": {"type": "array", "items": _TEXT | {"format": "binary"}, "minItems": 1}},
    },
    "application/x-www-form-urlencoded": {
        "type": "object",
        "required": ["source"],
        "properties": _SETTINGS | {"source": _TEXT},
    },
    "application/json": {
        "type": "object",
        "required": ["source"],
        "properties": {"locale": _TEXT, "pipeline_config": {"type": "object"}, "source": _SOURCE},
    },
}


def routes(engine: Engine) -> list[Operation]:
    """The operations of this resource."""
    documents = _Documents(engine)
    return [
        Operation("POST", "/data-process/async", documents.upload, status=202, consumes=_UPLOADS),
        Operation("GET", "/documents", documents.page),
        Operation("GET", "/documents/{document_id}", documents.get),
        Operation("DELETE", "/documents/{document_id}", documents.forget),
        Operation("POST", "/documents/{document_id}/reprocess", documents.reprocess, status=202),
    ]


class _Documents:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._store = engine.store
        self._chance = random.Random(engine.settings.chaos.seed)  # noqa: S311 - not for secrets

    async def upload(self, request: Request) -> Answer:
        """Take documents in and queue them.

        Multipart with one or many parts named ``files``, or for files in connected storage a
        form field or JSON key ``source``. Further fields: ``locale``, ``pipeline_config``.
        """
        refuse_spent_trial(self._engine.intake.trial_days_left())
        content_type = request.headers.get("content-type", "")
        if content_type.startswith("multipart/form-data"):
            most = self._engine.plan.max_file_bytes
            incoming = self._store.originals.incoming
            async with read_form(request.stream(), content_type, incoming, most) as form:
                return await run_in_threadpool(self._take_files, form)
        values = _values(content_type, await _short_body(request))
        return await run_in_threadpool(self._take_from_connector, values)

    def page(self, query: Paging) -> Answer:
        """List documents, newest first."""
        documents, total = self._store.documents.page(query.size, query.start)
        jobs = self._jobs_of(documents)
        views = [document_view(document, jobs[document.id], ()) for document in documents]
        return listing(views, total, query.number, query.size)

    def get(self, document_id: int) -> Answer:
        """Show a document with its history and its datasets."""
        document = self._document(document_id)
        datasets, _ = self._engine.datasets.page(Query(document_id=document_id), _MOST_DATASETS, 0)
        jobs = self._jobs_of([document])[document_id]
        return Answer(document_view(document, jobs, datasets))

    def forget(self, document_id: int) -> Answer:
        """Erase a document: its bytes, jobs, executions, records, text and index entries."""
        if not self._store.documents.forget(document_id):
            raise _unknown(document_id)
        return Answer({"deleted": True, "id": document_id})

    def reprocess(self, document_id: int, body: Reprocess) -> Answer:
        """Queue a document once more, with other options if they are given."""
        refuse_spent_trial(self._engine.intake.trial_days_left())
        document = self._document(document_id)
        if not document.has_original:
            raise ApiError(
                400,
                "DOCUMENT_FILE_NOT_AVAILABLE",
                "The uploaded file is no longer kept. Upload the document again.",
            )
        newest = self._jobs_of([document])[document_id][0]
        settings = settings_of(body.locale, body.pipeline_config, newest.settings)
        job_id = self._engine.intake.reprocess(document_id, settings)
        if job_id is None:
            raise _QUOTA
        data = {
            "job_id": job_id,
            "job_type": "data_process",
            "status": "queued",
            "document_id": document_id,
        }
        return Answer(data, 202, {"poll": f"/v1/jobs/{job_id}"})

    def _take_files(self, form: Form) -> Answer:
        if not form.files:
            if "source" in form.fields:
                return self._take_from_connector(form.fields)
            raise ApiError(
                400, "MISSING_INPUT", "Send the documents as multipart parts named 'files'."
            )
        settings = settings_of(form.fields.get("locale"), form.fields.get("pipeline_config"))
        unlucky = [self._chance.random() < self._engine.settings.chaos.rejects for _ in form.files]
        lucky = [f for f, out in zip(form.files, unlucky, strict=True) if not out]
        answers = iter(self._engine.intake.take(lucky, settings))
        return _taken(
            [
                (file.filename, _unlucky(file.filename) if out else next(answers))
                for file, out in zip(form.files, unlucky, strict=True)
            ]
        )

    def _take_from_connector(self, values: dict[str, Any]) -> Answer:
        source = _source(values.get("source"))
        number = identifier("connector_id", str(source.connector_id))
        connector = self._store.connectors.get(number)
        if connector is None:
            raise not_found("connector", number)
        settings = settings_of(values.get("locale"), values.get("pipeline_config"))
        try:
            answers = self._engine.syncs.take(connector, source.keys, settings)
        except StorageError as error:
            raise invalid(str(error)) from error
        return _taken(list(zip(source.keys, answers, strict=True)))

    def _document(self, document_id: int) -> Document:
        document = self._store.documents.get(document_id)
        if document is None:
            raise _unknown(document_id)
        return document

    def _jobs_of(self, documents: Sequence[Document]) -> dict[int, list[Job]]:
        found: dict[int, list[Job]] = defaultdict(list)
        for job in self._store.jobs.of_documents([document.id for document in documents]):
            found[job.document_id or 0].append(job)
        return found


_QUOTA = ApiError(
    402,
    "QUOTA_EXCEEDED",
    "The plan's credits are used up. Wait for the next period, or change [engine] plan.",
)


def _unknown(document_id: int) -> ApiError:
    return ApiError(
        404,
        "DOCUMENT_NOT_FOUND",
        f"There is no document {document_id}; see the list for those there are.",
    )


def _unlucky(filename: str) -> Rejected:
    return Rejected(filename, "PROCESSING_FAILED", 422, "Refused on purpose (chaos). Try again.")


def _taken(answers: Sequence[tuple[str, Accepted | Rejected]]) -> Answer:
    """202 if anything was accepted, else the error of what was refused."""
    rejected = [
        {"filename": name, "error": answer.error, "code": answer.code}
        for name, answer in answers
        if isinstance(answer, Rejected)
    ]
    jobs = [_job(name, answer) for name, answer in answers if isinstance(answer, Accepted)]
    if jobs:
        return Answer({"accepted": len(jobs), "rejected": rejected, "jobs": jobs}, 202)
    first = next(answer for _, answer in answers if isinstance(answer, Rejected))
    raise ApiError(first.status, first.code, first.error, extra={"rejected": rejected})


def _job(filename: str, accepted: Accepted) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "filename": filename,
        "job_id": accepted.job_id,
        "status": accepted.status,
        "document_id": accepted.document_id,
        "is_duplicate": accepted.is_duplicate,
    }
    if accepted.is_duplicate:
        entry |= {
            "existing_job_id": accepted.job_id,
            "existing_document_id": accepted.document_id,
        }
    return entry


def _source(value: Any) -> Source:
    if value is None:
        raise ApiError(400, "MISSING_INPUT", "Send documents as 'files', or name a 'source'.")
    try:
        raw = msgspec.json.decode(value) if isinstance(value, str) else value
        source = msgspec.convert(raw, type=Source)
    except msgspec.DecodeError as error:
        raise invalid("source must be {connector_id, keys: [text, …]}.") from error
    if not source.keys:
        raise invalid("source.keys names no file.")
    return source


def _values(content_type: str, body: bytes) -> dict[str, Any]:
    """The values of a JSON object or of an urlencoded form."""
    if content_type.startswith("application/x-www-form-urlencoded"):
        return {name: last[-1] for name, last in parse_qs(body.decode("utf-8", "replace")).items()}
    if not body.strip():
        return {}
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise invalid("The request's body is neither a form nor a JSON object.", 400) from error


async def _short_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_FORM:
            raise ApiError(413, "VALIDATION_ERROR", "The request is larger than 1 MB.")
    return bytes(body)
