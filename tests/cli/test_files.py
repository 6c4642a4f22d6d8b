"""`flexorchd files` lists what the ledger knows, however much that is."""

import json

import pytest

from flexorchd.cli import files as command
from tests.cli.conftest import Typed
from tests.web.filled import NOW, Book


def test_json_is_one_document_with_every_file(book: Book, typed: Typed) -> None:
    code, said = typed("files", "--json", "--state-dir", book.state_dir)
    assert (code, json.loads(said)) == (0, {"files": []})
    for number in range(3):
        book.failed("scans", b"%d.pdf" % number, NOW + number, "PROTECTED")
    _, said = typed("files", "--json", "--state-dir", book.state_dir)
    listed = json.loads(said)["files"]
    assert [file["path"] for file in listed] == ["2.pdf", "1.pdf", "0.pdf"]
    assert {file["code"] for file in listed} == {"PROTECTED"}


def test_many_files_are_told_in_more_than_one_table(
    book: Book, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "ROWS_AT_ONCE", 2)
    _, said = typed("files", "--state-dir", book.state_dir)
    assert said == "None.\n"
    for number in range(5):
        book.failed("scans", b"%d.pdf" % number, NOW + number, "PROTECTED")
    _, said = typed("files", "--state", "failed", "--state-dir", book.state_dir)
    assert [said.count(f"scans/{number}.pdf") for number in range(5)] == [1] * 5
    assert "5 PROTECTED" in said
