from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.watch.inbox import Inbox


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    made = Inbox(tmp_path)
    yield made
    made.ledger.close()
