"""Who may read what: the output as it is configured, the state by its owner alone, whatever the umask."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Build
from tests.e2e.process import PATIENCE


@pytest.mark.parametrize("umask", [0o000, 0o277])
def test_no_umask_changes_who_may_read(build: Build, umask: int) -> None:
    place = build(exports=[{"name": "all-of-it"}])
    place.drop("below/a.txt", "a document")
    place.drop("b.txt", "fate: failed MALFORMED")
    for argv, code in ((("run", "--once"), 1), (("export", "all-of-it"), 0)):
        with place.spawn(*argv, umask=umask) as spawned:
            assert spawned.process.wait(PATIENCE) == code
    assert modes(place.output) == {"folder": {0o750}, "file": {0o640}}
    state = modes(place.home / "state")
    assert state["folder"] == {0o700}
    assert state["file"] == {0o600}


def test_an_output_that_was_there_keeps_its_rights(build: Build) -> None:
    place = build()
    place.output.mkdir(mode=0o755)
    assert place.once() == 0
    assert stat.S_IMODE(place.output.stat().st_mode) == 0o755


def modes(root: Path) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {"folder": set(), "file": set()}
    for path in within(root):
        if not path.is_symlink():
            kind = "folder" if path.is_dir() else "file"
            found[kind].add(stat.S_IMODE(path.stat().st_mode))
    return found


def within(root: Path) -> Iterator[Path]:
    yield root
    yield from root.rglob("*")
