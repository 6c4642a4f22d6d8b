"""Documents: listed, looked for after a lost answer, processed again, deleted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from flexorchd.client.dialects import DOCUMENT, JOB
from flexorchd.client.models import Document, DocumentPage
from flexorchd.client.operations.deletion import remove
from flexorchd.client.operations.listing import PAGE_SIZE, Walk, listing
from flexorchd.client.reading import Body
from flexorchd.client.wire import Answer, Call, Repeat, Steps, path

Candidates = dict[str, dict[str, Document]]
"""Documents by file name, then by id."""


def get(document_id: str) -> Steps[Document]:
    """One document, with its processing history."""
    answer = yield Call("documents.get", "GET", path("documents", document_id))
    return read(answer.call, answer.data)


def page(number: int, page_size: int, delay: float = 0.0) -> Steps[DocumentPage]:
    """One page of documents, newest first."""
    answer = yield _page_call(number, page_size, delay)
    return _read_page(answer)


def reprocess(document_id: str, pipeline_config: Mapping[str, Any] | None) -> Steps[str]:
    """Process a known document again; the new job's id."""
    answer = yield Call(
        "documents.reprocess",
        "POST",
        path("documents", document_id, "reprocess"),
        repeat=Repeat.UNTAKEN,
        json={} if pipeline_config is None else {"pipeline_config": dict(pipeline_config)},
    )
    body = Body(answer.call, answer.data, JOB)
    return body.require("id", body.identity("id"))


def delete(document_id: str) -> Steps[None]:
    """Delete a document. The hosted service is not known to offer it; the embedded engine does."""
    call = Call("documents.delete", "DELETE", path("documents", document_id))
    yield from remove(call, get(document_id))


def candidates(
    names: Collection[str], since: Callable[[Answer], datetime], delay: float = 0.0
) -> Steps[Candidates]:
    """The documents of these names that are not older than `since`.

    Args:
        names: as they were sent.
        since: the earliest time by the service's clock, which the first page's answer tells.
        delay: seconds to wait before looking.
    """
    found: Candidates = {name: {} for name in names}
    earliest: datetime | None = None
    walk = Walk()
    while not walk.is_over:
        answer = yield _page_call(walk.number, PAGE_SIZE, delay if walk.number == 1 else 0.0)
        earliest = earliest or since(answer)
        page = _read_page(answer)
        for document in walk.step(page.documents, page.total):
            if document.filename in found and not _is_older(document, earliest):
                found[document.filename][document.id] = document
        if page.documents and _is_older(page.documents[-1], earliest):
            break
    return found


def find(names: Collection[str], since: datetime) -> Steps[dict[str, Document]]:
    """The one document of each name since then; a name with none or several is left out."""
    found = yield from candidates(names, lambda _: since)
    return {
        name: document
        for name, documents in found.items()
        if len(documents) == 1
        for document in documents.values()
        if document.created_at is not None
    }


def find_jobs(names: Collection[str], since: datetime) -> Steps[dict[str, str]]:
    """The job of the one document of each name since then."""
    jobs = {}
    for name, document in (yield from find(names, since)).items():
        job_id = yield from job_of(document)
        if job_id is not None:
            jobs[name] = job_id
    return jobs


def job_of(document: Document) -> Steps[str | None]:
    """The job that processed a document newly uploaded; lists may not tell it."""
    return document.job_id or (yield from get(document.id)).job_id


def read(call: str, data: Any) -> Document:
    """A document from its object."""
    body = Body(call, data, DOCUMENT)
    more = body.beyond
    return Document(
        id=body.require("id", body.identity("id")),
        filename=body.text("filename") or "",
        status=more.text("status"),
        created_at=more.moment("created"),
        job_id=more.identity("job"),
        raw=body.raw,
    )


def _page_call(number: int, page_size: int, delay: float) -> Call:
    params = {"page": number, "page_size": page_size}
    return Call("documents.list", "GET", "/documents", params=params, delay=delay)


def _read_page(answer: Answer) -> DocumentPage:
    page = listing(answer)
    return DocumentPage(tuple(read(answer.call, item) for item in page.items), page.total)


def _is_older(document: Document, earliest: datetime) -> bool:
    """A document that does not say when it came may be the one that is looked for."""
    return document.created_at is not None and document.created_at < earliest
