"""Uploads: streamed, in order, and never paid for twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from flexorchd.client import (
    BatchUploadError,
    FileTooLargeError,
    FlexOrch,
    FlexOrchError,
    QuotaExceededError,
    TransportError,
    UnexpectedAnswerError,
    Upload,
)
from tests.client.conftest import client_of, written
from tests.client.double import Double, files_of

Handler = Callable[[httpx.Request], httpx.Response]


class Script:
    """A double whose uploads go wrong in a scripted way, one after the other."""

    def __init__(self, double: Double, *faults: Callable[[Handler, httpx.Request], httpx.Response]):
        self.double = double
        self.faults = list(faults)
        self.slept: list[float] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        if request.method == "POST" and self.faults:
            return self.faults.pop(0)(self.double, request)
        return self.double(request)

    def client(self, **options: object) -> FlexOrch:
        return client_of(self, sleep=self.slept.append, **options)

    @property
    def uploads(self) -> int:
        return sum(request.method == "POST" for request in self.double.requests)


def taken_and_lost(handler: Handler, request: httpx.Request) -> httpx.Response:
    handler(request)
    raise httpx.ReadError("lost")


def taken_and_garbled(handler: Handler, request: httpx.Request) -> httpx.Response:
    handler(request)
    return httpx.Response(202, text="<html>")


def taken_and_failed(handler: Handler, request: httpx.Request) -> httpx.Response:
    handler(request)
    return httpx.Response(504)


def lost(handler: Handler, request: httpx.Request) -> httpx.Response:
    raise httpx.ReadError("lost on the way there")


def refused_connection(handler: Handler, request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody there")


def limited(handler: Handler, request: httpx.Request) -> httpx.Response:
    return httpx.Response(429, headers={"Retry-After": "5"})


@pytest.mark.parametrize("fault", [taken_and_lost, taken_and_garbled, taken_and_failed])
@pytest.mark.parametrize("dialect", ["L", "D"])
def test_a_lost_answer_is_found_and_nothing_is_sent_again(
    fault: Callable[[Handler, httpx.Request], httpx.Response], dialect: str, invoice: Path
) -> None:
    script = Script(Double(dialect), fault)
    job = script.client().documents.upload(invoice)
    assert script.double.taken == {invoice.name: 1}
    assert job.is_duplicate is False
    assert job.wait_until_done().status == "completed"
    assert script.slept in ([], [2])


def test_what_is_not_there_is_looked_for_again_and_then_sent_again(invoice: Path) -> None:
    script = Script(Double("L"), lost)
    script.client().documents.upload(invoice)
    assert script.double.taken == {invoice.name: 1}
    assert script.slept == [60]
    looks = [r for r in script.double.requests if r.url.path == "/v1/documents"]
    assert len(looks) == 2


def test_the_second_loss_is_the_callers(invoice: Path) -> None:
    script = Script(Double("L"), lost, lost)
    with pytest.raises(TransportError) as caught:
        script.client().documents.upload(invoice)
    assert caught.value.body_complete is True


@pytest.mark.parametrize("fault", [refused_connection, limited])
def test_what_was_surely_not_taken_is_simply_sent_again(
    fault: Callable[[Handler, httpx.Request], httpx.Response], invoice: Path
) -> None:
    script = Script(Double("L"), fault)
    script.client().documents.upload(invoice)
    assert script.double.taken == {invoice.name: 1}
    assert [request.url.path for request in script.double.requests] == ["/v1/data-process/async"]


def test_submit_is_never_repeated(invoice: Path) -> None:
    for fault in (lost, refused_connection, limited, taken_and_failed):
        script = Script(Double("L"), fault)
        with pytest.raises(FlexOrchError):
            script.client().documents.submit([Upload.from_path(invoice)])
        assert script.slept == []
        assert all(request.method == "POST" for request in script.double.requests)


def test_without_retries_a_loss_is_raised_at_once(invoice: Path) -> None:
    script = Script(Double("L"), taken_and_lost)
    with pytest.raises(TransportError):
        script.client(retry_for=0).documents.upload(invoice)
    assert len(script.double.requests) == 1


def test_an_older_document_of_the_same_name_is_not_taken_for_it(invoice: Path) -> None:
    double = Double("L")
    script = Script(double)
    client = script.client()
    client.documents.upload(invoice)
    double.held[0].created -= timedelta(minutes=5)
    written(invoice, "another")
    script.faults.append(lost)
    second = client.documents.upload(invoice)
    assert second.id == "2"


def test_a_document_this_client_was_answered_for_is_not_taken_for_another(tmp_path: Path) -> None:
    """Scanners give every file the same name, within the same second."""
    script = Script(Double("L"))
    client = script.client()
    paths = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        paths.append(written(tmp_path / folder / "scan.txt", folder))
    first = client.documents.upload(paths[0])
    script.faults.append(lost)
    second = client.documents.upload(paths[1])
    assert first.id != second.id
    assert [held.content for held in script.double.held] == [p.read_bytes() for p in paths]


def test_two_candidates_are_nobodys(invoice: Path) -> None:
    """Somebody else sent a file of this name just now: nothing is adopted, nothing sent again."""
    double = Double("L")
    double.hold(invoice.name, b"somebody else's")
    script = Script(double, taken_and_lost)
    with pytest.raises(TransportError):
        script.client().documents.upload(invoice)
    assert script.uploads == 1


def test_equal_names_never_meet_in_one_call(tmp_path: Path) -> None:
    double = Double("L")
    paths = []
    for folder in "abc":
        (tmp_path / folder).mkdir()
        paths.append(written(tmp_path / folder / "scan.txt", folder))
    jobs = client_of(double).documents.upload_many(paths)
    assert [held.name for held in double.held] == ["scan.txt", "scan~2.txt", "scan~3.txt"]
    assert [job.id for job in jobs] == ["1", "2", "3"]


def test_a_repeat_is_a_duplicate_though_l_does_not_say_so(tmp_path: Path) -> None:
    first, again = written(tmp_path / "a.txt", "same"), written(tmp_path / "b.txt", "same")
    jobs = client_of(Double("L")).documents.upload_many([first, again])
    assert [job.is_duplicate for job in jobs] == [False, True]
    assert jobs[1].original_job_id == jobs[0].id == jobs[1].id


def test_a_request_refused_as_a_whole_is_halved_until_the_culprit_is_alone(tmp_path: Path) -> None:
    double = Double("D")
    paths = [written(tmp_path / f"{number}.txt", str(number)) for number in range(9)]
    paths[6].write_bytes(b"x" * 200_000)
    with pytest.raises(BatchUploadError) as caught:
        client_of(double).documents.upload_many(paths)
    assert [i for i, job in enumerate(caught.value.jobs) if job is None] == [6]
    assert isinstance(caught.value.errors[6], FileTooLargeError)
    assert caught.value.errors[6].limit_bytes == 10 * 1024 * 1024
    assert set(double.taken.values()) == {1}


def test_a_refused_account_stops_at_once_and_keeps_what_was_taken(tmp_path: Path) -> None:
    double, posts = Double("L"), 0

    def handler(request: httpx.Request) -> httpx.Response:
        nonlocal posts
        posts += request.method == "POST"
        if posts > 1:
            return double.refuse(402, "QUOTA_EXCEEDED", "No credits left.")
        return double(request)

    paths = [written(tmp_path / f"{number}.txt", str(number)) for number in range(200)]
    with pytest.raises(BatchUploadError) as caught:
        client_of(handler).documents.upload_many(paths)
    assert sum(job is not None for job in caught.value.jobs) == 10
    assert all(isinstance(e, QuotaExceededError) for e in caught.value.errors.values())
    assert posts <= 8
    with pytest.raises(QuotaExceededError):
        client_of(handler).documents.upload_many(paths[:3])


def test_files_an_answer_does_not_name_are_looked_for_and_sent_singly(tmp_path: Path) -> None:
    double = Double("L")

    def partial(handler: Handler, request: httpx.Request) -> httpx.Response:
        """Takes the first file, forgets the second, and tells of neither."""
        double.hold(*files_of(request)[0])
        return double.good({"accepted": 2, "rejected": [], "jobs": []}, 202)

    script = Script(double, partial)
    paths = [written(tmp_path / "a.txt", "a"), written(tmp_path / "b.txt", "b")]
    jobs = script.client().documents.upload_many(paths)
    assert [job.id for job in jobs] == ["1", "2"]
    assert double.taken == {"a.txt": 1, "b.txt": 1}


def test_an_answer_that_never_names_the_file_ends(invoice: Path) -> None:
    posts = 0

    def silent(request: httpx.Request) -> httpx.Response:
        nonlocal posts
        posts += request.method == "POST"
        return httpx.Response(202, json={"jobs": [], "items": [], "total": 0})

    with pytest.raises(UnexpectedAnswerError, match="became of this file"):
        client_of(silent).documents.upload(invoice)
    assert posts == 2


def test_a_missing_file_is_told_before_anything_is_sent(invoice: Path, tmp_path: Path) -> None:
    double = Double("L")
    client = client_of(double)
    for wrong in (tmp_path / "missing.txt", tmp_path):
        with pytest.raises(OSError, match=wrong.name):
            client.documents.upload_many([invoice, wrong])
        with pytest.raises(OSError, match=wrong.name):
            client.documents.upload(wrong)
    assert double.requests == []
    with pytest.raises(ValueError, match="another name"):
        client.documents.submit([Upload.from_path(invoice), Upload.from_path(invoice)])
    assert client.documents.upload_many([]) == []


def test_relative_paths_strange_names_and_progress(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    double = Double("L")
    names = ['a "quoted" name.txt', "äöü ş 日本.txt", "line\nbreak.txt", "no ending"]
    for name in names:
        written(tmp_path / name, name)
    (tmp_path / "odd").mkdir()
    odd = b"%s/bytes-\xff.txt" % str(tmp_path / "odd").encode()
    with open(odd, "wb") as file:
        file.write(b"odd")
    monkeypatch.chdir(tmp_path)
    told: list[tuple[int, int]] = []
    paths = [*names, odd.decode("utf-8", "surrogateescape")]
    jobs = client_of(double).documents.upload_many(paths, progress=lambda *now: told.append(now))
    assert len({job.id for job in jobs}) == 5
    total = sum(len(held.content) for held in double.held)
    assert told[-1] == (total, total)
    assert [sent for sent, _ in told] == sorted(sent for sent, _ in told)


def test_settings_are_sent_with_the_files(invoice: Path) -> None:
    double = Double("L")
    client_of(double).documents.upload(
        invoice, locale="tr", pipeline_config={"mask_pii": False, "document_type_hint": "invoice"}
    )
    sent = double.requests[0].content
    assert b'name="locale"\r\n\r\ntr\r\n' in sent
    assert b'{"mask_pii": false, "document_type_hint": "invoice"}' in sent


@pytest.mark.parametrize("dialect", ["L", "D", "S"])
def test_a_connectors_keys_become_jobs_in_their_order(dialect: str) -> None:
    double = Double(dialect)
    client = client_of(double)
    jobs = client.documents.upload_from_connector(3, ["in/b.pdf", "in/a.pdf"], locale="de")
    assert [held.name for held in double.held] == ["in/b.pdf", "in/a.pdf"]
    assert [job.id.removeprefix("job_") for job in jobs] == ["1", "2"]
    with pytest.raises(BatchUploadError) as caught:
        client.documents.upload_from_connector(3, ["c.pdf", "d.csv"])
    assert list(caught.value.errors) == [1]
    guesses = 0 if dialect == "L" else 1
    assert len(double.requests) == 4 + guesses


def test_find_uploads_walks_until_entries_are_older_than_the_intent() -> None:
    double = Double("L")
    now = datetime.now(UTC)
    for number in range(350):
        held = double.hold(f"{number}.txt", str(number).encode())
        held.created = now - timedelta(seconds=350 - number)
    client = client_of(double)
    found = client.documents.find_uploads(["349.txt", "100.txt"], now - timedelta(seconds=120))
    assert set(found) == {"349.txt"}
    assert len(double.requests) == 2
    double.held[348].name = "349.txt"
    assert client.documents.find_uploads(["349.txt"], now - timedelta(seconds=120)) == {}
