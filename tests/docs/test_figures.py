"""What the page of the promise counts is there to be counted."""

import importlib.util
import subprocess
import sys

import pytest

from tests.docs.pages import REPOSITORY

SCRIPT = REPOSITORY / "scripts/figures.py"


def figures():
    spec = importlib.util.spec_from_file_location("figures", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_files_that_are_counted_are_there():
    made = figures()
    files = [file for files in made.FAULTS.values() for file in files] + made.HOSTILE
    assert [file for file in files if not (REPOSITORY / file).exists()] == []


def test_every_kind_of_fault_stands_on_the_page():
    made = figures()
    told = made.claimed(made.PAGE.read_text())
    assert {f"Cases of trouble: {kind}" for kind in made.FAULTS} <= set(told)
    assert all(count > 0 for count in told.values())


@pytest.mark.soak
def test_the_page_claims_no_more_than_is_true():
    command = [sys.executable, str(SCRIPT), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
