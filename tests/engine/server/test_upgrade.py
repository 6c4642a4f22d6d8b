"""Upgrade: data of every earlier version open, all of them or nothing, and a copy is kept until it has to go."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from flexorchd.engine.store import Store, schema

FROZEN = sorted(Path(__file__).with_name("schemas").glob("*.sql"))
NEXT = "ALTER TABLE documents ADD COLUMN colour TEXT;\nUPDATE documents SET colour = 'green'"


@pytest.fixture(params=FROZEN, ids=lambda path: f"version {path.stem}")
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The folder of an engine as an earlier version left it, with rows in every table."""
    folder = tmp_path / "data"
    folder.mkdir()
    with closing(sqlite3.connect(folder / "engine.sqlite")) as database:
        database.executescript(request.param.read_text())
    return folder


def contents(file: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(file)) as database:
        names = database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        return {
            name: database.execute(f"SELECT * FROM {name}").fetchall()
            for (name,) in names
            if not name.startswith("sqlite_")
        }


def later(monkeypatch: pytest.MonkeyPatch, *changes: str) -> None:
    """Be a version that has these changes too."""
    monkeypatch.setattr(schema, "SCHEMAS", (*schema.SCHEMAS, *changes))


def test_every_version_is_frozen_with_rows_in_every_table(tmp_path: Path, old: Path) -> None:
    assert [path.stem for path in FROZEN] == [str(n + 1) for n in range(len(schema.SCHEMAS))]
    assert all(contents(old / "engine.sqlite").values())


def test_old_data_open_as_what_they_were(old: Path) -> None:
    store = Store(old)
    assert store.id == "5f0c1d2e"
    assert {document.id for document in store.documents.page(10, 0)[0]} == {1001, 1002}
    assert store.jobs.page(10, 0)[1] == 3
    store.close()


def test_a_change_keeps_a_copy_and_every_row(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(old / "engine.sqlite")
    later(monkeypatch, NEXT)
    Store(old).close()
    after = contents(old / "engine.sqlite")
    assert [(*row, "green") for row in before["documents"]] == after["documents"]
    copy = old / f"engine.sqlite.version-{len(schema.SCHEMAS) - 1}"
    assert contents(copy) == before
    assert copy.stat().st_mode & 0o777 == 0o600


def test_a_change_that_fails_leaves_the_old_data_whole(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(old / "engine.sqlite")
    with monkeypatch.context() as patch:
        later(patch, NEXT, "DELETE FROM records;\nDELETE FROM nothing_of_this_name")
        with pytest.raises(sqlite3.OperationalError):
            Store(old)
    assert contents(old / "engine.sqlite") == before
    Store(old).close()


def test_what_is_forgotten_is_in_no_copy(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    later(monkeypatch, NEXT)
    store = Store(old)
    store.documents.forget(1001)
    store.close()
    assert [path.name for path in old.iterdir() if path.is_file()] == ["engine.sqlite"]
    assert b"MASKED_EMAIL" not in (old / "engine.sqlite").read_bytes()
