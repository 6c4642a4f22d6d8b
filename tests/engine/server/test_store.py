"""The store: durable, shared by threads, and quick with many jobs."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from flexorchd.engine.failure import Failure
from flexorchd.engine.model import Classification, Fields, Outcome, Quality, Record, Settings
from flexorchd.engine.store import Store, executions, jobs, lock
from flexorchd.engine.store.jobs import Upload
from flexorchd.engine.store.moments import now


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "data")
    yield store
    store.close()


def _upload(number: int, settings: Settings | None = None) -> Upload:
    return Upload(f"{number}.pdf", f"{number:064}", 3, settings or Settings())


def _outcome(*records: Record) -> Outcome:
    return Outcome(
        content_kind="pdf",
        text="Text",
        language="en",
        classification=Classification("invoice", "keywords", 0.9, ("invoice",)),
        fields=Fields(dict(records[0]) if records else {}, records=records),
        pii_types={"email": 2, "iban": 1},
        masked_record_count=1,
        privacy_applied=True,
        quality=Quality(91.5, "A", 0.9, 0.0, None, ("A warning.",)),
    )


def _complete(store: Store, job_id: int, *records: Record) -> int | None:
    return store.connection.write(
        lambda database: executions.keep(database, job_id, _outcome(*records), now(), now())
    )


def test_an_outcome_comes_back_exactly(store: Store) -> None:
    accepted = store.jobs.accept([_upload(1)], now())[0]
    assert accepted
    rows = ({"total_amount": Decimal("1.10"), "due_date": date(2026, 3, 1)}, {"total_amount": 2})
    execution_id = _complete(store, accepted.job_id, *rows)
    assert execution_id
    assert list(store.executions.records(execution_id)) == [
        {"total_amount": Decimal("1.10"), "due_date": "2026-03-01"},
        {"total_amount": 2},
    ]
    execution = store.executions.of_jobs([7, accepted.job_id])[0]
    assert execution == store.executions.get(execution_id)
    assert execution.columns == ["total_amount", "due_date"]
    assert execution.pii_types == {"email": 2, "iban": 1}
    assert execution.pii_findings_count == 3
    assert store.executions.text(execution_id) == "Text"
    job = store.jobs.get(accepted.job_id)
    assert job
    assert (job.status, job.execution, job.failure) == ("completed", execution, None)


def test_a_new_store_starts_its_ids_at_the_present_moment(tmp_path: Path) -> None:
    before = int(time.time() * 1000)
    store = Store(tmp_path / "data")
    accepted = store.jobs.accept([_upload(1)], now())[0]
    store.close()
    assert accepted
    assert before <= accepted.document_id < accepted.job_id < before + 60_000


def test_a_job_ends_once(store: Store) -> None:
    accepted = store.jobs.accept([_upload(1)], now())[0]
    assert accepted
    failure = Failure("CODE", "Message.", "Remedy.")
    assert store.jobs.fail(accepted.job_id, failure, now())
    assert not store.jobs.fail(accepted.job_id, failure, now())
    assert _complete(store, accepted.job_id, {}) is None
    job = store.jobs.get(accepted.job_id)
    assert job
    assert (job.status, job.failure, job.execution) == ("failed", failure, None)


def test_credits_bound_new_jobs_only(store: Store) -> None:
    uploads = [_upload(1), _upload(1), _upload(2), _upload(3), _upload(1)]
    answers = store.jobs.accept(uploads, now(), credits_left=2)
    assert [answer and answer.is_duplicate for answer in answers] == [
        False,
        True,
        False,
        None,
        True,
    ]


def test_many_threads_write_at_once_and_read_what_they_wrote(store: Store) -> None:
    problems: list[str] = []

    def work(thread: int) -> None:
        for number in range(20):
            accepted = store.jobs.accept([_upload(thread * 1000 + number)], now())[0]
            if not accepted or store.jobs.get(accepted.job_id) is None:
                problems.append(f"{thread} {number}")

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert store.jobs.page(1, 0)[1] == 160


def test_a_failing_write_undoes_itself_alone(store: Store) -> None:
    def fail(database: sqlite3.Connection) -> None:
        jobs.insert_build(database, now())
        raise ValueError("on purpose")

    blocker = threading.Event()
    store.connection.submit(lambda _database: blocker.wait(5))
    futures = [store.connection.submit(fail if n % 2 else _add_build) for n in range(10)]
    blocker.set()
    assert [type(future.exception(5)) for future in futures[1::2]] == [ValueError] * 5
    assert store.jobs.page(100, 0)[1] == 5


def _add_build(database: sqlite3.Connection) -> int:
    return jobs.insert_build(database, now())


def test_a_closed_store_takes_nothing_more(tmp_path: Path) -> None:
    store = Store(tmp_path / "data")
    store.close()
    with pytest.raises(sqlite3.ProgrammingError):
        store.connection.write(_add_build)


def test_a_store_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    store = Store(tmp_path / "data")
    store.close()
    database = sqlite3.connect(tmp_path / "data" / "engine.sqlite")
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(RuntimeError, match="newer version"):
        Store(tmp_path / "data")


def test_lists_are_quick_among_many_jobs(store: Store) -> None:
    uploads = [_upload(number) for number in range(30_000)]
    for start in range(0, len(uploads), 10_000):
        store.jobs.accept(uploads[start : start + 10_000], now())
    for offset in (0, 15_000, 29_900):
        started = time.perf_counter()
        page, total = store.jobs.page(100, offset)
        assert time.perf_counter() - started < 0.5
        assert (len(page), total) == (100, 30_000)
    started = time.perf_counter()
    assert store.jobs.accept([uploads[7_777]], now())[0].is_duplicate  # type: ignore[union-attr]
    assert time.perf_counter() - started < 0.5


def test_a_folder_serves_one_engine_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "_SECONDS", 0.1)
    first = lock.FolderLock(tmp_path)
    with pytest.raises(RuntimeError, match="Another engine uses"):
        lock.FolderLock(tmp_path)
    first.release()
    lock.FolderLock(tmp_path).release()
