"""Exports: which jobs, once each; all formats or nothing; a folder that appears whole."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.house import House, TestClock
from tests.road.conftest import Build
from tests.service import CutAnswer, LoseAnswer, Refuse, Reshape, Service

MANY = {"dialect": "D", "builds_many": True}
ONE = {"dialect": "L"}
HOURLY = {"name": "nightly", "schedule": "0 * * * *"}

each_service = pytest.mark.parametrize("service", [MANY, ONE], indirect=True, ids=["many", "one"])


def export(house: House, name: str = "monthly") -> tuple[int, list[str]]:
    return house.ask("export", name=name)


def texts(house: House, folder: Path, name: str = "monthly") -> set[str]:
    return {row["text"] for row in house.rows(folder, name)}


def drop(house: House, *names: str) -> None:
    for name in names:
        house.drop(f"{name}.txt", name)
    house.run()


# -- what goes in ---------------------------------------------------------------------------------------


@each_service
def test_an_export_is_a_folder_with_all_it_says(build: Build, service: Service) -> None:
    house = build(exports=[{"name": "monthly", "formats": ["jsonl", "csv"]}])
    drop(house, "one", "two")
    code, lines = export(house)
    assert code == 0
    (folder,) = house.datasets("monthly")
    assert str(folder) in lines[0]
    assert datetime.strptime(folder.name, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    names = {path.name for path in folder.iterdir()}
    assert names == {"monthly.jsonl", "monthly.csv", "profile.json", "manifest.json"}
    manifest = house.manifest(folder)
    jobs = {result["job"]["id"] for result in house.results().values()}
    assert set(manifest["job_ids"]) == jobs
    assert manifest["records"] == 2
    for file in manifest["files"]:
        content = (folder / file["name"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file["size"], file["sha256"])
    assert {file["name"] for file in manifest["files"]} >= {"monthly.jsonl", "monthly.csv"}
    profile = json.loads((folder / "profile.json").read_bytes())
    assert profile["record_count"] == 2
    latest = house.output / "datasets/monthly/latest"
    assert latest.is_symlink()
    assert str(latest.readlink()) == folder.name
    assert manifest["assembled"] == ("service" if service.operations.builds_many else "local")


@each_service
def test_new_is_what_no_published_run_of_this_export_has(build: Build) -> None:
    house = build(exports=[{"name": "monthly"}, {"name": "other"}])
    drop(house, "one")
    export(house)
    drop(house, "two", "three")
    export(house)
    export(house, "other")
    first, second = house.datasets("monthly")
    assert texts(house, first) == {"one"}
    assert texts(house, second) == {"two", "three"}
    (other,) = house.datasets("other")
    assert texts(house, other, "other") == {"one", "two", "three"}


@each_service
def test_nothing_new_is_no_folder_and_no_failure(build: Build) -> None:
    house = build(exports=[{"name": "monthly"}])
    assert export(house)[0] == 0
    drop(house, "one")
    export(house)
    code, lines = export(house)
    assert code == 0
    assert "nothing new" in lines[0]
    assert len(house.datasets("monthly")) == 1


@each_service
def test_new_holds_every_version_and_all_the_newest_of_each_path(build: Build) -> None:
    house = build(exports=[{"name": "monthly"}, {"name": "whole", "scope": "all"}])
    house.drop("a.txt", "old")
    house.run()
    house.drop("a.txt", "newer")
    house.run()
    export(house)
    export(house, "whole")
    (new,) = house.datasets("monthly")
    assert texts(house, new) == {"old", "newer"}
    (whole,) = house.datasets("whole")
    assert texts(house, whole, "whole") == {"newer"}


@each_service
def test_each_job_is_in_once_whatever_number_of_files_it_served(build: Build) -> None:
    house = build(
        watches=[{"name": "in"}, {"name": "other"}],
        exports=[{"name": "monthly", "watches": ["other"]}],
    )
    house.drop("a.txt", "one")
    house.drop("b.txt", "one")
    house.drop("c.txt", "one", "other")
    house.drop("d.txt", "only in")
    house.run()
    export(house)
    (folder,) = house.datasets("monthly")
    assert [row["text"] for row in house.rows(folder, "monthly")] == ["one"]


@each_service
def test_a_grade_that_is_too_low_stays_out(build: Build) -> None:
    house = build(exports=[{"name": "monthly", "min_grade": "B"}])
    for grade in "ABCD":
        house.drop(f"{grade}.txt", f"fate: grade {grade}")
    house.drop("degraded.txt", "fate: degraded")
    house.run()
    export(house)
    (folder,) = house.datasets("monthly")
    assert texts(house, folder) == {"fate: grade A", "fate: grade B"}


@each_service
def test_keep_removes_the_oldest_folders_and_never_the_newest(build: Build) -> None:
    house = build(exports=[{"name": "monthly", "scope": "all", "keep": 2}])
    stranger = house.output / "datasets/monthly/20000101T000000Z"
    stranger.mkdir(parents=True)
    for n in range(4):
        drop(house, f"document {n}")
        house.clock.advance(60)
        export(house)
    assert len(house.datasets("monthly")) == 3
    assert stranger.is_dir(), "only what this ledger published is removed"
    latest = (house.output / "datasets/monthly/latest").resolve()
    assert latest == house.datasets("monthly")[-1]


@pytest.mark.parametrize("service", [MANY], indirect=True)
def test_delete_remote_deletes_the_services_copy(build: Build, service: Service) -> None:
    house = build(exports=[{"name": "monthly", "delete_remote": True}])
    drop(house, "one")
    export(house)
    assert len(house.datasets("monthly")) == 1
    assert service.workspace.datasets == []


@pytest.mark.parametrize("service", [MANY], indirect=True)
def test_a_service_that_cannot_delete_is_no_failure(
    build: Build, service: Service, events: list[Any]
) -> None:
    service.fault("datasets.delete", Refuse(405), times=99)
    house = build(exports=[{"name": "monthly", "delete_remote": True}])
    for name in ("one", "two"):
        drop(house, name)
        assert export(house)[0] == 0
    told = [event for event in events if event["event"] == "export.remote_kept"]
    assert len(told) == 1


# -- where the service cannot build ---------------------------------------------------------------------


@pytest.mark.parametrize("service", [{"records_early": False}], indirect=True)
def test_rows_that_no_result_has_come_from_a_dataset_of_that_one_job(
    build: Build, service: Service
) -> None:
    house = build(exports=[{"name": "monthly"}, {"name": "again", "scope": "all"}])
    drop(house, "one", "two")
    export(house)
    (folder,) = house.datasets("monthly")
    assert texts(house, folder) == {"one", "two"}
    assert house.manifest(folder)["assembled"] == "local"
    built = service.count("datasets.build_one")
    export(house, "again")
    assert service.count("datasets.build_one") == built, "fetched once and kept"


@pytest.mark.parametrize("service", [{"records_early": False}], indirect=True)
def test_a_job_that_cannot_be_had_is_listed_as_skipped(build: Build, service: Service) -> None:
    house = build(exports=[{"name": "monthly"}])
    drop(house, "one", "two")
    lost = house.results()["two.txt"]["job"]["id"]
    service.fault(
        "datasets.build_one",
        Refuse(404, "NOT_FOUND"),
        times=99,
        where=lambda request: request.ids == (str(int(lost) + 100_000),),
    )
    assert export(house)[0] == 0
    (folder,) = house.datasets("monthly")
    assert texts(house, folder) == {"one"}
    (skipped,) = house.manifest(folder)["skipped"]
    assert skipped["job_id"] == lost
    assert skipped["reason"]
    service.recover()
    export(house)
    assert texts(house, house.datasets("monthly")[-1]) == {"two"}, "it is still new"


@pytest.mark.parametrize("service", [{"records_early": False}], indirect=True)
def test_when_no_job_can_be_had_the_run_fails(build: Build, service: Service) -> None:
    house = build(exports=[{"name": "monthly"}])
    drop(house, "one")
    service.fault("datasets.build_one", Refuse(404, "NOT_FOUND"), times=99)
    assert export(house)[0] == 1
    assert house.datasets("monthly") == []


@pytest.mark.parametrize("service", [MANY], indirect=True)
def test_a_job_past_its_retention_does_not_stop_the_export(build: Build, service: Service) -> None:
    house = build(exports=[{"name": "monthly", "scope": "all"}])
    drop(house, "one", "two")
    service.fault("datasets.build", Refuse(404, "NOT_FOUND"), times=99)
    assert export(house)[0] == 0
    (folder,) = house.datasets("monthly")
    assert texts(house, folder) == {"one", "two"}


@each_service
def test_results_of_another_account_go_in_from_the_results_themselves(
    build: Build, service: Service
) -> None:
    house = build(exports=[{"name": "monthly", "scope": "all"}])
    drop(house, "one")
    house.close()
    options = MANY if service.operations.builds_many else ONE
    with Service(clock=service.clock, **options) as other:
        other.plan.limit = 100_000
        house.service = other
        house.open(new_account=True)
        drop(house, "two")
        assert export(house)[0] == 0
        (folder,) = house.datasets("monthly")
        assert texts(house, folder) == {"one", "two"}
        assert house.manifest(folder)["assembled"] == "local"
        assert len(set(house.manifest(folder)["job_ids"])) <= 2
        rows = house.rows(folder, "monthly")
        assert all(1 < row["quality_score"] <= 100 for row in rows), "as the service writes them"


# -- when -----------------------------------------------------------------------------------------------


def test_a_new_export_is_first_due_at_its_next_slot(build: Build, clock: TestClock) -> None:
    house = build(exports=[HOURLY])
    drop(house, "one")
    house.run(seconds=10)
    assert house.datasets("nightly") == []
    clock.advance(3600)
    house.run()
    assert len(house.datasets("nightly")) == 1


def test_missed_slots_are_made_up_once(build: Build, clock: TestClock) -> None:
    house = build(exports=[HOURLY | {"scope": "all"}])
    drop(house, "one")
    house.close()
    clock.advance(10 * 3600)
    house.open()
    house.run()
    house.run(seconds=60)
    assert len(house.datasets("nightly")) == 1
    clock.advance(3600)
    house.run()
    assert len(house.datasets("nightly")) == 2


def test_a_slot_is_served_once_though_two_ask_for_it(build: Build, clock: TestClock) -> None:
    house = build(exports=[HOURLY])
    drop(house, "one")
    clock.advance(3600)
    for _ in range(3):
        house.stages.exports.start_due()
        house.run()
    assert len(house.parts.ledger.exports.runs("nightly")) == 1


def test_a_clock_set_back_by_a_year_does_not_end_exports(build: Build, clock: TestClock) -> None:
    house = build(exports=[HOURLY | {"scope": "all"}])
    clock.step(365 * 86_400)
    drop(house, "one")
    clock.advance(3600)
    house.run()
    house.close()
    clock.step(-365 * 86_400)
    house.open()
    clock.advance(3600)
    house.run()
    clock.advance(3600)
    house.run()
    assert len(house.datasets("nightly")) >= 2


# -- what goes wrong ------------------------------------------------------------------------------------


@each_service
@pytest.mark.parametrize(
    "operation",
    ["datasets.build", "datasets.export", "datasets.profile", "datasets.get", "jobs.get"],
)
def test_trouble_on_the_way_is_waited_out(build: Build, service: Service, operation: str) -> None:
    house = build(exports=[{"name": "monthly"}])
    drop(house, "one", "two")
    service.fault(operation, Refuse(503), times=2)
    service.fault(operation, CutAnswer(30), times=1)
    assert export(house)[0] == 0
    (folder,) = house.datasets("monthly")
    assert texts(house, folder) == {"one", "two"}
    assert not house.temporaries()


@pytest.mark.parametrize("service", [MANY], indirect=True)
def test_a_lost_answer_to_a_build_is_adopted_by_its_name(build: Build, service: Service) -> None:
    house = build(exports=[{"name": "monthly"}])
    drop(house, "one")
    service.fault("datasets.build", LoseAnswer())
    assert export(house)[0] == 0
    assert len(service.workspace.datasets) == 1


@pytest.mark.parametrize("service", [MANY], indirect=True)
def test_what_was_built_before_a_crash_is_adopted_with_what_it_holds(
    build: Build, service: Service
) -> None:
    """The request arrived, and the daemon ended before it could put that on record."""
    house = build(exports=[{"name": "monthly"}])
    drop(house, "one")
    run = house.stages.exports.start("monthly")
    ledger = house.parts.ledger
    jobs = ledger.exports.exportable("monthly", None, only_new=True)
    ledger.exports.chose(run.id, jobs)
    service.workspace.build(run.dataset_name, list(service.workspace.jobs.values()))
    house.reopen()
    drop(house, "two")
    house.run()
    (folder,) = house.datasets("monthly")
    assert texts(house, folder) == {"one"}
    assert len(service.workspace.datasets) == 1
    export(house)
    assert texts(house, house.datasets("monthly")[-1]) == {"two"}


@pytest.mark.parametrize("service", [MANY], indirect=True)
def test_a_name_that_is_taken_fails_the_run_and_records_nothing(
    build: Build, service: Service
) -> None:
    house = build(exports=[{"name": "monthly"}])
    drop(house, "one")
    taken = Refuse(409, "VALIDATION_ERROR", "The name is taken.")
    service.fault("datasets.build", taken)
    code, lines = export(house)
    assert code == 1
    assert "taken" in lines[0]
    assert house.datasets("monthly") == []
    assert export(house)[0] == 0
    assert texts(house, house.datasets("monthly")[0]) == {"one"}


def failed(answer: dict[str, Any]) -> dict[str, Any]:
    answer["data"]["status"] = "failed"
    return answer


@pytest.mark.parametrize("service", [MANY], indirect=True)
def test_a_dataset_that_cannot_be_built_fails_the_run(build: Build, service: Service) -> None:
    house = build(exports=[{"name": "monthly"}])
    drop(house, "one")
    service.fault("datasets.get", Reshape(failed), times=99)
    assert export(house)[0] == 1
    assert house.datasets("monthly") == []


@each_service
def test_all_formats_or_nothing(build: Build, service: Service) -> None:
    house = build(exports=[{"name": "monthly", "formats": ["jsonl", "csv"]}])
    drop(house, "one")
    (house.output / "datasets").write_text("a file in the way")
    run = house.stages.exports.start("monthly")
    house.run(seconds=60)
    assert house.parts.ledger.exports.get(run.id).state == "started"
    (house.output / "datasets").unlink()
    house.run()
    (folder,) = house.datasets("monthly")
    assert {"monthly.jsonl", "monthly.csv"} <= {path.name for path in folder.iterdir()}


@each_service
def test_an_export_waits_for_an_output_that_is_held(build: Build) -> None:
    house = build(exports=[{"name": "monthly"}])
    drop(house, "one")
    marker = house.output / ".flexorchd.json"
    kept = marker.read_bytes()
    marker.unlink()
    house.stages.exports.start("monthly")
    house.run(seconds=60)
    assert house.datasets("monthly") == []
    marker.write_bytes(kept)
    house.run()
    assert len(house.datasets("monthly")) == 1


def test_an_unknown_export_is_a_usage_error(build: Build) -> None:
    house = build(exports=[{"name": "monthly"}])
    code, lines = export(house, "yearly")
    assert code == 2
    assert "monthly" in lines[0]


@pytest.mark.parametrize("service", [MANY], indirect=True)
def test_a_build_asks_once_for_many_jobs(build: Build, service: Service) -> None:
    house = build(exports=[{"name": "monthly"}])
    drop(house, *(f"document {n}" for n in range(30)))
    service.requests.clear()
    export(house)
    assert sum(service.operations_seen().values()) < 10
