from collections.abc import Callable
from pathlib import Path

import pytest

from flexorchd.cli.main import ended, flexorchd
from tests.web.filled import Book, open_book

Typed = Callable[..., tuple[int, str]]


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """The ledger of a daemon that is configured, and has seen nothing yet."""
    return open_book(tmp_path)


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str]) -> Typed:
    """Types a command: its exit code, and all that it says."""

    def type_(*arguments: str | Path) -> tuple[int, str]:
        code = ended(lambda: flexorchd.main([*map(str, arguments)], standalone_mode=False))
        said = capsys.readouterr()
        return code, said.out + said.err

    return type_
