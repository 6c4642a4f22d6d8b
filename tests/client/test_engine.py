"""What only the embedded engine can show: connected folders, erasing, and faults on purpose."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from flexorchd.client import (
    BatchUploadError,
    FlexOrch,
    Job,
    NotFoundError,
    ServiceError,
    TransportError,
)
from tests.client.conftest import written
from tests.client.double import KEY
from tests.client.engines import running_engine


def test_files_of_a_connected_folder_become_jobs_in_the_order_of_their_keys(
    engine: str, shared: Path
) -> None:
    for name in ("b", "a"):
        written(shared / f"{name}.txt", name)
    with FlexOrch(KEY, engine) as client:
        connector = client.connectors.create("Shared", "folder", {"path": str(shared)})
        number = int(connector.id)
        assert client.connectors.test(number).success
        jobs = client.documents.upload_from_connector(number, ["b.txt", "a.txt"])
        names = [client.documents.get(job.document_id or "").filename for job in finished(jobs)]
        assert names == ["b.txt", "a.txt"]
        with pytest.raises(BatchUploadError) as caught:
            client.documents.upload_from_connector(number, ["a.txt", "missing.txt"])
        assert list(caught.value.errors) == [1]
        client.connectors.delete(number)


def finished(jobs: list) -> list:
    return [job.wait_until_done(timeout=60, poll_interval=0.05) for job in jobs]


def test_an_erased_document_is_gone(engine: str, tmp_path: Path) -> None:
    with FlexOrch(KEY, engine) as client:
        path = written(tmp_path / "erase.txt", "to be erased")
        (job,) = finished([client.documents.upload(path)])
        client.documents.delete(job.document_id or "")
        for ask in (client.documents.get, client.documents.delete):
            with pytest.raises(NotFoundError):
                ask(job.document_id or "")


def outcomes(client: FlexOrch, paths: list[Path]) -> tuple[list[Job | None], dict[int, Exception]]:
    try:
        return list(client.documents.upload_many(paths)), {}
    except BatchUploadError as error:
        return error.jobs, error.errors


def test_nothing_is_lost_or_doubled_on_a_bad_line(tmp_path: Path) -> None:
    """A file may stay in doubt when its second sending is lost too; then that is said of it."""
    chaos = {"lost": 0.3, "errors": 0.2, "seed": 7}
    paths = [written(tmp_path / f"{n}.txt", f"INV-{n}") for n in range(30)]
    with (
        running_engine(tmp_path, chaos=chaos) as address,
        FlexOrch(KEY, address, sleep=lambda seconds: None) as client,
    ):
        jobs, errors = outcomes(client, paths)
        documents = client.documents.list(1, 100).documents
    assert all(isinstance(e, ServiceError | TransportError) for e in errors.values())
    held = Counter(document.filename for document in documents)
    assert set(held.values()) == {1}
    known = {paths[i].name: job.id for i, job in enumerate(jobs) if job is not None}
    doubtful = {paths[index].name for index in errors}
    assert known.keys() | doubtful == {path.name for path in paths}
    told = {document.filename: document.job_id for document in documents}
    assert {name: told[name] for name in known} == known
    assert told.keys() - known.keys() <= doubtful
