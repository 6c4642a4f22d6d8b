"""Upgrade: a ledger of every earlier schema opens, all of it or nothing; a newer one is refused in plain words."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from flexorchd.errors import StateError
from flexorchd.insight.status import snapshot
from flexorchd.ledger import upkeep
from flexorchd.ledger.compatibility import OlderSchemaError
from flexorchd.ledger.ledger import Ledger
from flexorchd.ledger.schema import migrations
from flexorchd.recovery.rescue import open_ledger
from tests.ledger.freeze import SCHEMAS, tables

NOW = 1_790_000_000.0
FROZEN = sorted(SCHEMAS.glob("*.sql"))
Change = Callable[[Database], None]


@pytest.fixture(params=FROZEN, ids=lambda path: path.stem)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A ledger as an earlier flexorchd left it, with rows in every table."""
    path = tmp_path / "ledger.sqlite3"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(request.param.read_text())
    return path


@pytest.fixture
def register() -> Iterator[Callable[[Change], None]]:
    """Registers changes that only a later flexorchd has."""
    known = list(migrations._migrations)
    yield lambda change: migrations()(change) and None
    migrations._migrations[:] = known


def next_change(db: Database) -> None:
    db.execute("ALTER TABLE watches ADD COLUMN colour TEXT")
    db.execute("UPDATE watches SET colour = 'green'")


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with closing(sqlite3.connect(path)) as db:
        return {name: db.execute(f"SELECT * FROM {name}").fetchall() for name in tables(db)}


def schema(path: Path) -> set[tuple[str, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return set(db.execute("SELECT type, name, tbl_name FROM sqlite_schema"))


def columns(path: Path) -> dict[str, list[str]]:
    with closing(sqlite3.connect(path)) as db:
        return {t: [row[1] for row in db.execute(f"PRAGMA table_info({t})")] for t in tables(db)}


def backups(path: Path) -> Path:
    return path.parent / "backups"


def test_every_earlier_schema_is_frozen_with_rows_in_every_table(tmp_path: Path) -> None:
    """Before a change of the tables is added: `python -m tests.ledger.freeze`."""
    earlier = [migration.name for migration in migrations._migrations[:-1]]
    assert set(earlier) <= {path.stem for path in FROZEN}
    for frozen in FROZEN:
        path = tmp_path / frozen.stem
        with closing(sqlite3.connect(path)) as db:
            db.executescript(frozen.read_text())
        assert all(contents(path).values())


def test_an_old_ledger_opens_and_says_what_it_knew(old: Path) -> None:
    with closing(open_ledger(old, backups(old), NOW)) as ledger:
        states = {(file.watch, file.path): file.state for file in ledger.search.files()}
        assert states["in", b"a.txt"] == states["in", b"folder/copy.txt"] == "delivered"
        assert states["in", b"bad.txt"] == "failed"
        assert states["in", b"forgotten.txt"] == "ignored"
        assert states["in", b"lost.txt"] == "uploading"
        assert states["gone", b"b.txt"] == "delivered"
        assert snapshot(ledger, old.parent, NOW, running=False, version="0").as_json()
    assert upkeep.problems(old) == []


def test_an_old_ledger_becomes_what_a_new_one_is(old: Path, tmp_path: Path) -> None:
    open_ledger(old, backups(old), NOW).close()
    new = tmp_path / "new.sqlite3"
    Ledger(new).close()
    assert columns(old) == columns(new)
    assert schema(old) == schema(new), "a schema that was released is never edited: add a migration"


def test_a_change_keeps_a_copy_and_every_row(old: Path, register: Callable[[Change], None]) -> None:
    before = contents(old)
    register(next_change)
    open_ledger(old, backups(old), NOW).close()
    after = contents(old)
    assert [row[: len(before["watches"][0])] for row in after["watches"]] == before["watches"]
    assert {row[-1] for row in after["watches"]} == {"green"}
    (copy,) = backups(old).iterdir()
    assert copy.name.startswith("before-")
    assert copy.stat().st_mode & 0o777 == 0o600
    kept = contents(copy)
    assert {**kept, "memory": []} == {**before, "memory": []}


def test_a_change_that_fails_leaves_the_old_ledger_whole(
    old: Path, register: Callable[[Change], None]
) -> None:
    def broken(db: Database) -> None:
        db.execute("DELETE FROM hooks")
        raise sqlite3.OperationalError("disk I/O error")

    before = contents(old)
    register(next_change)
    register(broken)
    with pytest.raises(sqlite3.OperationalError):
        open_ledger(old, backups(old), NOW)
    assert contents(old) == before


KILLED = """
import os, signal, sys
from pathlib import Path
from flexorchd.ledger.schema import migrations
from flexorchd.recovery.rescue import open_ledger
@migrations()
def first_half(db):
    db.execute("ALTER TABLE watches ADD COLUMN colour TEXT")
@migrations()
def other_half(db):
    db.execute("DELETE FROM hooks")
    db.conn.execute("PRAGMA cache_spill = 1")
    os.kill(os.getpid(), signal.SIGKILL)
path = Path(sys.argv[1])
open_ledger(path, path.parent / "backups", 0.0)
"""


def test_killed_in_the_middle_the_old_ledger_is_whole_and_a_copy_is_there(old: Path) -> None:
    before = contents(old)
    done = subprocess.run([sys.executable, "-c", KILLED, old], check=False, timeout=30)
    assert done.returncode == -signal.SIGKILL
    assert contents(old) == before
    assert len(list(backups(old).iterdir())) == 1
    open_ledger(old, backups(old), NOW).close()


def test_only_the_daemon_upgrades(old: Path, register: Callable[[Change], None]) -> None:
    before = contents(old)
    register(next_change)
    with pytest.raises(OlderSchemaError, match="Start the daemon again"):
        Ledger(old)
    assert contents(old) == before
    assert not backups(old).exists()


def test_a_newer_ledger_is_refused(old: Path, register: Callable[[Change], None]) -> None:
    register(next_change)
    open_ledger(old, backups(old), NOW).close()
    migrations._migrations.pop()
    with pytest.raises(StateError, match="newer flexorchd") as met:
        open_ledger(old, backups(old), NOW)
    assert met.value.exit_code == 2


@pytest.mark.parametrize("command", [["status"], ["files"], ["run", "--once"], ["approve", "in"]])
def test_every_command_refuses_a_newer_ledger_with_2(old: Path, command: list[str]) -> None:
    with closing(sqlite3.connect(old)) as db, db:
        db.execute("UPDATE _sqlite_migrations SET name = 'of_the_year_3000' WHERE id = 1")
    config = old.parent / "flexorchd.toml"
    (old.parent / "in").mkdir()
    config.write_text(
        f'state_dir = "{old.parent}"\n[api]\nmode = "embedded"\n[web]\nlisten = ""\n'
        f'[[watch]]\nname = "in"\npath = "{old.parent}/in"\n[output]\npath = "{old.parent}/out"\n'
    )
    done = subprocess.run(
        [sys.executable, "-m", "flexorchd", *command, "-c", config],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2, done.stderr
    assert "newer flexorchd" in done.stderr
    assert "of_the_year_3000" in done.stderr
    assert "Traceback" not in done.stderr
