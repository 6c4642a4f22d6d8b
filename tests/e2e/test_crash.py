"""Kill: a process is ended at each point before and after a commit, a request, an fsync, a rename; then it is
started again, and the promise has to hold.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.e2e.conftest import Build
from tests.e2e.process import Place
from tests.e2e.promise import Promise
from tests.service import Service

HOUR = 3600.0
KILLED = -9
MANY = {"dialect": "D", "builds_many": True}
ONE = {"dialect": "L"}


class Story:
    """One flexorchd that lives through many runs; each brings new files of every kind, an hour later.

    The service takes a second upload for a new document: what is sent twice is paid twice.
    """

    def __init__(self, build: Build, service: Service, tmp_path: Path) -> None:
        archive = tmp_path / "archive"
        service.workspace.knows_repeats = False
        watches = [
            {"name": "in"},
            {"name": "kept", "after": "archive", "archive_dir": archive},
            {"name": "gone", "after": "delete"},
        ]
        export = {"name": "hourly", "schedule": "0 * * * *", "formats": ["jsonl"]}
        self.place: Place = build(watches=watches, exports=[export])
        self.promise = Promise(self.place, {"kept": archive, "gone": None})
        self.hour = 0
        assert self.place.once() == 0

    def drop(self) -> None:
        """A file for each watch, a copy and a failure; and the next hour begins."""
        self.hour += 1
        n, drop = self.hour, self.promise.drop
        drop(f"{n}.txt", f"document {n}")
        drop(f"copies/{n}.txt", f"document {n}")
        drop(f"bad {n}.txt", f"fate: failed MALFORMED\n{n}")
        drop(f"{n}.txt", f"to be archived {n}", "kept")
        drop(f"{n}.txt", f"to be deleted {n}", "gone")

    def once(self, *, end_at: tuple[str, int] | None = None, record: Path | None = None) -> int:
        return self.place.once(clock=self.hour * HOUR, end_at=end_at, record=record)

    def points(self, record: Path) -> Counter[str]:
        """The points of a whole run, and how often each was passed."""
        self.drop()
        assert self.once(record=record) == 1, "a file failed, as it had to"
        return Counter(record.read_text().splitlines())

    def ends_well(self) -> None:
        self.hour += 1
        assert self.once() in (0, 1)
        self.hour += 1
        assert self.once() == 0, self.place.log.read_text()[-3000:]
        self.promise.holds()
        self.promise.exported_once("hourly")


@pytest.mark.parametrize(
    "service",
    [MANY, pytest.param(ONE, marks=pytest.mark.soak)],
    indirect=True,
    ids=["builds many", "builds one"],
)
def test_killed_at_every_point_one_after_the_other(
    build: Build, service: Service, tmp_path: Path
) -> None:
    story = Story(build, service, tmp_path)
    points = story.points(tmp_path / "points")
    assert len(points) > 50
    killed = 0
    for name in points:
        story.drop()
        killed += story.once(end_at=(name, 1)) == KILLED
        story.promise.holds_now()
    assert killed > len(points) * 0.8
    story.ends_well()


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("service", [MANY, ONE], indirect=True, ids=["builds many", "builds one"])
def test_killed_at_every_single_passing_of_every_point(
    build: Build, service: Service, tmp_path: Path
) -> None:
    story = Story(build, service, tmp_path)
    points = story.points(tmp_path / "points")
    for name, times in points.items():
        for time in range(1, times + 1):
            story.drop()
            story.once(end_at=(name, time))
            story.promise.holds_now()
            story.hour += 1
            assert story.once() in (0, 1), (name, time)
            story.promise.holds()
    story.ends_well()
