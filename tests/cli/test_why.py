"""`flexorchd why` tells what happened, what is waited for, and what to do."""

import pytest

from tests.cli.conftest import Typed
from tests.web.filled import NOW, Book


def test_a_delivered_file_is_followed_to_its_dataset(book: Book, typed: Typed) -> None:
    book.delivered("scans", b"a.pdf", NOW, "B", {"email": 2, "iban": 1})
    run = book.ledger.exports.start("monthly", None, "20251124T060000Z", "set-{run}", NOW)
    jobs = book.ledger.exports.exportable("monthly", None, only_new=True)
    book.ledger.exports.chose(run.id, jobs)
    book.ledger.exports.publish(run.id, assembled="local", records=1, size=1, now=NOW)
    _, said = typed("why", "scans/a.pdf", "--state-dir", book.state_dir)
    assert "scans/a.pdf: delivered" in said
    assert "read as invoice, grade B, 3 findings of personal data" in said
    assert "in the dataset monthly/20251124T060000Z" in said


def test_what_a_paused_account_keeps_waiting_says_so(book: Book, typed: Typed) -> None:
    book.queued("scans", b"a.pdf", NOW)
    book.ledger.accounts.pause(book.account, "INVALID_API_KEY", "No.", NOW, NOW + 5)
    _, said = typed("why", "scans/a.pdf", "--state-dir", book.state_dir)
    assert "nothing is sent at present: the service does not know this key" in said
    assert "what to do: Give a valid key" in said


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("PERMISSION_DENIED: Permission denied", "cannot be read: Permission denied"),
        ("incomplete", "waits for its end"),
        ("empty", "it is empty still"),
    ],
)
def test_what_settles_says_what_it_waits_for(
    book: Book, typed: Typed, reason: str, told: str
) -> None:
    book.ledger.files.postpone(book.seen("scans", b"a.pdf", NOW), NOW + 5, reason)
    _, said = typed("why", "scans/a.pdf", "--state-dir", book.state_dir)
    assert told in said


def test_a_kind_that_is_not_taken_says_what_to_do(book: Book, typed: Typed) -> None:
    book.seen("scans", b"a.zip", NOW, ignored="not in include")
    _, said = typed("why", "scans/a.zip", "--state-dir", book.state_dir)
    assert "ignored: not in include" in said
    assert "unpack archives" in said


def test_a_full_output_is_what_a_result_waits_for(book: Book, typed: Typed) -> None:
    document = book.sent("scans", b"a.pdf", NOW)
    book.ledger.jobs.failed(document, "MALFORMED", "No.", NOW)
    book.ledger.memory.set("output_hold", {"code": "DISK_FULL", "message": "/out: no space left"})
    _, said = typed("why", "scans/a.pdf", "--state-dir", book.state_dir)
    assert "waits for the output: /out: no space left" in said
    assert "Free some space" in said


def test_a_failure_whose_file_was_taken_away_can_be_taken_off_the_list(
    book: Book, typed: Typed
) -> None:
    book.failed("scans", b"a.pdf", NOW, "MALFORMED")
    book.ledger.files.gone([book.ids[b"a.pdf"]], NOW + 9)
    _, said = typed("why", "scans/a.pdf", "--state-dir", book.state_dir)
    assert "retry --failed" in said
    assert "takes it off the list" in said
