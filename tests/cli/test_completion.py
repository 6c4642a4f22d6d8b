"""The shell completes commands, states, and the names that this flexorchd knows."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.web.filled import NOW, Book


def completed(book: Book, line: str) -> list[str]:
    """What bash would offer for the last word of a line."""
    words = f"flexorchd {line}"
    told = subprocess.run(
        [Path(sys.executable).with_name("flexorchd")],
        env=os.environ
        | {
            "_FLEXORCHD_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(words.count(" ")),
        },
        cwd=book.state_dir,
        capture_output=True,
        text=True,
        timeout=20,
    )
    return [one.partition(",")[2] for one in told.stdout.split()]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("sta", ["status"]),
        ("files --state del", ["delivered"]),
        ("export --state-dir {state} ", ["by-hand", "monthly"]),
        ("approve --state-dir {state} s", ["scans"]),
        ("retry --state-dir {state} --code ", ["PROTECTED"]),
        ("export --state-dir /nowhere ", []),
    ],
)
def test_it_offers(book: Book, line: str, offered: list[str]) -> None:
    book.failed("scans", b"a.pdf", NOW, "PROTECTED")
    assert completed(book, line.format(state=book.state_dir)) == offered
