"""`flexorchd status` says whether it is all right, and what to type if it is not."""

from pathlib import Path

import pytest

from tests.cli.conftest import Typed
from tests.web.filled import NOW, Book


def test_its_commands_can_be_typed_as_they_stand(book: Book, typed: Typed) -> None:
    book.failed("scans", b"a.pdf", NOW, "PROTECTED")
    code, said = typed("status", "--state-dir", book.state_dir)
    assert code == 1
    command = f"flexorchd files --state failed --state-dir {book.state_dir}"
    assert f"See which, and what to do: {command}\n" in said
    code, said = typed(*command.split()[1:])
    assert code == 0
    assert "scans/a.pdf" in said
    assert "Remove the password" in said


def test_reasons_come_with_their_remedy(book: Book, typed: Typed) -> None:
    for name in (b"a.pdf", b"b.pdf"):
        book.failed("scans", name, NOW, "PROTECTED")
    _, said = typed("status", "--state-dir", book.state_dir)
    assert "2 PROTECTED: protected by a password." in said
    assert "Remove the password" in said


def test_it_names_what_starts_the_daemon_as_before(book: Book, typed: Typed) -> None:
    run = book.ledger.memory.get("run")
    for file, command in (
        ("/srv/a b.toml", "flexorchd run -c '/srv/a b.toml'"),
        ("/etc/flexorchd/config.toml", "systemctl start flexorchd"),
        ("/etc/flexorchd/scans.toml", "systemctl start flexorchd@scans"),
    ):
        book.ledger.memory.set("run", run | {"config_file": file})
        _, said = typed("status", "--state-dir", book.state_dir)
        assert f"Start it: {command}\n" in said


def test_what_cannot_be_read_is_told(book: Book, typed: Typed) -> None:
    file_id = book.seen("scans", b"locked.txt", NOW)
    book.ledger.files.postpone(file_id, NOW + 5, "PERMISSION_DENIED: Permission denied")
    code, said = typed("status", "--state-dir", book.state_dir)
    assert code == 1
    assert "scans/locked.txt: flexorchd may not read it" in said
    assert "Let the user that runs flexorchd read the file" in said


def test_credits_are_those_left_after_what_was_sent_since_they_were_asked_for(
    book: Book, typed: Typed
) -> None:
    book.ledger.accounts.usage(book.account, "starter", 1197, 1200, 3, NOW)
    book.sent("scans", b"a.pdf", NOW)
    _, said = typed("status", "--state-dir", book.state_dir)
    assert "Credits: 2 of 1\u202f200 left." in said


def test_without_arguments_the_only_state_here_is_meant(
    book: Book, typed: Typed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    book.ledger.close()
    monkeypatch.chdir(tmp_path)
    book.state_dir.rename(tmp_path / ".out.flexorchd")
    code, said = typed("status")
    assert code == 0
    assert "Nothing needs you." in said
    (tmp_path / ".other.flexorchd").mkdir()
    (tmp_path / ".other.flexorchd/ledger.sqlite3").touch()
    code, said = typed("status")
    assert code == 2
    assert "--state-dir" in said


def test_a_failed_export_is_told_until_it_has_gone_well(book: Book, typed: Typed) -> None:
    exports = book.ledger.exports
    run = exports.start("monthly", None, "20251124T160000Z", "set-{run}", NOW)
    exports.end(run.id, "failed", NOW + 1, "VALIDATION_ERROR", "the name is taken")
    code, said = typed("status", "--state-dir", book.state_dir)
    assert code == 1
    assert "The export monthly failed: the name is taken (VALIDATION_ERROR)." in said
    assert "flexorchd export monthly" in said
    book.published("monthly", "20251124T170000Z", NOW + 3600, {"monthly.jsonl": b"{}"})
    assert typed("status", "--state-dir", book.state_dir)[0] == 0
