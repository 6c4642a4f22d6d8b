"""Write down the ledger as it is, with rows in every table: `python -m tests.ledger.freeze`.

Done before a change of the tables is added; from then on every later flexorchd has to open it.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from flexorchd.ledger.schema import migrations
from tests.house import House, TestClock
from tests.service import LoseAnswer, Refuse, Service

SCHEMAS = Path(__file__).with_name("schemas")
PORT = 47_999
"""The account's address is in the ledger."""


def live(home: Path) -> Path:
    """A life in which every table gets its rows; the ledger that it leaves."""
    clock = TestClock()
    with Service(clock=clock.now, port=PORT) as service:
        service.plan.limit = 100_000
        watches = [{"name": "in"}, {"name": "gone", "after": "delete"}]
        exports = [{"name": "nightly", "schedule": "0 3 * * *", "formats": ["jsonl"]}]
        routes = [{"name": "no", "command": ["false"]}]
        with House(home, service, clock, watches=watches, exports=exports, routes=routes) as house:
            for path, content in {
                "a.txt": "one",
                "folder/copy.txt": "one",
                "bad.txt": "fate: failed MALFORMED",
                "forgotten.txt": "two",
            }.items():
                house.drop(path, content)
            house.drop("b.txt", "three", "gone")
            house.run(seconds=60)
            house.ask("export", name="nightly")
            forgotten = next(
                f for f in house.parts.ledger.search.files() if f.path == b"forgotten.txt"
            )
            house.ask("forget", file_ids=[forgotten.id])
            house.drop("lost.txt", "four")
            service.fault("documents.upload", LoseAnswer())
            service.fault("documents.list", Refuse(503), times=99)
            house.run(seconds=10)
            copy = home / "copy.sqlite3"
            with closing(sqlite3.connect(copy)) as target:
                house.parts.ledger.database.read.backup(target)
    return copy


def dumped(ledger: Path) -> Iterator[str]:
    """The ledger as SQL; the folders of the machine that it was made on have other names in it."""
    with closing(sqlite3.connect(ledger)) as db:
        for table in tables(db):
            assert db.execute(f"SELECT count(*) FROM {table}").fetchone()[0], f"{table} is empty"
        db.execute("UPDATE watches SET root = CAST('/watched/' || name AS BLOB)")
        yield from db.iterdump()


def tables(db: sqlite3.Connection) -> list[str]:
    """The tables that hold what the ledger knows."""
    rows = db.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    return [row[0] for row in rows]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        lines = [line.replace(folder, "/srv") for line in dumped(live(Path(folder)))]
    newest = migrations.pending(Database(memory=True))[-1].name
    (SCHEMAS / f"{newest}.sql").write_text("\n".join(lines) + "\n")
