"""One flexorchd that lives through many runs, an hour apart, and the promise that it has to keep."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from flexorchd.ledger.upkeep import problems
from tests.e2e.conftest import Build
from tests.e2e.crash import JOINED
from tests.e2e.process import Place
from tests.e2e.promise import Promise
from tests.service import Service

HOUR = 3600.0


class Story:
    """A place with watches of every kind and an export by the hour.

    The service takes a second upload for a new document: what is sent twice is paid twice.

    Args:
        build, service: see the fixtures.
        archive: where one watch archives to.
        far: the same for another, on another device.

    Attributes:
        place, service: what the story is about.
        promise: what was dropped, and what has to become of it.
        turn: counts what happens, for names that were not there before.
        hour: the time.
    """

    def __init__(self, build: Build, service: Service, archive: Path, far: Path) -> None:
        service.workspace.knows_repeats = False
        self.service = service
        self.watches = [
            {"name": "in"},
            {"name": "kept", "after": "archive", "archive_dir": archive},
            {"name": "gone", "after": "delete"},
            {"name": "far", "after": "archive", "archive_dir": far},
        ]
        self.exports = [
            {
                "name": "hourly",
                "schedule": "0 * * * *",
                "formats": ["jsonl"],
                "keep": 0,
                "delete_remote": True,
            }
        ]
        self.place: Place = build(watches=self.watches, exports=self.exports)
        self.promise = Promise(self.place, {"kept": archive, "gone": None, "far": far})
        self.far = far
        self.turn = self.hour = 0
        assert self.once() == 0

    @property
    def ledger(self) -> Path:
        return self.place.home / "state/ledger.sqlite3"

    def next(self) -> int:
        """A new turn, an hour later."""
        self.turn += 1
        self.hour += 1
        return self.turn

    def drop(self, path: str, content: str, watch: str = "in") -> None:
        self.promise.drop(path, content, watch)

    def configure(self, locale: str = "und", **tables: Any) -> None:
        """Another locale of the first watch, other tables beside the watches and the export."""
        watches = [{**self.watches[0], "locale": locale}, *self.watches[1:]]
        self.place.configure(watches, exports=self.exports, **tables)

    def run(self, *argv: str, **options: Any) -> int:
        """Run a command in this hour, perhaps ended or recorded on its way."""
        return self.place.run(*argv, clock=self.hour * HOUR, **options)

    def once(self, **options: Any) -> int:
        return self.run("run", "--once", **options)

    def recorded(self, record: Path, *argv: str) -> Counter[str]:
        """Run a command; what it passed, and how often."""
        record.unlink(missing_ok=True)
        self.run(*argv, record=record)
        return Counter(record.read_text().splitlines()) if record.exists() else Counter()

    def ends_well(self) -> None:
        """Everything comes to its end, and the promise holds."""
        self.hour += 1
        assert self.once() in (0, 1)
        self.hour += 1
        assert self.once() == 0, self.place.log.read_text()[-3000:]
        self.promise.holds()

    @staticmethod
    def is_sound(ledger: Path) -> bool:
        return problems(ledger) == []

    def holds(self, content: bytes) -> list[Path]:
        """Which files below the place hold these bytes."""
        files = (path for path in self.place.home.rglob("*") if path.is_file())
        return [path for path in files if content in path.read_bytes()]


def points(passed: Counter[str]) -> list[str]:
    """The points among what was passed, in their order."""
    return [name for name in passed if not name.startswith(JOINED)]
