"""After: a source is moved or deleted only once its result is durable, and only if it is what was hashed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from tests.house import House
from tests.road.conftest import Build
from tests.service import Refuse, Service


@pytest.fixture
def archiving(build: Build, tmp_path: Path) -> House:
    watch = {"name": "in", "after": "archive", "archive_dir": tmp_path / "archive"}
    return build(watches=[watch])


@pytest.fixture
def deleting(build: Build) -> House:
    return build(watches=[{"name": "in", "after": "delete"}])


def archived(house: House, path: str) -> Path:
    return house.home / "archive" / "in" / path


def nothing_left_aside(house: House) -> bool:
    return not list(house.home.rglob(".flexorchd-*.tmp"))


def test_a_delivered_source_is_archived_under_its_path(archiving: House) -> None:
    content = archiving.drop("2026/a.txt", "one")
    archiving.run()
    assert archiving.result("2026/a.txt")
    assert archived(archiving, "2026/a.txt").read_bytes() == content
    assert not archiving.source("2026/a.txt").exists()
    assert archiving.states() == {"2026/a.txt": "delivered"}
    assert nothing_left_aside(archiving)


def test_a_delivered_source_is_deleted(deleting: House) -> None:
    deleting.drop("a.txt", "one")
    deleting.run()
    assert deleting.result("a.txt")
    assert not deleting.source("a.txt").exists()
    assert nothing_left_aside(deleting)


@pytest.mark.parametrize("content", ["fate: failed MALFORMED", "fate: degraded"])
def test_nothing_is_moved_after_a_failure_or_a_job_without_records(
    deleting: House, content: str
) -> None:
    deleting.drop("a.txt", content)
    deleting.run()
    deleting.run(seconds=7200)
    assert deleting.source("a.txt").read_text() == content


def test_nothing_is_moved_after_a_degraded_job_without_details(
    build: Build, tmp_path: Path
) -> None:
    watch = {"name": "in", "after": "archive", "archive_dir": tmp_path / "archive"}
    house = build(watches=[watch], output={"details": False})
    house.drop("a.txt", "fate: degraded")
    house.drop("copy.txt", "fate: degraded")
    house.run()
    assert set(house.results()) == {"a.txt", "copy.txt"}
    assert house.source("a.txt").exists()
    assert house.source("copy.txt").exists()


def test_a_copys_source_goes_once_its_own_result_is_there(deleting: House) -> None:
    deleting.drop("a.txt", "one")
    deleting.drop("b.txt", "one")
    deleting.run()
    assert set(deleting.results()) == {"a.txt", "b.txt"}
    assert not list(deleting.source("").iterdir())


def test_nothing_is_moved_while_the_output_is_held(deleting: House) -> None:
    marker = deleting.output / ".flexorchd.json"
    kept = marker.read_bytes()
    marker.unlink()
    deleting.drop("a.txt", "one")
    deleting.run(seconds=600)
    assert deleting.source("a.txt").exists()
    marker.write_bytes(kept)
    deleting.run()
    assert not deleting.source("a.txt").exists()


def test_a_source_that_changed_meanwhile_is_left_alone(deleting: House, service: Service) -> None:
    service.workspace.job_seconds = 60.0
    deleting.drop("a.txt", "old")
    deleting.run(lambda: service.count("documents.upload") == 1)
    deleting.drop("a.txt", "newer")
    deleting.run(lambda: deleting.result("a.txt") is not None, scan=False)
    assert deleting.source("a.txt").read_text() == "newer"
    deleting.run()
    assert not deleting.source("a.txt").exists()
    result = deleting.result("a.txt")
    assert result
    assert result["document"]["records"][0]["text"] == "newer"


def replace_after_delivery(house: House, content: str, *, keep_times: bool) -> None:
    """Let the result be delivered, then change the source before `after` looks at it."""
    after = next(stage for stage in house.stages.all if stage.name == "after")
    house.stages.all.remove(after)
    house.drop("a.txt", "one")
    house.run(lambda: house.result("a.txt") is not None)
    looks = house.source("a.txt").stat()
    house.drop("a.txt", content)
    if keep_times:
        os.utime(house.source("a.txt"), ns=(looks.st_atime_ns, looks.st_mtime_ns))
    house.stages.all.append(after)
    house.run(scan=False)


@pytest.mark.parametrize("content", ["two", "a longer one"])
@pytest.mark.parametrize("keep_times", [True, False])
def test_what_was_renamed_aside_is_put_back_when_it_is_not_what_was_hashed(
    deleting: House, content: str, keep_times: bool
) -> None:
    replace_after_delivery(deleting, content, keep_times=keep_times)
    assert deleting.source("a.txt").read_text() == content
    assert nothing_left_aside(deleting)
    deleting.run()
    result = deleting.result("a.txt")
    assert result
    assert result["document"]["records"][0]["text"] == content


def test_a_taken_name_in_the_archive_is_not_overwritten(archiving: House) -> None:
    archived(archiving, "a.txt").parent.mkdir(parents=True)
    archived(archiving, "a.txt").write_text("somebody else's")
    archived(archiving, "a~2.txt").write_text("and another")
    archiving.drop("a.txt", "one")
    archiving.run()
    assert archived(archiving, "a.txt").read_text() == "somebody else's"
    assert archived(archiving, "a~2.txt").read_text() == "and another"
    assert archived(archiving, "a~3.txt").read_text() == "one"


def test_equal_content_in_the_archive_is_replaced(archiving: House) -> None:
    archived(archiving, "a.txt").parent.mkdir(parents=True)
    archived(archiving, "a.txt").write_text("one")
    archiving.drop("a.txt", "one")
    archiving.run()
    assert [p.name for p in archived(archiving, "").iterdir()] == ["a.txt"]
    assert not archiving.source("a.txt").exists()


def test_across_devices_the_copy_is_whole_before_the_source_goes(
    build: Build, tmp_path: Path, other_device: Path
) -> None:
    watch = {"name": "in", "after": "archive", "archive_dir": other_device}
    house = build(watches=[watch])
    content = house.drop("a.txt", b"- " * 3_000_000)
    os.utime(house.source("a.txt"), (1_700_000_000, 1_700_000_000))
    house.run()
    moved = other_device / "in/a.txt"
    assert moved.read_bytes() == content
    assert moved.stat().st_mtime == 1_700_000_000
    assert not house.source("a.txt").exists()
    assert [p.name for p in moved.parent.iterdir()] == ["a.txt"]


def test_what_a_killed_copy_left_is_taken_away_by_the_next(
    build: Build, other_device: Path
) -> None:
    house = build(watches=[{"name": "in", "after": "archive", "archive_dir": other_device}])
    content = house.drop("a.txt", "one")
    half = f".flexorchd-{hashlib.sha256(content).hexdigest()[:16]}.tmp"
    (other_device / "in").mkdir()
    (other_device / "in" / half).write_text("o")
    house.run()
    assert [p.name for p in (other_device / "in").iterdir()] == ["a.txt"]
    assert (other_device / "in/a.txt").read_bytes() == content


def test_a_source_that_cannot_be_moved_yet_is_moved_later(archiving: House) -> None:
    blocked = archiving.home / "archive/in"
    blocked.parent.mkdir()
    blocked.write_text("a file where a folder has to be")
    archiving.drop("a.txt", "one")
    archiving.run(seconds=300)
    assert archiving.source("a.txt").read_text() == "one", "it stays where people look for it"
    assert nothing_left_aside(archiving)
    blocked.unlink()
    archiving.run()
    assert archived(archiving, "a.txt").read_text() == "one"


def test_a_watch_that_keeps_its_files_by_now_gets_back_what_was_aside(
    archiving: House, tmp_path: Path
) -> None:
    (tmp_path / "archive").write_text("in the way")
    archiving.drop("a.txt", "one")
    archiving.run(seconds=60)
    archiving.watches = [{"name": "in"}]
    archiving.reopen()
    archiving.run()
    assert archiving.source("a.txt").read_text() == "one"
    assert nothing_left_aside(archiving)


def test_a_file_that_comes_again_after_it_was_archived_is_a_file_again(
    archiving: House, service: Service
) -> None:
    content = archiving.drop("a.txt", "one")
    archiving.run()
    archiving.drop("a.txt", "one")
    archiving.run()
    assert not archiving.source("a.txt").exists(), "its result is there, so it goes the same way"
    archiving.drop("a.txt", "two")
    archiving.run()
    result = archiving.result("a.txt")
    assert result
    assert result["document"]["records"][0]["text"] == "two"
    assert service.workspace.payments(content) == 1
    assert archived(archiving, "a~2.txt").read_text() == "two"


def test_an_outage_moves_nothing(deleting: House, service: Service) -> None:
    service.fault("*", Refuse(503), times=10_000)
    deleting.drop("a.txt", "one")
    deleting.run(seconds=600)
    assert deleting.source("a.txt").exists()
