"""What a test needs of the machine. Where it is missing the test says so aloud, or fails if all is to be tested."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

NEED_ALL = "FLEXORCHD_TESTS_NEED_ALL"
NOT_TESTED = "NOT TESTED: "


def missing(what: str) -> NoReturn:
    """End a test for want of something."""
    if os.environ.get(NEED_ALL):
        pytest.fail(f"{what} ({NEED_ALL} is set, so nothing may be skipped)", pytrace=False)
    pytest.skip(NOT_TESTED + what)


def root() -> None:
    """Rights that only root has."""
    if os.geteuid() != 0:
        missing("this needs root")
