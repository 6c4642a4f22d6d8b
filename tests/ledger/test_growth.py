"""What the ledger is asked on the road costs the same however much it knows: no table is read whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flexorchd.ledger.accounts import SettingsRow
from flexorchd.ledger.figures import Figures
from flexorchd.ledger.files import FoundBy, Sighting
from flexorchd.ledger.following import Fingerprint
from flexorchd.ledger.jobs import JobEnd
from flexorchd.ledger.ledger import Ledger
from flexorchd.ledger.versions import Delivered
from flexorchd.rules.plan import plan_of

FEW, MANY = 50, 1000

Question = Callable[[Ledger], object]

QUESTIONS: dict[str, Question] = {
    "files to settle": lambda ledger: ledger.files.settling(9.0, 10),
    "files to fingerprint": lambda ledger: ledger.files.settled(9.0, 10),
    "the next file that settles": lambda ledger: ledger.files.next_due("settling"),
    "documents to send": lambda ledger: ledger.documents.waiting(1, 9.0, 10),
    "the next document to send": lambda ledger: ledger.documents.next_due(
        1, "queued", "uploading", after=9.0
    ),
    "uploads without an answer": lambda ledger: ledger.uploads.intents(1, 9.0),
    "jobs to ask for": lambda ledger: ledger.jobs.processing(1, 9.0, 10),
    "unfinished jobs": lambda ledger: ledger.jobs.unfinished(1),
    "jobs to run again": lambda ledger: ledger.jobs.to_run_again(1, 9.0, 10),
    "the next job to run again": lambda ledger: ledger.jobs.next_again(1),
    "versions to deliver": lambda ledger: ledger.versions.ready(9.0, 10),
    "the next delivery": lambda ledger: ledger.versions.next_due(after=9.0),
    "sources to archive": lambda ledger: ledger.versions.after_due(9.0, 10),
    "commands to run": lambda ledger: ledger.hooks.due(9.0, 10),
    "what is open": lambda ledger: ledger.progress.now(),
    "a page of files": lambda ledger: ledger.search.files(limit=10),
    "files that failed": lambda ledger: ledger.search.files(state="failed"),
    "files that wait": lambda ledger: ledger.search.files(state="queued"),
    "a file by its content": lambda ledger: ledger.search.by_hash((b"%032d" % 7).hex()),
    "a file by its job": lambda ledger: ledger.search.by_job("7"),
    "the latest files": lambda ledger: Figures(ledger.database).latest(10),
    "why files failed": lambda ledger: Figures(ledger.database).causes(),
    "what is held": lambda ledger: Figures(ledger.database).held(plan_of("hosted", None)),
    "what ended lately": lambda ledger: ledger.progress.ended_since(8.0),
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    yield from _ledger(tmp_path_factory.mktemp("small"), FEW)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    yield from _ledger(tmp_path_factory.mktemp("large"), MANY)


def _ledger(folder: Path, number: int) -> Iterator[Ledger]:
    ledger = Ledger(folder / "ledger.sqlite3")
    try:
        _deliver(ledger, number)
        yield ledger
    finally:
        ledger.close()


def _deliver(ledger: Ledger, number: int, folder: bytes = b"") -> None:
    """Take so many files of distinct content the whole road."""
    watch = ledger.watches.configure({"inbox": b"/inbox"})["inbox"]
    account = ledger.accounts.add("hosted", "http://localhost", "f", "…", 0.0)
    settings = ledger.accounts.settings_id(SettingsRow("und", True, "redact", "auto"))
    ledger.files.observe(
        watch,
        [
            Sighting(folder, b"%06d.pdf" % n, n, n, n, n, None, 1.0, 1.0, FoundBy.EVENT)
            for n in range(number)
        ],
    )
    ledger.files.mark_settled([(f.id, None) for f in ledger.files.settling(2.0, number)], 2.0)
    ledger.documents.fingerprinted(
        [
            Fingerprint(
                f.id,
                f.size,
                f.mtime_ns,
                f.ctime_ns,
                f.inode,
                b"%032d" % f.id,
                settings,
                account,
                None,
            )
            for f in ledger.files.settled(3.0, number)
        ],
        3.0,
    )
    with ledger.database.write():
        for sent in ledger.documents.waiting(account, 4.0, number):
            ledger.uploads.accepted(
                sent.document_id, str(sent.document_id), is_duplicate=False, now=4.0, poll_at=4.0
            )
    ended = [
        JobEnd(f.document_id, "{}", "A", False, 0) for f in ledger.jobs.processing(1, 5.0, number)
    ]
    ledger.jobs.completed(ended, 5.0)
    ready = ledger.versions.ready(6.0, number)
    assert len(ready) == number
    ledger.versions.delivered(
        [Delivered(one.version_id, one.path, b"", failed=False, after=False) for one in ready], 7.0
    )


def _work(ledger: Ledger, question: Question) -> int:
    """How many of SQLite's instructions an answer takes, in tens."""
    question(ledger)
    return _tens(ledger.database.read, lambda: question(ledger))


def _tens(connection: sqlite3.Connection, work: Callable[[], object]) -> int:
    tens = 0

    def count() -> int:
        nonlocal tens
        tens += 1
        return 0

    connection.set_progress_handler(count, 10)
    try:
        work()
    finally:
        connection.set_progress_handler(None, 0)
    return tens


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_costs_the_same_however_much_was_delivered(
    name: str, small: Ledger, large: Ledger
) -> None:
    question = QUESTIONS[name]
    assert _work(large, question) <= _work(small, question) + 5


def test_the_road_of_more_files_costs_the_same_however_many_were_delivered(
    small: Ledger, large: Ledger
) -> None:
    works = [
        _tens(ledger.database.writer, lambda ledger=ledger: _deliver(ledger, 20, b"more"))
        for ledger in (small, large)
    ]
    assert works[1] <= works[0] * 1.05
