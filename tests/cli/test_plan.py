"""`flexorchd plan` says what would be sent, and why not all of it."""

from tests.cli.conftest import Typed
from tests.web.filled import NOW, Book

CONFIG = """
state_dir = "{state}"
[api]
mode = "hosted"
[limits]
max_backlog = 2
[[watch]]
name = "scans"
path = "{home}/scans"
[output]
path = "{home}/out"
"""


def test_what_was_approved_is_not_held_again(book: Book, typed: Typed, monkeypatch) -> None:
    monkeypatch.setenv("FLEXORCH_API_KEY", "dfx_0123456789abcdef")
    home = book.state_dir.parent
    file = home / "flexorchd.toml"
    file.write_text(CONFIG.format(state=book.state_dir, home=home))
    for name in ("a.txt", "b.txt", "c.txt"):
        (home / "scans" / name).write_text(name)
        book.queued("scans", name.encode(), NOW)
    code, said = typed("plan", "-c", file)
    assert code == 1
    assert f"flexorchd approve scans -c {file}" in said
    book.ledger.watches.approve(book.watches["scans"], NOW + 1)
    code, said = typed("plan", "-c", file)
    assert code == 0
    assert "MAX_BACKLOG" not in said


def test_what_would_be_refused_says_why(book: Book, typed: Typed, monkeypatch) -> None:
    monkeypatch.setenv("FLEXORCH_API_KEY", "dfx_0123456789abcdef")
    home = book.state_dir.parent
    file = home / "flexorchd.toml"
    text = CONFIG.format(state=book.state_dir, home=home)
    file.write_text(text.replace("[output]", 'include = ["*"]\n[output]'))
    (home / "scans" / "a.zip").write_text("zip")
    _, said = typed("plan", "-c", file)
    assert "1 file would fail, UNSUPPORTED_FILE: of a kind that is not taken." in said
    assert "Nothing is to be sent." in said


def test_a_folder_that_is_not_there_says_so(book: Book, typed: Typed, monkeypatch) -> None:
    monkeypatch.setenv("FLEXORCH_API_KEY", "dfx_0123456789abcdef")
    home = book.state_dir.parent
    file = home / "flexorchd.toml"
    file.write_text(CONFIG.format(state=book.state_dir, home=home).replace("/scans", "/gone"))
    code, said = typed("plan", "-c", file)
    assert code == 1
    assert "FOLDER_MISSING" in said
