"""Kill: a process is ended at each point before and after a commit, a send, a receive, an fsync, a rename; then it
is started again, and the promise has to hold.
"""

from __future__ import annotations

import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.e2e.conftest import Build
from tests.e2e.crash import JOINED
from tests.e2e.edges import edges, listed
from tests.e2e.scenes import ONCE, SCENES, Scene
from tests.e2e.story import Story, points
from tests.service import Service

KILLED = -signal.SIGKILL
MANY = {"dialect": "D", "builds_many": True}
ONE = {"dialect": "L"}
SOME = 6
scenes = pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)


@pytest.fixture
def far(tmp_path: Path) -> Iterator[Path]:
    """A folder on another device, or at least another folder."""
    other = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=other if other.is_dir() else tmp_path))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def story(build: Build, service: Service, tmp_path: Path, far: Path) -> Story:
    return Story(build, service, tmp_path / "archive", far)


def drop(story: Story) -> None:
    """A file for each watch, a copy and a failure; and the next hour begins."""
    n = story.next()
    story.drop(f"{n}.txt", f"document {n}")
    story.drop(f"copies/{n}.txt", f"document {n}")
    story.drop(f"bad {n}.txt", f"fate: failed MALFORMED\n{n}")
    story.drop(f"{n}.txt", f"to be archived {n}", "kept")
    story.drop(f"{n}.txt", f"to be deleted {n}", "gone")


ROAD = Scene("the road", drop)


# -- the road -------------------------------------------------------------------------------------------


def killed_one_after_the_other(story: Story, record: Path, every: int) -> None:
    drop(story)
    met = points(story.recorded(record, *ONCE))
    assert len(met) > 50
    killed = 0
    for name in met[::every]:
        drop(story)
        killed += story.once(end_at=(name, 1)) == KILLED
        story.promise.holds_now()
    assert killed > len(met[::every]) * 0.8
    story.ends_well()
    story.promise.exported_once("hourly")


@pytest.mark.parametrize("service", [MANY], indirect=True)
def test_killed_at_some_points_one_after_the_other(story: Story, tmp_path: Path) -> None:
    killed_one_after_the_other(story, tmp_path / "points", every=5)


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("service", [MANY, ONE], indirect=True, ids=["builds many", "builds one"])
def test_killed_at_every_point_one_after_the_other(story: Story, tmp_path: Path) -> None:
    killed_one_after_the_other(story, tmp_path / "points", every=1)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("service", [MANY, ONE], indirect=True, ids=["builds many", "builds one"])
def test_killed_at_every_single_passing_of_every_point(story: Story, tmp_path: Path) -> None:
    drop(story)
    passed = story.recorded(tmp_path / "points", *ONCE)
    for name in points(passed):
        for time in range(1, passed[name] + 1):
            drop(story)
            story.once(end_at=(name, time))
            story.promise.holds_now()
            story.hour += 1
            assert story.once() in (0, 1), (name, time)
            story.promise.holds()
    story.ends_well()


# -- what people ask, and what befalls it ---------------------------------------------------------------


def played(story: Story, scene: Scene, run: Callable[..., object]) -> None:
    story.next()
    scene.before(story)
    run(*scene.act(story))
    story.service.recover()
    story.promise.holds_now()
    story.hour += 1
    scene.after(story)


def recorded(story: Story, scene: Scene, record: Path) -> list[str]:
    """Play a scene to its end; what was passed."""
    passed: list[str] = []
    played(story, scene, lambda *argv: passed.extend(story.recorded(record, *argv)))
    return passed


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("service", [MANY], indirect=True)
@scenes
def test_killed_at_every_point_of_a_scene(story: Story, tmp_path: Path, scene: Scene) -> None:
    """At every point that the road does not have, and at some of the others."""
    road = set(recorded(story, ROAD, tmp_path / "points"))
    met = points(recorded(story, scene, tmp_path / "points"))
    own = [name for name in met if name not in road]
    for name in own + [name for name in met if name in road][::SOME]:
        played(story, scene, partial(story.run, end_at=(name, 1)))
    story.ends_well()


# -- no edge without a point ----------------------------------------------------------------------------


def test_no_edge_of_the_source_is_unknown() -> None:
    """A new one is passed by a scene, and listed; only where no scene can, it is left to chance."""
    known, there = set(listed()), set(edges())
    assert there - known == set(), "give it a scene in scenes.py, and a line in edges.txt"
    assert known - there == set(), "take it out of edges.txt"


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("service", [MANY], indirect=True)
def test_every_edge_is_a_point_of_some_scene(story: Story, tmp_path: Path) -> None:
    passed: set[str] = set()
    for scene in (ROAD, *SCENES):
        lines = recorded(story, scene, tmp_path / "points")
        passed |= {line.removeprefix(JOINED).rpartition(" in ")[2] for line in lines}
    wanted = {edge for edge, by_a_scene in listed().items() if by_a_scene}
    assert wanted <= passed, wanted - passed
